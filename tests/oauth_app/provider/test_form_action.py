"""The page with "Allow" may send its form's answer to that one app, and no other page to any."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from django.test import Client

from oauth_app.provider.authorization import leads_to

from .conftest import AUTHORIZE, CALLBACK, PASSWORD

pytestmark = pytest.mark.django_db
APP = "http://127.0.0.1:9001"


def may_lead_to(response) -> set[str]:
    policy = response["Content-Security-Policy"]
    [found] = [part for part in policy.split("; ") if part.startswith("form-action ")]
    return set(found.split()[1:])


@pytest.fixture
def usual(client) -> set[str]:
    return may_lead_to(client.get("/oauth/"))


def test_the_consent_page_leads_to_its_app_alone(app, register, alices, usual):
    elsewhere = register("elsewhere").row
    elsewhere.set_redirect_uris(["https://elsewhere.example/callback"])
    elsewhere.save()
    assert APP not in usual
    assert may_lead_to(app.ask(alices)) == usual | {APP}
    assert may_lead_to(app.ask(alices, prompt="login")) == usual | {APP}
    assert may_lead_to(app.allowed(alices, [], scope="notes:read notes:write")) == usual | {APP}
    refused = app.ask(alices, redirect_uri="https://elsewhere.example/callback")
    assert (refused.status_code, may_lead_to(refused)) == (400, usual)
    for path in ("/oauth/apps/", "/oauth/notes/", "/identity/o/device"):
        assert may_lead_to(alices.get(path)) == usual


def test_the_sign_in_page_does_where_it_goes_on_to_that(app, alice, usual):
    """Who has allowed all before is sent on to the app by the sign-in form's own answer."""
    stranger = Client()
    login = app.ask(stranger)["Location"]
    assert may_lead_to(stranger.get(login)) == usual | {APP}
    wrong = stranger.post("/sessions/login/", {"username": "alice", "password": "wrong", "next": app.address()})
    assert (wrong.status_code, may_lead_to(wrong)) == (401, usual | {APP})
    right = stranger.post(login, {"username": "alice", "password": PASSWORD})
    assert right["Location"] == app.address()


@pytest.mark.parametrize(
    "following",
    [
        "/sessions/", "", "//evil.example/", "http://[", f"{AUTHORIZE}?client_id=printer",
        f"{AUTHORIZE}?client_id=printer&redirect_uri=https://evil.example/",
        f"{AUTHORIZE}?client_id=nobody&redirect_uri={quote(CALLBACK)}",
    ],
)  # fmt: skip
def test_no_other_next_opens_anything(app, usual, following):
    assert may_lead_to(Client().get("/sessions/login/", {"next": following})) == usual


@pytest.mark.parametrize(
    ("registered", "place"),
    [
        ("https://app.example/callback?x=1", "https://app.example"),
        ("http://[::1]:9001/callback", ""),  # a policy has no word for it
        ("org.example.app:/callback", "org.example.app:"),
        ("https://a.example;script-src */", ""),
        ("https://a.example, b.example/", ""),
    ],
)
def test_a_registered_address_adds_no_other_directive(registered, place):
    assert leads_to(registered) == place


def test_no_address_widens_another_page(app, client, usual):
    for page in ("/", "/start-over/", "/oauth/", "/wire/"):
        assert may_lead_to(client.get(page, {"next": app.address()})) == usual
    for elsewhere in ("//evil.example", "https://evil.example"):
        assert may_lead_to(client.get("/sessions/login/", {"next": elsewhere + app.address()})) == usual
