"""Exchanges: what one browser sent and got, without anything that could be used as a credential."""

from __future__ import annotations

import uuid
from datetime import timedelta
from http.client import responses
from typing import Any, Self

from django.db import models
from django.utils import timezone

KEPT_FOR = timedelta(hours=1)
KEPT_PER_BROWSER = 60  # and as many of apps: neither pushes the other out


OF_APPS = ("app", "call", "told")  # legs: an app and both ends of its calls


class ExchangeQuerySet(models.QuerySet["Exchange"]):
    """Verbs, to be read as a sentence: `Exchange.objects.of(browser).fresh()`."""

    def of(self, browser: str) -> Self:
        """Keep those of one browser, named by the hash of its cookie."""
        return self.filter(browser=browser)

    def fresh(self) -> Self:
        """Leave out what is older than an hour and only waits to be deleted."""
        return self.filter(at__gte=timezone.now() - KEPT_FOR)

    def of_apps(self, yes: bool = True) -> Self:
        """Keep what apps have told and asked, or all else."""
        return self.filter(leg__in=OF_APPS) if yes else self.exclude(leg__in=OF_APPS)

    def prune(self, browser: str, of_apps: bool = False) -> None:
        """Delete what is too old, anybody's, and what is too much, of this browser: of apps, or of all else."""
        self.filter(at__lt=timezone.now() - KEPT_FOR).delete()
        surplus = self.of(browser).of_apps(of_apps).order_by("-at", "-id").values("pk")[KEPT_PER_BROWSER:]
        self.filter(pk__in=[row["pk"] for row in surplus]).delete()


class Exchange(models.Model):
    """One request and its answer. Written after the answer was sent, and only while the panel is open.

    What this site did not answer itself (every leg but FRONT and CALL) has no statements of its own; `host` says who
    answered. A call of somebody's app may be kept twice, as both ends have seen it: CALL is ours, TOLD is the app's.
    """

    class Leg(models.TextChoices):
        """Between whom it went."""

        FRONT = "front", "browser → site"
        BACK = "back", "site → provider"
        OUTSIDE = "outside", "browser → provider"
        DEVICE = "device", "other device → site"
        APP = "app", "browser → app"
        CALL = "call", "app → site"
        TOLD = "told", "app → site, as the app tells it"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    browser = models.CharField(max_length=64, help_text="Keyed hash of the browser's wire cookie.")
    at = models.DateTimeField(db_index=True, help_text="When the request came.")
    instance = models.CharField(max_length=20)
    leg = models.CharField(max_length=10, choices=Leg.choices, default=Leg.FRONT)
    method = models.CharField(max_length=10)
    host = models.CharField(max_length=200, blank=True, help_text="Who was asked, where it is not this instance.")
    path = models.CharField(max_length=2000)
    status = models.PositiveSmallIntegerField(help_text="0 where no answer came.")
    failed = models.CharField(max_length=100, blank=True, help_text="Why no answer came.")
    request = models.JSONField(help_text="See redaction.redact_request.")
    response = models.JSONField(help_text="See redaction.redact_response.")
    carried = models.JSONField(default=list, help_text="The masked credentials in the request, and where they stood.")
    asked = models.BooleanField(default=True, help_text="Did anybody ask who it was? A page for all need not.")
    mechanism = models.CharField(max_length=10, blank=True, help_text="By what the server knew who it was.")
    username = models.CharField(max_length=150, blank=True, help_text="Whom the server took it for.")
    became = models.CharField(max_length=150, blank=True, null=True, help_text="Who it was after that, if another.")  # noqa: DJ001
    counted = models.BooleanField(default=True, help_text="Are the counts below known?")
    statements = models.JSONField(default=list)
    statement_count = models.PositiveIntegerField(default=0)
    cache_calls = models.JSONField(default=list)
    cache_count = models.PositiveIntegerField(default=0)
    microseconds = models.PositiveIntegerField(default=0, help_text="All of it.")
    sql_microseconds = models.PositiveIntegerField(default=0)
    cache_microseconds = models.PositiveIntegerField(default=0)
    auth_microseconds = models.PositiveIntegerField(default=0)
    request_bytes = models.PositiveIntegerField(default=0, help_text="Of the body.")
    response_bytes = models.PositiveIntegerField(null=True, help_text="Of the body; null for a stream.")
    flow = models.CharField(max_length=16, blank=True, help_text="Fingerprint of the state that an app has made.")
    other_end = models.UUIDField(
        null=True, help_text="The site's own record of what an app tells, as the app names it."
    )

    objects = ExchangeQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["browser", "-at"], name="wire_browser_newest")]

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.status}"

    @property
    def hue(self) -> str:
        """The mechanism whose colour this has: by which the caller was known, else where the path leads."""
        if not self.at_the_site:
            return "oauth"
        by = {"session": "sessions", "jwt": "jwt", "oauth2": "oauth"}.get(self.mechanism)
        first = self.path.split("/")[1]
        return by or {"orders": "jwt", "identity": "oauth", ".well-known": "oauth"}.get(first, first)

    @property
    def at_the_site(self) -> bool:
        """Whether the site (or orders) says of it whom it was taken for: it was sent there, and not told by others."""
        return self.leg in {self.Leg.FRONT, self.Leg.DEVICE, self.Leg.CALL}

    @property
    def reason(self) -> str:
        """The status in words."""
        return self.failed or responses.get(self.status, "")

    @property
    def good(self) -> bool:
        """Whether the answer was no refusal and no failure."""
        return 0 < self.status < 400

    def masked(self, fingerprint: str) -> dict[str, Any] | None:
        """Return the credential of this request that has this fingerprint."""
        found: list[dict[str, Any]] = [one for one in self.carried if one.get("fingerprint") == fingerprint]
        return found[0] if found else None
