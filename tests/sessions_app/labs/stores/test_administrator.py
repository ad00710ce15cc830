"""An administrator ends a session on a store of the experiment, and nobody else does."""

from __future__ import annotations

import pytest
from django.test import Client

from authdemo.accounts.models import User
from authdemo.device.client import csrf_token

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse"
END = "/sessions/stores/end/"


@pytest.fixture(autouse=True)
def labs(settings, tmp_path):
    settings.LABS, settings.STORE_LAB_FOLDER = True, tmp_path


@pytest.fixture
def alice(db) -> User:
    return User.objects.create_user("alice", "alice@example.com", PASSWORD)


def signed_in(user: User, enforce_csrf_checks: bool = False) -> Client:
    browser = Client(enforce_csrf_checks=enforce_csrf_checks)
    browser.force_login(user)
    return browser


@pytest.fixture
def teacher(db) -> Client:
    return signed_in(User.objects.create_user("teacher", "teacher@example.com", PASSWORD, is_staff=True))


def on(store: str) -> Client:
    browser = Client()
    answer = browser.post(f"/sessions/stores/{store}/login/", {"username": "alice", "password": PASSWORD})
    assert answer.status_code == 302
    return browser


def key_of(browser: Client, store: str) -> str:
    return browser.cookies[f"lab_{store}"].value


@pytest.mark.parametrize("store", ["db", "memory", "file"])
def test_the_record_goes_and_the_cookie_opens_nothing_any_more(alice, teacher, store):
    browser, other = on(store), on(store)
    assert browser.get(f"/sessions/stores/{store}/whoami/").status_code == 200
    asked = {"store": store, "key": key_of(browser, store)}
    assert teacher.post(END, asked).json() == {"ended": True}
    assert browser.get(f"/sessions/stores/{store}/whoami/").status_code == 401
    assert teacher.post(END, asked).json() == {"ended": False}
    assert other.get(f"/sessions/stores/{store}/whoami/").status_code == 200


def test_a_signed_cookie_has_no_record(alice, teacher):
    browser = on("signed_cookie")
    answer = teacher.post(END, {"store": "signed_cookie", "key": key_of(browser, "signed_cookie")})
    assert (answer.status_code, answer.json()["code"]) == (409, "no_record")
    assert browser.get("/sessions/stores/signed_cookie/whoami/").status_code == 200


def test_nobody_but_staff_may(alice):
    browser = on("db")
    asked = {"store": "db", "key": key_of(browser, "db")}
    # Also not who is staff on a store alone: the site's own session counts.
    for caller in (Client(), signed_in(alice), browser):
        answer = caller.post(END, asked)
        assert (answer.status_code, answer.json()["code"]) == (403, "not_staff")
    assert browser.get("/sessions/stores/db/whoami/").status_code == 200


def test_by_a_form_of_this_site_alone(alice):
    boss = User.objects.create_user("teacher", "teacher@example.com", PASSWORD, is_staff=True)
    browser, caller = on("db"), signed_in(boss, enforce_csrf_checks=True)
    asked = {"store": "db", "key": key_of(browser, "db")}
    assert caller.get(END, asked).status_code == 405
    assert caller.post(END, asked).status_code == 403
    assert browser.get("/sessions/stores/db/whoami/").status_code == 200
    token = csrf_token(caller.get("/sessions/").content.decode())
    assert caller.post(END, asked | {"csrfmiddlewaretoken": token}).json() == {"ended": True}


@pytest.mark.parametrize("key", ["", "x", "../../etc/passwd", "k" * 5000, "a\0b"])
def test_what_is_no_key_ends_nothing(teacher, key):
    for store in ("db", "file", "memory"):
        assert teacher.post(END, {"store": store, "key": key}).json() == {"ended": False}


def test_a_store_that_does_not_exist_or_is_not_there(teacher):
    assert teacher.post(END, {"store": "nobodys", "key": "k" * 32}).status_code == 400
    answer = teacher.post(END, {"store": "redis", "key": "k" * 32})
    assert (answer.status_code, answer.json()["code"]) == (503, "store_unavailable")
    assert "REDIS_URL" in answer.json()["detail"]


def test_without_labs_it_is_not_there(teacher, settings):
    settings.LABS = False
    assert teacher.post(END, {"store": "db", "key": "k" * 32}).status_code == 404
