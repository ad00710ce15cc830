"""A client's secret is random, so its hash is quick to check; users' passwords keep the slow one."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from allauth.idp.oidc.models import Client as Registered
from django.conf import global_settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher, check_password, identify_hasher, make_password
from django.test import Client

from authdemo.accounts.models import User
from oauth_app.provider import clients
from oauth_app.provider.hashers import ClientSecretHasher

from .conftest import PASSWORD, SECRET, TOKEN

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def hashers_of_the_site(settings) -> None:
    settings.PASSWORD_HASHERS = [
        *global_settings.PASSWORD_HASHERS,
        f"{ClientSecretHasher.__module__}.{ClientSecretHasher.__name__}",
    ]


@pytest.fixture
def rounds(monkeypatch) -> list[int]:
    """Of each PBKDF2 that is computed from now on."""
    seen: list[int] = []
    real = hashlib.pbkdf2_hmac

    def counted(name: str, password: bytes, salt: bytes, iterations: int, dklen: Any = None) -> bytes:
        seen.append(iterations)
        return real(name, password, salt, iterations, dklen)

    monkeypatch.setattr("hashlib.pbkdf2_hmac", counted)
    return seen


@pytest.fixture
def row() -> Registered:
    client = Registered(id="printer", name="Printer", secret="!")
    clients.set_secret(client, SECRET)
    client.save()
    return client


def test_one_round_for_a_client_and_all_for_a_user(row, rounds):
    user = User(username="zoe")
    user.set_password(PASSWORD)
    rounds.clear()
    assert row.check_secret(SECRET)
    assert not row.check_secret("wrong")
    assert rounds == [1, 1]
    rounds.clear()
    assert user.check_password(PASSWORD)
    assert rounds == [PBKDF2PasswordHasher.iterations]


def test_an_exchange_takes_one_round_and_changes_nothing_that_is_stored(row, rounds):
    before = row.secret
    for secret, status in ((SECRET, 400), ("wrong", 401)):
        form = {"client_id": "printer", "client_secret": secret, "grant_type": "refresh_token", "refresh_token": "x"}
        assert Client().post(TOKEN, form).status_code == status
    assert rounds == [1, 1]
    row.refresh_from_db()
    assert row.secret == before
    assert SECRET not in before


def test_a_users_password_is_never_stored_that_way(alice):
    assert isinstance(identify_hasher(make_password(PASSWORD)), PBKDF2PasswordHasher)
    assert identify_hasher(make_password(PASSWORD)).algorithm == "pbkdf2_sha256"
    quick = make_password(PASSWORD, hasher=ClientSecretHasher.algorithm)
    User.objects.filter(pk=alice.pk).update(password=quick)
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)  # and where one has got in, the next sign-in mends it
    alice.refresh_from_db()
    assert alice.password.startswith("pbkdf2_sha256$")


def test_a_secret_that_was_stored_slowly_still_counts(row):
    row.set_secret(SECRET)
    assert row.check_secret(SECRET)
    assert not check_password("wrong", row.secret)
