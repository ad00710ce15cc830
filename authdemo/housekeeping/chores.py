"""What there is to be pruned, table by table. Each chore deletes in batches and yields how many, after each.

Nothing goes that still opens something, that a copy in a thief's hands would be known by, or that a page still shows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.backends import db, file
from django.db.models import Model, QuerySet
from django.utils import timezone

from authdemo.compare.models import KeptRun
from authdemo.events.models import AuthEvent
from authdemo.guard.limits import cool_off
from authdemo.guard.models import Failures
from authdemo.housekeeping.stores import cache_rows, session_files
from authdemo.trials.models import KEPT_FOR as TRIALS_KEPT_FOR
from authdemo.wire.models import KEPT_FOR as EXCHANGES_KEPT_FOR
from authdemo.wire.models import Exchange
from authdemo.workshop.models import KEPT_FOR as TOURS_KEPT_FOR
from authdemo.workshop.models import TourRun
from jwt_app import cleaning as tokens
from jwt_app.attacks.models import Trial as TokenTrial
from oauth_app.attacks.models import Trial as SignInTrial
from oauth_app.provider.more import cleaning as third_parties
from sessions_app.attacks.models import Trial as SessionTrial
from sessions_app.labs.stores.engines import FileStore
from sessions_app.labs.stores.models import CachedDbSession, DbSession
from sessions_app.store import store_class

EVENTS_KEPT_FOR = timedelta(days=90)
RUNS_KEPT_FOR = timedelta(days=1)  # beyond their end: the next run ends what they have opened

Chore = Callable[[int], Iterator[int]]


def older(model: type[Model], field: str, than: timedelta, size: int) -> Iterator[int]:
    """Delete the rows whose time in `field` is so long ago."""
    before = timezone.now() - than
    rows: QuerySet[Any] = model._base_manager.filter(**{f"{field}__lt": before})
    return tokens.in_batches(rows, size)


def sessions(size: int) -> Iterator[int]:
    """Delete the site's sessions that have expired: rows, or files. A cache forgets by itself."""
    engine: Any = store_class()
    if issubclass(engine, db.SessionStore):
        yield from older(engine.get_model_class(), "expire_date", timedelta(), size)
    elif issubclass(engine, file.SessionStore):
        yield from session_files(engine, size)


def devices(size: int) -> Iterator[int]:
    """Delete rows of the page of devices that are too old to point to a session."""
    return older(UserSession, "created_at", timedelta(seconds=settings.SESSION_COOKIE_AGE), size)


def lab_sessions(size: int) -> Iterator[int]:
    """Delete what has expired on the stores of the lab."""
    for model in (DbSession, CachedDbSession):
        yield from older(model, "expire_date", timedelta(), size)
    yield from session_files(FileStore, size)


def trials(size: int) -> Iterator[int]:
    """Delete what browsers have tried with attacks, a week ago and more."""
    for model in (SessionTrial, TokenTrial, SignInTrial):
        yield from older(model, "at", TRIALS_KEPT_FOR, size)


def chores(events_kept_for: timedelta = EVENTS_KEPT_FOR) -> dict[str, Chore]:
    """Return all chores by what they delete, in order: what makes more to clear comes first."""
    return {
        "expired sessions": sessions,
        "devices without a session": devices,
        "expired sessions of the store lab": lab_sessions,
        "expired refresh tokens": tokens.expired_tokens,
        "refresh families without tokens": tokens.empty_families,
        "denials of expired tokens": tokens.expired_denials,
        "expired tokens of apps": third_parties.tokens,
        "expired device codes": third_parties.device_codes,
        "used refresh tokens of apps": third_parties.used_refresh_tokens,
        "grants that are over": third_parties.grants,
        "counts of wrong codes": third_parties.wrong_user_codes,
        "failed sign-ins that count no more": lambda size: older(Failures, "attempt_time", cool_off(), size),
        "old events": lambda size: older(AuthEvent, "at", events_kept_for, size),
        "old entries of the admin's log": lambda size: older(LogEntry, "action_time", events_kept_for, size),
        "expired entries of the cache": cache_rows,
        "exchanges of the wire": lambda size: older(Exchange, "at", EXCHANGES_KEPT_FOR, size),
        "tours": lambda size: older(TourRun, "started_at", TOURS_KEPT_FOR, size),
        "tried attacks": trials,
        "runs of the comparison": lambda size: older(KeptRun, "ends_at", RUNS_KEPT_FOR, size),
    }
