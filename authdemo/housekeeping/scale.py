"""Many users with all that the admin lists, to see how lists and searches do among them.

Each row is what the site would have written, but nobody holds a credential of it: keys, digests and hashes are random.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import reset_queries, transaction
from django.utils import timezone

from authdemo.accounts.models import User
from authdemo.events.models import AuthEvent, Mechanism, Verb
from authdemo.guard.models import Failures

from .crowd import EACH, LATER, Crowd, accounts, apps, families

PREFIX = "scale-"
BATCH = 2_000  # rows of each kind in a transaction
SPAN = timedelta(days=60)  # the crowd came one after the other, the last of them just now
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


def fill(rows: int, say: Callable[[int], None]) -> None:
    """Add so many rows to each list of the admin, of a tenth as many users and apps.

    `say` is told how many there are by now. Each batch is a transaction of its own.
    """
    staff = _staff()
    start, step = timezone.now() - SPAN, SPAN / rows
    for done in range(0, rows, BATCH):
        size = min(BATCH, rows - done)
        with transaction.atomic():
            _add([start + step * (done + index + 1) for index in range(size)], staff)
        reset_queries()  # with DEBUG, Django keeps the text of each statement
        say(done + size)


def _staff() -> User:
    """Return who has changed all these users by hand, as the admin's log says."""
    name = f"{PREFIX}staff"
    found, _ = User.objects.get_or_create(username=name, defaults={"password": "!", "is_staff": True})
    return found


def _add(times: list[datetime], staff: User) -> None:
    users = _users(-(-len(times) // EACH))
    crowd = Crowd(users, [users[index // EACH] for index in range(len(times))], times)
    _add_sessions(crowd)
    families(crowd)
    accounts(crowd)
    apps(crowd)
    EmailAddress.objects.bulk_create([
        EmailAddress(user=user, email=f"{user.username}.{index % EACH}@example.com", verified=index % 2 == 0)
        for index, user in enumerate(crowd.owners)
    ])  # fmt: skip
    _add_failures(crowd)
    AuthEvent.objects.bulk_create([
        AuthEvent(
            at=at, user=user, username=user.username, mechanism=Mechanism.SESSION,
            verb=Verb.SIGNED_IN if index % 5 else Verb.SIGN_IN_FAILED, instance="A", ip="127.0.0.1",
        )
        for index, (user, at) in enumerate(zip(crowd.owners, times, strict=True))
    ])  # fmt: skip
    of_users = ContentType.objects.get_for_model(User)
    LogEntry.objects.bulk_create([
        LogEntry(user=staff, content_type=of_users, object_id=str(user.pk), object_repr=str(user), action_flag=CHANGE,
                 action_time=at)
        for user, at in zip(crowd.owners, times, strict=True)
    ])  # fmt: skip


def _users(number: int) -> list[User]:
    names = [f"{PREFIX}{secrets.token_hex(6)}" for _ in range(number)]
    return User.objects.bulk_create([User(username=name, email=f"{name}@example.com", password="!") for name in names])  # noqa: S106


def _add_sessions(crowd: Crowd) -> None:
    keys = [secrets.token_hex(16) for _ in crowd.owners]
    Session.objects.bulk_create([
        Session(session_key=key, session_data="", expire_date=at + 2 * LATER)
        for key, at in zip(keys, crowd.times, strict=True)
    ])  # fmt: skip
    UserSession.objects.bulk_create([
        UserSession(user=user, session_key=key, ip="127.0.0.1", user_agent=AGENT, created_at=at, last_seen_at=at)
        for user, key, at in zip(crowd.owners, keys, crowd.times, strict=True)
    ])  # fmt: skip


def _add_failures(crowd: Crowd) -> None:
    """One wrong password from each of some addresses; of a user in fifty five, which locks the account."""
    Failures.objects.bulk_create([
        Failures(username=user.username, ip_address=f"10.0.0.{index % EACH}", user_agent="",
                 failures_since_start=1 if index // EACH % 50 else 5)
        for index, user in enumerate(crowd.owners)
    ])  # fmt: skip
