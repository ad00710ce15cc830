"""On Redis alone: a server that does not answer is said so, and nobody is signed out or somebody else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.base import UpdateError
from django.urls import URLPattern, URLResolver, get_resolver

from authdemo.session_store import StoreUnavailable
from tests.session_store.conftest import REDIS, but_not_djangos_own
from tests.wire.instruments import Timing

pytestmark = pytest.mark.django_db
OUTAGES = ["hang", "kill"]


@pytest.fixture
def engine() -> str:
    return REDIS


@but_not_djangos_own(REDIS)
@pytest.mark.parametrize("outage", OUTAGES)
def test_who_am_i_is_a_503_with_a_code_and_afterwards_all_is_as_before(browser_of, valkey, outage):
    alice, cookie = (browser := browser_of("alice")), browser.cookie()
    valkey.client().save()
    getattr(valkey, outage)()
    answer = alice.get("/sessions/api/whoami/")
    assert answer.status_code == 503
    assert answer.json()["code"] == "store_unavailable"
    assert "cannot reach the store" in answer.json()["detail"]
    assert answer["Retry-After"] == "5"
    assert "authdemo_session" not in answer.cookies  # the browser is not told to forget it
    valkey.start_again() if outage == "kill" else valkey.go_on()
    assert alice.user() == "alice"
    assert alice.cookie() == cookie


@but_not_djangos_own(REDIS)
def test_a_page_says_why(browser_of, valkey):
    alice = browser_of("alice")
    valkey.kill()
    for path in ("/", "/sessions/", "/sessions/devices/", "/sessions/login/", "/admin/", "/no/such/page/"):
        answer = alice.get(path)
        assert (path, answer.status_code) == (path, 503)
        assert "that store does not answer" in answer.content.decode()
        assert "You are not signed out" in answer.content.decode()
        assert answer["X-Served-By"] == "A"
        assert answer["Cache-Control"] == "private, no-store"
        assert "authdemo_session" not in answer.cookies


def sign_out(browser):
    return browser.post("/sessions/logout/")


def revoke_others(browser):
    return browser.post("/sessions/devices/revoke-others/")


def change_nothing_but_look(browser):
    return browser.post("/oauth/connections/", {"account": "0"})


@but_not_djangos_own(REDIS)
@pytest.mark.parametrize("act", [sign_out, revoke_others, change_nothing_but_look])
def test_what_cannot_be_done_is_not_said_to_be_done(browser_of, valkey, act):
    alice, other = browser_of("alice"), browser_of("alice")
    valkey.client().save()
    valkey.kill()
    answer = act(alice)
    assert answer.status_code == 503
    assert "may not have been done" in answer.content.decode()
    valkey.start_again()
    assert [alice.user(), other.user()] == ["alice", "alice"]
    assert UserSession.objects.count() == 2


def test_the_server_goes_away_between_the_look_and_the_end(browser_of, valkey, before_next):
    alice, other = browser_of("alice"), browser_of("alice")
    valkey.client().save()
    before_next("delete", valkey.kill)
    assert revoke_others(alice).status_code == 503
    valkey.start_again()
    assert other.user() == "alice"
    assert UserSession.objects.count() == 2  # still on the list, to be ended by another try
    assert revoke_others(alice).status_code == 302
    assert other.user() is None
    before_next("delete", valkey.kill)
    assert sign_out(alice).status_code == 503


def test_the_server_goes_away_while_the_session_is_saved(browser_of, valkey, before_next):
    alice = browser_of("alice")
    before_next("set", valkey.kill)  # the messages of "Ended 0 other sessions", after the view
    answer = revoke_others(alice)
    assert answer.status_code == 503
    assert "authdemo_session" not in answer.cookies


def test_a_session_that_could_not_change_its_key_still_has_the_old_one(browser_of, store, valkey, before_next):
    session = store(browser_of("alice").cookie())
    key = session.session_key
    before_next("add", valkey.kill)
    with pytest.raises(StoreUnavailable):
        session.cycle_key()
    assert session.session_key == key


def test_nobody_signs_in(browser_of, valkey):
    browser_of("alice")
    visitor = browser_of()
    valkey.kill()
    assert visitor.sign_in("alice").status_code == 503
    assert visitor.user() is None


def test_who_has_no_session_is_served(browser_of, valkey):
    valkey.kill()
    visitor = browser_of()
    for path in ("/", "/sessions/login/", "/jwt/", "/jwt/.well-known/jwks.json", "/oauth/"):
        assert (path, visitor.get(path).status_code) == (path, 200)
    assert visitor.get("/sessions/api/whoami/").status_code == 401


def test_no_path_of_the_site_is_an_error_of_another_kind(browser_of, valkey):
    alice = browser_of("alice")
    valkey.kill()
    for path in paths(get_resolver()):
        for answer in (alice.get(path), alice.post(path)):
            assert answer.status_code < 500 or answer.status_code == 503, path


def paths(resolver: URLResolver, prefix: str = "/") -> Iterator[str]:
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from paths(entry, route)
        elif isinstance(entry, URLPattern) and not {"<", "^", "(", "$"} & set(route):
            yield route


@but_not_djangos_own(REDIS)
def test_a_request_that_saves_the_session_just_after_the_end(browser_of, copy_of, store, before_next):
    victim = browser_of("alice")
    thief = copy_of(victim)
    session = store(victim.cookie())
    session["seen"] = True
    before_next("set", lambda: sign_out(victim))
    with suppress(UpdateError):
        session.save()
    assert thief.user() is None
    assert not store().exists(session.session_key)


@pytest.mark.parametrize("rubbish", [b"\x80\x04rubbish", b"[1]", b'"text"'])
def test_rubbish_is_no_session(browser_of, valkey, rubbish):
    alice = browser_of("alice")
    for key in valkey.names():
        valkey.client().set(key, rubbish)
    assert alice.get("/sessions/api/whoami/").status_code == 401


def test_the_cost(browser_of):
    assert Timing.of(browser_of("alice").get("/sessions/api/whoami/")).counts == (1, 1)
