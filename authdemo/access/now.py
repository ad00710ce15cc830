"""What is going on now, by mechanism: the numbers on the admin's first page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import get_permission_codename
from django.db.models import Count, Model, QuerySet
from django.db.models.functions import TruncMinute
from django.urls import reverse
from django.utils import timezone
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from authdemo.events.models import AuthEvent, Mechanism, Verb
from authdemo.mechanisms import JWT, MECHANISMS, OAUTH, SESSIONS
from jwt_app.models import Denial
from oauth_app.provider.models import Consent

from .at_size import MOST

HOUR = timedelta(hours=1)
BUCKET = 5  # minutes
OF = {Mechanism.SESSION: SESSIONS, Mechanism.JWT: JWT, Mechanism.OAUTH2: OAUTH}


@dataclass(frozen=True)
class Number:
    """How many rows. `model` is whose list it leads to, asked with `query`; who may not see that does not see it."""

    mechanism: str
    title: str
    model: type[Model]
    rows: Callable[[datetime], QuerySet]
    query: str = ""

    @property
    def permission(self) -> str:
        """Return which permission shows it."""
        return f"{self.model._meta.app_label}.{get_permission_codename('view', self.model._meta)}"

    @property
    def url(self) -> str:
        """Return the list."""
        meta = self.model._meta
        address = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
        return f"{address}?{self.query}" if self.query else address


def live_sessions(now: datetime) -> QuerySet:
    """Return the sessions that have not expired. One in a signed cookie has no row."""
    oldest = now - timedelta(seconds=settings.SESSION_COOKIE_AGE)
    found: QuerySet = UserSession.objects.filter(created_at__gt=oldest)
    return found


def usable_refresh_tokens(now: datetime) -> QuerySet:
    """Return the refresh tokens that can be exchanged: each living family has one."""
    found: QuerySet = OutstandingToken.objects.filter(expires_at__gt=now, blacklistedtoken=None)
    return found


def failures(mechanism: Mechanism) -> Callable[[datetime], QuerySet]:
    """Return what finds the failed sign-ins of the last hour."""
    return lambda now: AuthEvent.objects.of(mechanism).that(Verb.SIGN_IN_FAILED).since(now - HOUR)


def _failed(mechanism: Mechanism) -> str:
    return urlencode({"mechanism__exact": mechanism, "verb__exact": Verb.SIGN_IN_FAILED, "since": "hour"})


NUMBERS = (
    Number(SESSIONS.slug, "live sessions", UserSession, live_sessions),
    Number(SESSIONS.slug, "failed sign-ins in the last hour", AuthEvent, failures(Mechanism.SESSION),
           _failed(Mechanism.SESSION)),
    Number(JWT.slug, "living refresh tokens", OutstandingToken, usable_refresh_tokens, "state=usable"),
    Number(JWT.slug, "denied access tokens", Denial, lambda now: Denial.objects.filter(expires_at__gt=now)),
    Number(JWT.slug, "failed sign-ins in the last hour", AuthEvent, failures(Mechanism.JWT), _failed(Mechanism.JWT)),
    Number(OAUTH.slug, "apps' accesses that users allow", Consent, lambda now: Consent.objects.all()),
)  # fmt: skip


def counted(rows: QuerySet) -> str:
    """Return how many there are, in words from where counting would take long."""
    found = rows.order_by()[: MOST + 1].count()
    return f"more than {MOST:,}" if found > MOST else str(found)


def numbers(seen_by: Any) -> list[tuple[Any, list[tuple[Number, str]]]]:
    """Return each mechanism with its numbers, as far as this member of the staff may see them."""
    now = timezone.now()
    found = [(one, counted(one.rows(now))) for one in NUMBERS if seen_by.has_perm(one.permission)]
    return [
        (mechanism, own)
        for mechanism in MECHANISMS
        if (own := [(one, number) for one, number in found if one.mechanism == mechanism.slug])
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
