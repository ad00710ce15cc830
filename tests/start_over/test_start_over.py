"""Start over: all that one browser holds ends, and nothing of anybody else's, not even the same user's elsewhere."""

from __future__ import annotations

import json
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client

from authdemo.accounts.models import User
from authdemo.events.models import AuthEvent
from authdemo.start_over.ending import LAB_COOKIES
from authdemo.wire.browser import COOKIE
from authdemo.wire.models import Exchange
from oauth_app.provider.models import Consent
from tests.oauth_app.provider.conftest import registered

PASSWORD = "correct horse battery"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def users(db: None) -> None:
    for name in ("alice", "bob"):
        User.objects.create_user(name, f"{name}@example.com", PASSWORD)


def signed_in(username: str = "alice") -> Client:
    """A browser with its panel open and a session."""
    client = Client()
    client.post("/wire/open/")
    assert client.post("/sessions/login/", {"username": username, "password": PASSWORD}).status_code == 302
    client.get("/sessions/")
    return client


def post_json(path: str, body: dict[str, str]) -> Any:
    return Client().post(path, json.dumps(body), content_type="application/json")


def tokens(username: str) -> dict[str, str]:
    answer: dict[str, str] = post_json("/jwt/api/token/", {"username": username, "password": PASSWORD}).json()
    return answer


def refreshed(refresh: str) -> Any:
    return post_json("/jwt/api/token/refresh/", {"refresh": refresh})


def whoami(client: Client) -> int:
    return client.get("/sessions/api/whoami/").status_code


def note(client: Client) -> str:
    """What the page says that one is sent to."""
    return client.get("/").content.decode()


def test_the_session_is_dead_also_in_a_copy():
    browser, thief = signed_in(), Client()
    thief.cookies["authdemo_session"] = browser.cookies["authdemo_session"].value
    assert whoami(thief) == 200
    answer = browser.post("/start-over/")
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert whoami(browser) == whoami(thief) == 401
    assert not UserSession.objects.exists()
    assert "You start over. Ended: the session of alice." in note(browser)


def test_the_old_session_is_no_longer_in_its_store():
    browser = signed_in()
    old = browser.cookies["authdemo_session"].value
    browser.post("/start-over/")
    assert not Session.objects.filter(session_key=old).exists()
    assert browser.cookies["authdemo_session"].value != old


def test_the_family_of_the_token_that_came_along_ends_and_no_other_one():
    browser, mine, elsewhere, bobs = signed_in("alice"), tokens("alice"), tokens("alice"), tokens("bob")
    newer = refreshed(mine["refresh"]).json()
    browser.post("/start-over/", {"refresh": newer["refresh"]})
    assert refreshed(newer["refresh"]).json()["code"] == "token_revoked"
    assert refreshed(elsewhere["refresh"]).status_code == 200
    assert refreshed(bobs["refresh"]).status_code == 200


def test_the_token_may_be_somebody_elses_than_the_session():
    browser, bobs = signed_in("alice"), tokens("bob")
    browser.post("/start-over/", {"refresh": bobs["refresh"]})
    assert refreshed(bobs["refresh"]).status_code == 401
    assert "Ended: the session of alice and the tokens of bob." in note(browser)


@pytest.mark.parametrize(
    "refresh", ["", " ", "nonsense", "a.b.c", "\0", "é" * 10, "a" * 100_000, "eyJhbGciOiJub25lIn0.e30."]
)
def test_a_token_that_is_none_ends_nothing_and_is_no_error(refresh):
    browser = signed_in()
    assert browser.post("/start-over/", {"refresh": refresh}).status_code == 302
    assert whoami(browser) == 401
    assert "tokens of" not in note(browser)


def test_an_access_token_ends_no_family():
    mine = tokens("alice")
    assert Client().post("/start-over/", {"refresh": mine["access"]}).status_code == 302
    assert refreshed(mine["refresh"]).status_code == 200


def test_the_exchanges_of_this_browser_go_and_none_is_kept_of_the_end():
    browser, other = signed_in("alice"), signed_in("bob")
    kept = Exchange.objects.count()
    of_other = set(Exchange.objects.filter(username="bob").values_list("pk", flat=True))
    assert f"{kept // 2} kept exchanges" in browser.get("/start-over/").content.decode()
    browser.post("/start-over/", {"refresh": tokens("alice")["refresh"]})
    assert Exchange.objects.count() == kept // 2
    assert of_other <= set(Exchange.objects.values_list("pk", flat=True))
    assert "POST /sessions/login/" in other.get("/wire/").content.decode()


def test_without_a_panel_nobody_elses_exchanges_go():
    signed_in("bob")
    kept = Exchange.objects.count()
    Client().post("/start-over/")
    assert Exchange.objects.count() == kept > 0


def test_our_cookies_are_forgotten_each_at_its_path():
    browser = signed_in()
    browser.cookies["oauth_provider"] = "github"
    browser.cookies["lab_other"] = "x"
    gone = browser.post("/start-over/").cookies
    paths = {name: cookie["path"] for name, cookie in gone.items() if cookie["max-age"] == 0}
    expected = {
        COOKIE: "/",
        "authdemo_refresh": "/jwt/api/cookie/",
        "oauth_provider": "/oauth/",
        "lab_other": "/",
    } | LAB_COOKIES
    assert {name: paths.get(name) for name in expected} == expected
    assert "authdemo_csrf" not in paths


def test_other_sites_on_this_machine_keep_theirs():
    assert "Clear-Site-Data" not in signed_in().post("/start-over/")


def test_another_browser_of_the_same_user_feels_nothing():
    browser, other = signed_in("alice"), signed_in("alice")
    key = other.cookies["authdemo_session"].value
    browser.post("/start-over/")
    assert whoami(other) == 200
    assert UserSession.objects.get().session_key == key
    assert "POST /sessions/login/" in other.get("/wire/").content.decode()


def test_again_and_again_and_for_somebody_who_holds_nothing():
    browser, mine = signed_in(), tokens("alice")
    for _ in range(3):
        assert browser.post("/start-over/", {"refresh": mine["refresh"]}).status_code == 302
    fresh = Client()
    assert fresh.post("/start-over/").status_code == 302
    assert "Nobody was signed in." in note(fresh)


def test_one_can_sign_in_again_at_once():
    browser = signed_in()
    browser.post("/start-over/")
    browser.post("/sessions/login/", {"username": "bob", "password": PASSWORD})
    assert browser.get("/sessions/api/whoami/").json()["user"]["username"] == "bob"


def test_the_ends_are_events():
    browser, mine = signed_in(), tokens("bob")
    before = AuthEvent.objects.count()
    browser.post("/start-over/", {"refresh": mine["refresh"]})
    assert AuthEvent.objects.count() == before + 2


@pytest.mark.parametrize("method", ["get", "head"])
def test_to_look_ends_nothing(method):
    browser = signed_in()
    answer = getattr(browser, method)("/start-over/")
    assert answer.status_code == 200
    assert whoami(browser) == 200


def test_the_page_says_what_will_end():
    page = signed_in().get("/start-over/").content.decode()
    assert "alice, opened by password" in page.split("What ends")[1]
    assert "<dd>none</dd>" in Client().get("/start-over/").content.decode()


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_end_nothing(method):
    browser = signed_in()
    assert getattr(browser, method)("/start-over/").status_code == 405
    assert whoami(browser) == 200


def test_no_other_site_can_press_the_button():
    mine = tokens("alice")
    browser = Client(enforce_csrf_checks=True)
    browser.cookies = signed_in().cookies
    assert browser.post("/start-over/", {"refresh": mine["refresh"]}).status_code == 403
    assert whoami(browser) == 200
    assert refreshed(mine["refresh"]).status_code == 200


def test_every_page_leads_there():
    assert 'href="/start-over/"' in Client().get("/jwt/").content.decode()


def test_what_was_allowed_to_apps_is_taken_back_and_nobody_elses():
    app = registered("printer")
    for name in ("alice", "bob"):
        Consent.objects.create(user=User.objects.get(username=name), client=app, scopes="notes:read")
    client = signed_in()
    assert "What you have allowed to 1 app is taken back" in client.get("/start-over/").content.decode()
    client.post("/start-over/")
    assert [consent.user.username for consent in Consent.objects.all()] == ["bob"]
    event = AuthEvent.objects.get(verb="revoked", app="printer")
    assert event.username == "alice"
