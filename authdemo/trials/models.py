"""What one browser expected of an attack, and what then happened."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import models, transaction
from django.utils import timezone

KEPT_FOR = timedelta(days=7)


class TrialQuerySet(models.QuerySet[Any]):
    """How trials begin and are found again."""

    def begin(self, browser: str, attempt: str) -> Any:
        """Return this browser's trial of an attempt, a new one where there is none. Drops what is a week old."""
        self.filter(at__lt=timezone.now() - KEPT_FOR).delete()
        return self.get_or_create(browser=browser, attempt=attempt)[0]

    def of(self, browser: str, attempt: str) -> Any:
        """Return this browser's trial, None where it has none. "" is no browser."""
        return self.filter(browser=browser, attempt=attempt).first() if browser else None

    def add(self, browser: str, attempt: str, result: dict[str, Any]) -> bool:
        """Add to what was seen of it. Returns False where there is no trial (any more): the browser has started over.

        Two pages may post at the same moment, so nothing is read that another one could change.
        """
        with transaction.atomic():
            trial = self.select_for_update().of(browser, attempt)
            if trial is None:
                return False
            sent = {"sent": trial.result.get("sent", {}) | result["sent"]} if "sent" in result else {}
            trial.result |= result | sent
            trial.save(update_fields=["result"])
        return True


class BaseTrial(models.Model):
    """One browser's trial of one attempt. It belongs to no user: an attack is about being somebody else.

    A subclass has `constraints`: one trial of an attempt for each browser.
    """

    browser = models.CharField(max_length=64, help_text="Keyed hash of the browser's wire cookie.")
    attempt = models.CharField(max_length=30, help_text="See attempts.ATTEMPTS.")
    at = models.DateTimeField(default=timezone.now, db_index=True)
    prediction = models.CharField(max_length=20, blank=True)
    # What was seen, redacted.
    result = models.JSONField(default=dict)

    objects = TrialQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.attempt}, {self.at:%Y-%m-%d %H:%M}"
