"""What the crowd of `seed_scale` has by token, at providers, and allowed to apps."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.idp.oidc.models import Client, Token
from allauth.socialaccount.models import SocialAccount
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from authdemo.accounts.models import User
from jwt_app.models import Denial, FamilyMember, RefreshFamily
from oauth_app.client.models import ProviderToken
from oauth_app.provider.models import Consent, DeviceCode, Grant, GrantToken

EACH = 10  # rows of one user
LATER = timedelta(days=7)


@dataclass(frozen=True)
class Crowd:
    """Some users; whose each row is, and from when."""

    users: list[User]
    owners: list[User]
    times: list[datetime]


def families(crowd: Crowd) -> None:
    """Add sign-ins by token, each with its first token exchanged once, and as many denied access tokens."""
    made = RefreshFamily.objects.bulk_create([RefreshFamily(user=user, session_auth_hash="") for user in crowd.owners])
    first, second = (
        OutstandingToken.objects.bulk_create([
            OutstandingToken(
                user=user, jti=uuid.uuid4().hex, token=secrets.token_hex(32), created_at=at, expires_at=at + LATER
            )
            for user, at in zip(crowd.owners, crowd.times, strict=True)
        ])
        for _ in range(2)
    )  # fmt: skip
    BlacklistedToken.objects.bulk_create([BlacklistedToken(token=token) for token in first])
    FamilyMember.objects.bulk_create([
        FamilyMember(token=token, family=family) for token, family in zip(first, made, strict=True)
    ])  # fmt: skip
    FamilyMember.objects.bulk_create([
        FamilyMember(token=token, family=family, parent=parent)
        for token, family, parent in zip(second, made, first, strict=True)
    ])  # fmt: skip
    Denial.objects.bulk_create([
        Denial(identifier=uuid.uuid4().hex, user=user, reason="logout", expires_at=at + LATER)
        for user, at in zip(crowd.owners, crowd.times, strict=True)
    ])  # fmt: skip


def accounts(crowd: Crowd) -> None:
    """Add connected accounts, each with a stored token of the provider."""
    made = SocialAccount.objects.bulk_create([
        SocialAccount(user=user, provider="github", uid=secrets.token_hex(8)) for user in crowd.owners
    ])  # fmt: skip
    ProviderToken.objects.bulk_create([
        ProviderToken(account=account, access_token="", scopes="user:email", expires_at=at + LATER)
        for account, at in zip(made, crowd.times, strict=True)
    ])  # fmt: skip


def apps(crowd: Crowd) -> None:
    """Add an app for each user, and what some users have allowed to some apps; a device waits for each app."""
    made = Client.objects.bulk_create([
        Client(name=f"An app of {user}", owner=user, secret="!", created_at=at)  # noqa: S106
        for user, at in zip(crowd.users, crowd.times[::EACH], strict=True)
    ])  # fmt: skip
    number = len(made)
    chosen = [made[(index // EACH + index % EACH) % number] for index in range(len(crowd.owners))]
    pairs = list(dict.fromkeys(zip(crowd.owners, chosen, strict=True)))  # fewer where there are fewer apps than EACH
    consents = Consent.objects.bulk_create([
        Consent(user=user, client=app, scopes="profile", last_used_at=at)
        for (user, app), at in zip(pairs, crowd.times, strict=False)
    ])  # fmt: skip
    grants = Grant.objects.bulk_create([
        Grant(consent=one, code_hash=secrets.token_hex(32), scopes="profile", exchanged_at=one.last_used_at)
        for one in consents
    ])  # fmt: skip
    tokens = Token.objects.bulk_create([
        Token(client=one.client, user=one.user, type=Token.Type.ACCESS_TOKEN, hash=secrets.token_hex(32),
              scopes="profile", created_at=at, expires_at=at + LATER)
        for one, at in zip(consents, crowd.times, strict=False)
    ])  # fmt: skip
    GrantToken.objects.bulk_create([
        GrantToken(token=token, grant=grant) for token, grant in zip(tokens, grants, strict=True)
    ])  # fmt: skip
    DeviceCode.objects.bulk_create([
        DeviceCode(client=app, code_hash=secrets.token_hex(32), user_code_hash=secrets.token_hex(32), scopes="profile",
                   expires_at=at + LATER, interval=5)
        for app, at in zip(made, crowd.times, strict=False)
    ])  # fmt: skip
