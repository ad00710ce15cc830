"""What is going on now, by mechanism: the numbers on the admin's first page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.auth import get_permission_codename
from django.db.models import Count, Model
from django.db.models.functions import TruncMinute
from django.urls import reverse
from django.utils import timezone
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from authdemo.events.models import AuthEvent, Mechanism, Verb
from authdemo.mechanisms import JWT, MECHANISMS, OAUTH, SESSIONS
from jwt_app.models import Denial, usable
from oauth_app.provider.models import Consent
from sessions_app import devices

from .at_size import MOST

HOUR = timedelta(hours=1)
BUCKET = 5  # minutes
OF = {Mechanism.SESSION: SESSIONS, Mechanism.JWT: JWT, Mechanism.OAUTH2: OAUTH}


Lookups = Callable[[datetime], dict[str, Any]]


@dataclass(frozen=True)
class Number:
    """One number: the rows of `model` with `lookups`, given the time. It leads to the list of just these.

    Where that list has a filter of its own for them, `query` is what chooses it. Who may not see the list does not see
    the number.
    """

    mechanism: str
    title: str
    model: type[Model]
    lookups: Lookups = lambda now: {}
    query: str = ""

    @property
    def permission(self) -> str:
        """Return which permission shows it."""
        return f"{self.model._meta.app_label}.{get_permission_codename('view', self.model._meta)}"

    def count(self, now: datetime) -> str:
        """Return how many, in words from where counting would take long."""
        found = self.model._default_manager.filter(**self.lookups(now)).order_by()[: MOST + 1].count()
        return f"more than {MOST:,}" if found > MOST else str(found)

    def url(self, now: datetime) -> str:
        """Return the list."""
        meta = self.model._meta
        query = self.query or urlencode(self.lookups(now))
        return f"{reverse(f'admin:{meta.app_label}_{meta.model_name}_changelist')}{'?' if query else ''}{query}"


@dataclass(frozen=True)
class Shown:
    """A number, counted."""

    title: str
    number: str
    url: str


def opened(now: datetime) -> dict[str, Any]:
    """Return what sessions that have not expired have in common. One in a signed cookie has no row."""
    return {"created_at__gt": devices.oldest()}


def failures(mechanism: Mechanism) -> Lookups:
    """Return the same of failed sign-ins of the last hour."""
    return lambda now: {
        "at__gte": now - HOUR,
        "mechanism__exact": mechanism.value,
        "verb__exact": Verb.SIGN_IN_FAILED.value,
    }


FAILED = "failed sign-ins in the last hour"
NUMBERS = (
    Number(SESSIONS.slug, "live sessions", UserSession, opened),
    Number(SESSIONS.slug, FAILED, AuthEvent, failures(Mechanism.SESSION)),
    Number(JWT.slug, "live families: each has one refresh token", OutstandingToken, usable, "state=usable"),
    Number(JWT.slug, "denied access tokens", Denial, lambda now: {"expires_at__gt": now}),
    Number(JWT.slug, FAILED, AuthEvent, failures(Mechanism.JWT)),
    Number(OAUTH.slug, "connected accounts", SocialAccount),
    Number(OAUTH.slug, "grants: what users allow to apps", Consent),
    Number(OAUTH.slug, FAILED, AuthEvent, failures(Mechanism.OAUTH2)),
)


def numbers(seen_by: Any) -> list[tuple[Any, list[Shown]]]:
    """Return each mechanism with its numbers, as far as this member of the staff may see them."""
    now = timezone.now()
    return [
        (mechanism, [Shown(one.title, one.count(now), one.url(now)) for one in own])
        for mechanism in MECHANISMS
        if (own := [one for one in NUMBERS if one.mechanism == mechanism.slug and seen_by.has_perm(one.permission)])
    ]


@dataclass(frozen=True)
class Bar:
    """Five minutes: how many events, and how high that is drawn, of 24; `x` is where."""

    x: int
    number: int
    height: float


def last_hour() -> dict[str, list[Bar]]:
    """Return the events of the last hour by mechanism, in twelve parts. One statement, which counts by the minute."""
    now = timezone.now()
    start = now - HOUR
    counted = (
        AuthEvent.objects.since(start)
        .annotate(minute=TruncMinute("at"))
        .order_by()
        .values_list("mechanism", "minute")
        .annotate(number=Count("pk"))
    )
    parts = {mechanism.slug: [0] * (60 // BUCKET) for mechanism in MECHANISMS}
    for mechanism, minute, number in counted:
        place = min(max(int((minute - start).total_seconds() // (BUCKET * 60)), 0), 60 // BUCKET - 1)
        parts[OF[Mechanism(mechanism)].slug][place] += number
    highest = max((number for bars in parts.values() for number in bars), default=0) or 1
    return {
        slug: [Bar(x * 10, number, round(24 * number / highest, 1)) for x, number in enumerate(bars)]
        for slug, bars in parts.items()
    }
