"""Many users with sessions, tokens, grants and events, to see how lists and searches do among them.

Each row is what the site would have written, but nobody holds a credential of it: keys, digests and hashes are random.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from allauth.idp.oidc.models import Client, Token
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import reset_queries, transaction
from django.utils import timezone
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from authdemo.accounts.models import User
from authdemo.events.models import AuthEvent, Mechanism, Verb
from jwt_app.models import Denial, FamilyMember, RefreshFamily
from oauth_app.provider.models import Consent, Grant, GrantToken

PREFIX = "scale-"
BATCH = 2_000  # rows of each kind in a transaction
EACH = 10  # rows of one user
LATER = timedelta(days=7)
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


def fill(rows: int, say: Callable[[int], None]) -> None:
    """Add so many sessions, sign-ins by token and events, and a tenth of users, denials and apps' accesses.

    `say` is told how many there are by now. Each batch is a transaction of its own.
    """
    app, _ = Client.objects.get_or_create(id=f"{PREFIX}app", defaults={"name": "An app of the crowd"})
    for done in range(0, rows, BATCH):
        with transaction.atomic():
            _add(min(BATCH, rows - done), app)
        reset_queries()  # with DEBUG, Django keeps the text of each statement
        say(min(done + BATCH, rows))


def _add(number: int, app: Client) -> None:
    now, users = timezone.now(), _users(-(-number // EACH))
    owners = [users[index // EACH] for index in range(number)]
    _add_sessions(owners, now)
    _add_families(owners, now)
    Denial.objects.bulk_create([
        Denial(identifier=uuid.uuid4().hex, user=user, reason="logout", expires_at=now + LATER) for user in users
    ])  # fmt: skip
    SocialAccount.objects.bulk_create([
        SocialAccount(user=user, provider="github", uid=secrets.token_hex(8)) for user in users
    ])  # fmt: skip
    _add_grants(users, app, now)
    AuthEvent.objects.bulk_create([
        AuthEvent(
            at=now - timedelta(seconds=index), user=user, username=user.username, mechanism=Mechanism.SESSION,
            verb=Verb.SIGNED_IN if index % 5 else Verb.SIGN_IN_FAILED, instance="A", ip="127.0.0.1",
        )
        for index, user in enumerate(owners)
    ])  # fmt: skip


def _users(number: int) -> list[User]:
    names = [f"{PREFIX}{secrets.token_hex(6)}" for _ in range(number)]
    return User.objects.bulk_create([User(username=name, email=f"{name}@example.com", password="!") for name in names])  # noqa: S106


def _add_sessions(owners: list[User], now: datetime) -> None:
    keys = [secrets.token_hex(16) for _ in owners]
    Session.objects.bulk_create([Session(session_key=key, session_data="", expire_date=now + LATER) for key in keys])
    UserSession.objects.bulk_create([
        UserSession(user=user, session_key=key, ip="127.0.0.1", user_agent=AGENT, created_at=now, last_seen_at=now)
        for user, key in zip(owners, keys, strict=True)
    ])  # fmt: skip


def _add_families(owners: list[User], now: datetime) -> None:
    """Each has exchanged its first token once."""
    families = RefreshFamily.objects.bulk_create([RefreshFamily(user=user, session_auth_hash="") for user in owners])
    first, second = (
        OutstandingToken.objects.bulk_create([
            OutstandingToken(
                user=user, jti=uuid.uuid4().hex, token=secrets.token_hex(32), created_at=now, expires_at=now + LATER
            )
            for user in owners
        ])
        for _ in range(2)
    )  # fmt: skip
    BlacklistedToken.objects.bulk_create([BlacklistedToken(token=token) for token in first])
    FamilyMember.objects.bulk_create([
        FamilyMember(token=token, family=family) for token, family in zip(first, families, strict=True)
    ])  # fmt: skip
    FamilyMember.objects.bulk_create([
        FamilyMember(token=token, family=family, parent=parent)
        for token, family, parent in zip(second, families, first, strict=True)
    ])  # fmt: skip


def _add_grants(users: list[User], app: Client, now: datetime) -> None:
    consents = Consent.objects.bulk_create([Consent(user=user, client=app, scopes="profile") for user in users])
    grants = Grant.objects.bulk_create([
        Grant(consent=consent, code_hash=secrets.token_hex(32), scopes="profile", exchanged_at=now)
        for consent in consents
    ])  # fmt: skip
    tokens = Token.objects.bulk_create([
        Token(
            client=app, user=user, type=Token.Type.ACCESS_TOKEN, hash=secrets.token_hex(32), scopes="profile",
            expires_at=now + LATER,
        )
        for user in users
    ])  # fmt: skip
    GrantToken.objects.bulk_create([
        GrantToken(token=token, grant=grant) for token, grant in zip(tokens, grants, strict=True)
    ])  # fmt: skip
