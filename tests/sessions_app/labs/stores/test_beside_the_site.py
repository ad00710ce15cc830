"""A session of the lab beside one of the site, in one browser: neither is taken for the other."""

from __future__ import annotations

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client

from authdemo.device import store as device
from authdemo.events.models import AuthEvent, Verb
from authdemo.settings.sessions import ENGINES
from authdemo.wire.models import Exchange
from tests.sessions_app.conftest import PASSWORD
from tests.sessions_app.labs.stores.conftest import NAMES, Visitor
from tests.wire.instruments import Timing


@pytest.fixture
def both(visitor):
    """A factory: bob has a session of the site, and is asked for one of the lab."""

    def make(store: str) -> Visitor:
        made: Visitor = visitor(store)
        made.client.post("/sessions/login/", {"username": "bob", "password": PASSWORD})
        return made

    return make


def site_user(client: Client) -> str | None:
    answer = client.get("/sessions/api/whoami/")
    return answer.json()["user"]["username"] if answer.status_code == 200 else None


@pytest.mark.parametrize("store", NAMES)
def test_sign_in_and_out_of_the_lab_leaves_the_site_as_it_was(both, store):
    browser = both(store)
    rows, sessions = list(UserSession.objects.values()), list(Session.objects.values())
    answers = [browser.sign_in("alice"), browser.whoami(), browser.client.get(browser.path("login"))]
    assert (browser.user(), site_user(browser.client)) == ("alice", "bob")
    answers += [browser.sign_out(), browser.whoami()]
    assert (browser.user(), site_user(browser.client)) == (None, "bob")
    assert all("authdemo_session" not in answer.cookies for answer in answers)
    assert list(UserSession.objects.values()) == rows
    assert list(Session.objects.values()) == sessions


def test_the_sign_out_of_the_site_leaves_the_lab_as_it_was(both):
    browser = both("db")
    browser.sign_in("alice")
    browser.client.post("/sessions/logout/")
    assert (browser.user(), site_user(browser.client)) == ("alice", None)


def test_the_sites_session_is_not_even_read(both):
    browser = both("signed_cookie")
    assert Timing.of(browser.whoami()).counts == (0, 0)
    page = browser.client.get(browser.path("login"))
    assert Timing.of(page).sql <= 1  # whether there is any user
    assert "bob" not in page.content.decode().split("Demo accounts")[0]


def test_the_header_does_not_offer_to_end_the_wrong_session(both):
    browser = both("db")
    browser.sign_in("alice")
    page = browser.client.get(browser.path("login")).content.decode()
    assert "the session of an experiment, <code>lab_db</code>" in page
    assert 'action="/sessions/logout/"' not in page


def test_a_wrong_password_is_an_event_and_a_sign_in_of_the_lab_is_none(visitor):
    visitor("db").sign_in(password="wrong")
    browser = visitor("db", "alice")
    browser.sign_out()
    assert [event.verb for event in AuthEvent.objects.all()] == [Verb.SIGN_IN_FAILED]


def test_the_other_device_stays_when_a_session_of_the_lab_ends(both):
    browser = both("db")
    browser.client.post("/device/hand/", {"kind": "session", "token": "k" * 32})
    browser.sign_in("alice")
    browser.sign_out()
    request = browser.client.get("/healthz").wsgi_request
    kept = device._read(device.identifier(request))  # to find it by the page would note that bob is still here
    assert kept is not None
    assert kept.user
    assert kept.left is None


def test_the_wire_knows_the_cookie_and_who_it_was(visitor):
    browser = visitor("db")
    browser.client.post("/workshop/tour/start/")
    browser.sign_in("alice")
    browser.whoami()
    exchange = Exchange.objects.get(path="/sessions/stores/db/whoami/")
    assert (exchange.username, exchange.mechanism) == ("alice", "session")
    assert [one["kind"] for one in exchange.carried] == ["session key"]
    assert browser.cookie not in str(exchange.request) + str(exchange.response)


def test_a_sign_in_of_the_lab_is_no_step_of_the_tour(visitor):
    browser = visitor("db")
    browser.client.post("/workshop/tour/start/")
    browser.sign_in("alice")
    browser.whoami()
    page = browser.client.get("/workshop/tour/1/").content.decode()
    assert "Sign in with the form." in page.split("Still to do")[1]


def test_a_cookie_of_the_lab_opens_no_site_that_keeps_its_sessions_in_signed_cookies(visitor, settings):
    """Both are signed with one key, so it is the salt that keeps them apart."""
    browser = visitor("signed_cookie", "alice")
    settings.SESSION_ENGINE = ENGINES["signed_cookie"]
    thief = Client()
    thief.cookies["authdemo_session"] = browser.cookie
    assert site_user(thief) is None
    thief.post("/sessions/login/", {"username": "alice", "password": PASSWORD})
    assert site_user(thief) == "alice"
    there = visitor("signed_cookie")
    there.cookie = thief.cookies["authdemo_session"].value
    assert there.user() is None, "and the other way round"
