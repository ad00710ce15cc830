"""How far one browser has come in the tour, what it predicted, and what then happened."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import Any

from django.db import models, transaction
from django.utils import timezone

KEPT_FOR = timedelta(days=7)  # as long as the cookie that says whose a run is: wire.browser.AGE
# What says something of a copy. No answer, or an error of the server's own, does not.
SAYS = {HTTPStatus.OK, HTTPStatus.UNAUTHORIZED}


class TourRunQuerySet(models.QuerySet["TourRun"]):
    """How runs begin and end."""

    def begin(self, browser: str) -> TourRun:
        """Return this browser's run: the one that it began, or a new one. Deletes all that began over a week ago."""
        self.filter(started_at__lt=timezone.now() - KEPT_FOR).delete()
        run, _ = self.get_or_create(browser=browser)
        return run

    def of(self, browser: str) -> TourRun | None:
        """Return this browser's run, None where it has none. "" is no browser."""
        return self.filter(browser=browser).first() if browser else None


class TourRun(models.Model):
    """One browser's tour. It belongs to no user: during the tour one is several users, and nobody."""

    class Prediction(models.TextChoices):
        """Who gets in, after the sign-out, with a copy made before it?"""

        NOBODY = "nobody", "Neither copy. I signed out."
        SESSION = "session", "The copy of the session cookie gets in, the token does not."
        TOKEN = "token", "The copy of the access token gets in, the cookie does not."
        BOTH = "both", "Both copies get in."

    browser = models.CharField(max_length=64, unique=True, help_text="Keyed hash of the browser's wire cookie.")
    started_at = models.DateTimeField(default=timezone.now, db_index=True)
    # {"1": when}: a step that was done stays done, also when its exchanges have had their hour.
    done = models.JSONField(default=dict)
    prediction = models.CharField(max_length=10, choices=Prediction.choices, blank=True)
    replay = models.JSONField(null=True, help_text="What happened: see replay.Result.")
    case = models.CharField(
        max_length=200, blank=True, help_text="The replies to the questions, as a query: see Case.query."
    )

    objects = TourRunQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Tour begun {self.started_at:%Y-%m-%d %H:%M}, {len(self.done)} steps done"

    def keep(self, **fields: Any) -> None:
        """Write these fields. In another tab the tour may have been begun again meanwhile: then nothing is written."""
        type(self).objects.filter(pk=self.pk).update(**fields)

    def finish(self, step: str) -> None:
        """Note that a step is done, beside what another tab has noted meanwhile."""
        with transaction.atomic():
            now = type(self).objects.select_for_update().filter(pk=self.pk).first()
            self.done = (now.done if now else self.done) | {step: timezone.now().isoformat()}
            self.keep(done=self.done)

    @property
    def happened(self) -> str:
        """The prediction that would have been right, "" before it was tried, and where a status says nothing."""
        after: dict[str, int] = (self.replay or {}).get("after", {})
        if not after or set(after.values()) - SAYS:
            return ""
        got_in = [name for name, status in after.items() if status == HTTPStatus.OK]
        if len(got_in) == len(after):
            return self.Prediction.BOTH
        return self.Prediction(got_in[0]) if got_in else self.Prediction.NOBODY
