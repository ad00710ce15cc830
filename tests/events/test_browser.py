"""In which browser it happened: by the wire's cookie, and for calls without cookies by its header."""

from __future__ import annotations

import pytest
from django.test import Client

from authdemo.events.models import AuthEvent, Verb
from authdemo.wire import browser
from tests.sessions_app.conftest import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def learner() -> Client:
    """A browser with an identifier of its own."""
    client = Client()
    client.post("/wire/open/")
    return client


def name_of(client: Client) -> str:
    return browser.browser_of(client.get("/wire/").wsgi_request)


def sign_in(client: Client, username: str = "alice") -> None:
    client.post("/sessions/login/", {"username": username, "password": PASSWORD})


def test_it_is_kept_whoever_was_signed_in(alice, bob, learner):
    sign_in(learner)
    learner.post("/sessions/logout/")
    sign_in(learner, "bob")
    mine = AuthEvent.objects.in_browser(name_of(learner))
    assert [event.username for event in mine.that(Verb.SIGNED_IN)] == ["bob", "alice"]


def test_it_does_not_matter_whether_the_wire_is_open(alice, learner):
    learner.post("/wire/close/")
    sign_in(learner)
    assert AuthEvent.objects.in_browser(name_of(learner)).count() == 1


def test_a_call_without_cookies_says_it_by_the_header(alice, learner):
    header = browser.header_for(learner.get("/wire/").wsgi_request)
    body = {"username": "alice", "password": PASSWORD}
    program = Client(headers={browser.HEADER: header})
    assert program.post("/jwt/api/token/", body, content_type="application/json").status_code == 200
    assert AuthEvent.objects.in_browser(name_of(learner)).get().verb == Verb.ISSUED


def test_two_browsers_of_one_user_are_told_apart(alice, learner):
    other = Client()
    other.post("/wire/open/")
    sign_in(other)
    assert not AuthEvent.objects.in_browser(name_of(learner)).exists()


@pytest.mark.parametrize("cookie", [None, "", "nonsense", "a.open:b:c"])
def test_a_browser_without_a_cookie_of_ours_is_not_known(alice, cookie):
    client = Client()
    if cookie is not None:
        client.cookies[browser.COOKIE] = cookie
    sign_in(client)
    assert AuthEvent.objects.get().browser is None
    assert not AuthEvent.objects.in_browser(name_of(client)).exists()


def test_the_longest_name_of_a_program_fits_into_its_column(alice, browser_of):
    """PostgreSQL would refuse it, and the event would be lost."""
    browser_of("alice", "SAP NetWeaver Application Server (1.0;740) Linux Mint/12")
    field = AuthEvent._meta.get_field("user_agent")
    name = AuthEvent.objects.get().user_agent
    assert name.startswith("SAP NetWeaver Application Server on")
    assert len(name) == field.max_length
