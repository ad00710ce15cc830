"""One more on a user's stamp, and whatever began before opens nothing; what begins afterwards does."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from authdemo.accounts.models import User

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse"
WHOAMI, LOGIN = "/sessions/api/whoami/", "/sessions/login/"


@pytest.fixture
def alice() -> User:
    return User.objects.create_user("alice", "alice@example.com", PASSWORD)


def signed_in() -> Client:
    browser = Client()
    assert browser.post(LOGIN, {"username": "alice", "password": PASSWORD}).status_code == 302
    assert browser.get(WHOAMI).status_code == 200
    return browser


def post(path: str, **body: str) -> Any:
    return Client().post(f"/jwt/api/token/{path}", json.dumps(body), content_type="application/json")


@pytest.fixture(params=["db", "cache", "cached_db", "file", "signed_cookies"])
def engine(request: Any, settings: Any, tmp_path: Any) -> str:
    settings.SESSION_ENGINE = f"django.contrib.sessions.backends.{request.param}"
    settings.SESSION_FILE_PATH = str(tmp_path)
    return str(request.param)


def test_sessions_of_every_store_are_over_and_a_new_one_begins(engine: str, alice: User) -> None:
    before = signed_in()
    alice.void_sign_ins()
    assert before.get(WHOAMI).status_code == 401
    assert signed_in().get(WHOAMI).status_code == 200
    assert before.get(WHOAMI).status_code == 401


def test_only_this_users(alice: User) -> None:
    bob = User.objects.create_user("bob", "bob@example.com", PASSWORD)
    hers = signed_in()
    bob.void_sign_ins()
    assert hers.get(WHOAMI).status_code == 200


def test_refresh_tokens_of_before_are_refused(alice: User) -> None:
    pair = post("", username="alice", password=PASSWORD).json()
    alice.void_sign_ins()
    assert post("refresh/", refresh=pair["refresh"]).status_code == 401
    again = post("", username="alice", password=PASSWORD).json()
    assert post("refresh/", refresh=again["refresh"]).status_code == 200


def test_who_has_read_the_user_before_does_not_write_the_old_stamp(alice: User) -> None:
    """A sign-in, the admin or a form may save what it has read a second ago."""
    hers, stale = signed_in(), User.objects.get(pk=alice.pk)
    alice.void_sign_ins()
    stale.first_name = "Alice"
    stale.save()
    stale.save(update_fields=["first_name", "security_stamp"])
    assert User.objects.get(pk=alice.pk).security_stamp == 1
    assert hers.get(WHOAMI).status_code == 401


def test_the_one_who_does_it_goes_on_with_what_the_row_has(alice: User) -> None:
    User.objects.get(pk=alice.pk).void_sign_ins()
    alice.void_sign_ins()
    assert alice.security_stamp == 2


def test_a_key_that_was_replaced_still_counts(alice: User, settings: Any) -> None:
    hers = signed_in()
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another " * 8, [settings.SECRET_KEY]
    assert hers.get(WHOAMI).status_code == 200
    alice.void_sign_ins()
    assert hers.get(WHOAMI).status_code == 401


def test_no_form_sets_it(alice: User) -> None:
    User.objects.create_superuser("teacher", "teacher@example.com", PASSWORD)
    admin = Client()
    admin.post("/admin/login/", {"username": "teacher", "password": PASSWORD})
    page = admin.get(f"/admin/accounts/user/{alice.pk}/change/").content.decode()
    assert "security_stamp" not in page
