"""`manage.py prune`: what is over goes from every table, what is in use stays."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from authdemo.accounts.models import User
from authdemo.compare.models import KeptRun
from authdemo.events.models import AuthEvent, Mechanism, Verb
from authdemo.guard.models import Failures
from authdemo.housekeeping import chores as module
from authdemo.housekeeping.chores import chores
from authdemo.wire.models import Exchange
from authdemo.workshop.models import TourRun
from jwt_app.attacks.models import Trial as TokenTrial
from jwt_app.models import Denial, RefreshFamily
from sessions_app.labs.stores.models import DbSession

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse"


def prune(**options: Any) -> str:
    out = StringIO()
    call_command("prune", stdout=out, **options)
    return out.getvalue()


def ago(**time: float) -> Any:
    return timezone.now() - timedelta(**time)


@pytest.fixture
def browser(db: None) -> Client:
    """Alice, signed in by a session and by a token."""
    User.objects.create_user("alice", "alice@example.com", PASSWORD)
    client = Client()
    client.post("/sessions/login/", {"username": "alice", "password": PASSWORD})
    body = json.dumps({"username": "alice", "password": PASSWORD})
    client.post("/jwt/api/token/", body, content_type="application/json")
    return client


def event(**more: Any) -> None:
    AuthEvent.objects.create(mechanism=Mechanism.SESSION, verb=Verb.SIGNED_OUT, instance="A", **more)


def aged(model: Any, field: str, **time: float) -> None:
    model._base_manager.update(**{field: ago(**time)})


# What makes one row of each kind, and how it becomes old.
KINDS: dict[str, tuple[Any, Callable[[], Any], Callable[[], Any]]] = {
    "expired sessions": (Session, lambda: None, lambda: aged(Session, "expire_date", seconds=1)),
    "devices without a session": (UserSession, lambda: None, lambda: aged(UserSession, "created_at", days=400)),
    "expired sessions of the store lab": (
        DbSession,
        lambda: DbSession.objects.create(session_key="k", session_data="", expire_date=ago(hours=-1)),
        lambda: aged(DbSession, "expire_date", seconds=1),
    ),
    "expired refresh tokens": (
        OutstandingToken, lambda: None, lambda: aged(OutstandingToken, "expires_at", hours=1)
    ),
    "denials of expired tokens": (
        Denial,
        lambda: Denial.objects.create(identifier="x", reason="logout", expires_at=ago(minutes=-5)),
        lambda: aged(Denial, "expires_at", seconds=1),
    ),
    "failed sign-ins that count no more": (
        Failures,
        lambda: Failures.objects.add_one("alice", "192.0.2.1", "x", timezone.now()),
        lambda: aged(Failures, "attempt_time", days=1),
    ),
    "old events": (AuthEvent, event, lambda: aged(AuthEvent, "at", days=91)),
    "old entries of the admin's log": (
        LogEntry,
        lambda: LogEntry.objects.create(user=User.objects.get(), action_flag=1, object_repr="x"),
        lambda: aged(LogEntry, "action_time", days=91),
    ),
    "exchanges of the wire": (
        Exchange,
        lambda: Exchange.objects.create(at=ago(), method="GET", path="/", status=200, request={}, response={}),
        lambda: aged(Exchange, "at", hours=2),
    ),
    "tours": (TourRun, lambda: TourRun.objects.begin("x"), lambda: aged(TourRun, "started_at", days=8)),
    "tried attacks": (
        TokenTrial, lambda: TokenTrial.objects.begin("x", "alg-none"), lambda: aged(TokenTrial, "at", days=8)
    ),
    "runs of the comparison": (
        KeptRun,
        lambda: KeptRun.objects.create(browser="x", run={}, held="", ends_at=timezone.now()),
        lambda: aged(KeptRun, "ends_at", days=2),
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_over_goes_and_what_is_not_stays(browser: Client, kind: str) -> None:
    model, make, grow_old = KINDS[kind]
    make()
    before = model._base_manager.count()
    assert before
    assert kind not in prune()
    assert model._base_manager.count() == before
    grow_old()
    assert f"{before:>10,} {kind}" in prune()
    assert not model._base_manager.exists()
    assert kind not in prune()


def test_every_chore_is_tried_here_or_with_its_app() -> None:
    of_the_provider = {name for name in chores() if "apps" in name or "device codes" in name or "grants" in name}
    elsewhere = {"refresh families without tokens", "counts of wrong codes", *of_the_provider}
    elsewhere |= {"expired entries of the cache"}  # test_stores.py
    assert set(chores()) == {*KINDS, *elsewhere}


def test_who_is_signed_in_notices_nothing(browser: Client) -> None:
    assert "Nothing was over." in prune()
    assert browser.get("/sessions/api/whoami/").status_code == 200
    assert RefreshFamily.objects.exists()


def test_small_batches_do_the_same(browser: Client) -> None:
    for _ in range(7):
        event()
    aged(AuthEvent, "at", days=100)
    number = AuthEvent.objects.count()
    assert f"{number:>10,} old events" in prune(batch_size=2)
    assert not AuthEvent.objects.exists()


def test_events_are_kept_for_as_long_as_it_is_said(browser: Client) -> None:
    aged(AuthEvent, "at", days=10)
    assert "old events" not in prune(events=11)
    assert "old events" in prune(events=9)


@pytest.mark.parametrize("option", [{"batch_size": 0}, {"batch_size": 5001}, {"events": 0}, {"events": 36_501}])
def test_numbers_that_are_none(option: dict[str, int]) -> None:
    with pytest.raises(CommandError, match="must be from 1 to"):
        prune(**option)


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (KeyboardInterrupt(), "Stopped. What was deleted"),
        (DatabaseError("locked\nx"), "by the database: locked."),
        (OSError(13, "Permission denied"), "by the system: Permission denied."),
    ],
)
def test_stopped_half_way_it_says_so_and_the_next_run_goes_on(
    browser: Client, monkeypatch: pytest.MonkeyPatch, broken: BaseException, said: str
) -> None:
    event()
    aged(AuthEvent, "at", days=100)
    aged(Session, "expire_date", seconds=1)

    def fails(size: int) -> Any:
        raise broken

    monkeypatch.setattr(module, "devices", fails)
    with pytest.raises(CommandError, match=said):
        prune()
    assert not Session.objects.exists()
    monkeypatch.undo()
    assert "old events" in prune()
