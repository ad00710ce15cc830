"""A site with something in every table, and a teacher who looks at it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.idp.oidc.models import Client as App
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from django.utils import timezone

from authdemo.accounts.models import User
from jwt_app.models import Denial
from oauth_app.client.stored import Grant, keep
from oauth_app.provider.models import Consent

PASSWORD = "correct horse"


@pytest.fixture
def teacher(db) -> User:
    return User.objects.create_superuser("teacher", "teacher@example.com", PASSWORD)


@pytest.fixture
def alice(db) -> User:
    """She has a confirmed address and a connected account."""
    alice = User.objects.create_user("alice", "alice@example.com", PASSWORD)
    EmailAddress.objects.create(user=alice, email=alice.email, verified=True, primary=True)
    account = SocialAccount.objects.create(
        user=alice,
        provider="github",
        uid="1234567",
        extra_data={"login": "alice", "access_token": "gho_secret-of-the-provider", "id_token": {"sub": "alice-sub"}},
    )
    keep(account, Grant("gho_stored-access-token", "ghr_stored-refresh-token", "user:email", None))
    app = App.objects.create(id="printer", name="The printer", owner=alice)
    Consent.objects.create(user=alice, client=app, scopes="notes:read")
    return alice


def signed_in(username: str) -> Client:
    browser = Client(headers={"user-agent": f"{username}'s browser"})
    assert browser.post("/sessions/login/", {"username": username, "password": PASSWORD}).status_code == 302
    return browser


@pytest.fixture(autouse=True)
def wrong_password(db) -> None:
    """Somebody has tried a name that nobody has."""
    Client().post("/sessions/login/", {"username": "nobody", "password": "gues5ed-and-wr0ng"})


@pytest.fixture
def admin(teacher) -> Client:
    return signed_in("teacher")


@pytest.fixture
def alices(alice) -> Client:
    return signed_in("alice")


@pytest.fixture
def tokens(alice):
    """Alice's access and refresh token, rotated once so that there is a blacklisted one; and one that is denied."""
    Denial.objects.create(identifier="a" * 32, user=alice, expires_at=timezone.now() + timedelta(minutes=5))
    api = Client()

    def post(path: str, body: dict[str, str]):
        return api.post(f"/jwt/api/{path}", json.dumps(body), content_type="application/json").json()

    first = post("token/", {"username": "alice", "password": PASSWORD})
    second = post("token/refresh/", {"refresh": first["refresh"]})
    return {f"first {kind}": token for kind, token in first.items()} | second
