"""Introspection: who may ask hears what a token is good for, and of what is good for nothing only that."""

from __future__ import annotations

import pytest
from allauth.idp.oidc.models import Token
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from oauth_app.provider.models import Consent
from tests.oauth_app.provider.conftest import ALL, SECRET

from .conftest import INTROSPECT

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(other):
    """A service that may ask."""
    return other("orders", "", "")


def ask(who, token: str, **more: str):
    return who.server.post(INTROSPECT, who.credentials() | {"token": token} | more)


def test_it_hears_what_the_token_is_good_for(shop, app, alices, alice):
    tokens = app.tokens(alices, scope=ALL)
    answer = ask(shop, tokens["access_token"])
    said = answer.json()
    row = Token.objects.get(type="at")
    assert said == {
        "active": True, "iss": "http://localhost:8000", "client_id": "printer", "token_type": "Bearer", "scope": ALL,
        "sub": str(alice.pk), "username": "alice",
        "iat": int(row.created_at.timestamp()), "exp": int(row.expires_at.timestamp()),
    }  # fmt: skip
    assert "no-store" in answer["Cache-Control"]
    assert answer["Content-Type"] == "application/json"


def test_of_a_machine_there_is_no_subject(shop, machine):
    said = ask(shop, machine.token(grant_type="client_credentials").json()["access_token"]).json()
    assert (said["active"], said["client_id"], "sub" in said) == (True, "night", False)


def test_what_opens_nothing_is_inactive_and_nothing_else(shop, app, alices):
    tokens = app.tokens(alices)
    values = [tokens["refresh_token"], "unknown", "x" * 1999, "ey.a.b", "é", SECRET]
    for value in values:
        answer = ask(shop, value)
        assert (answer.status_code, answer.json()) == (200, {"active": False})
    assert ask(shop, tokens["access_token"], token_type_hint="refresh_token").json()["active"]


@pytest.mark.parametrize("how", ["expired", "deactivated", "taken back", "given back"])
def test_it_is_over_at_once(shop, app, alices, alice, how):
    access = app.tokens(alices)["access_token"]
    assert ask(shop, access).json()["active"]
    if how == "expired":
        Token.objects.update(expires_at=timezone.now())
    elif how == "deactivated":
        alice.is_active = False
        alice.save()
    elif how == "taken back":
        Consent.objects.get().revoke()
    else:
        app.revoke(access)
    assert ask(shop, access).json() == {"active": False}


def test_an_app_may_not_ask_about_others_nor_about_itself(app, register, alices):
    access = app.tokens(alices)["access_token"]
    for who in (register("glue"), app):
        answer = ask(who, access)
        assert (answer.status_code, answer.json()["error"]) == (403, "unauthorized_client")


def test_who_does_not_prove_who_it_is_hears_nothing(shop, app, alices, settings, other):
    access = app.tokens(alices)["access_token"]
    assert Client().post(INTROSPECT, {"token": access}).status_code == 401
    assert ask(shop, access, client_secret="wrong").status_code == 401
    assert Client().get(INTROSPECT, {"token": access}).status_code == 405
    assert shop.server.post(f"{INTROSPECT}?x=1", shop.credentials() | {"token": access}).status_code == 400
    assert shop.server.post(INTROSPECT, shop.credentials()).json()["error"] == "invalid_request"
    settings.OAUTH_RESOURCE_SERVERS = ["open"]
    assert ask(other("open", "", "", public=True), access).status_code == 403


def test_three_statements(shop, app, alices):
    access = app.tokens(alices)["access_token"]
    with CaptureQueriesContext(connection) as counted:
        ask(shop, access)
    assert len(counted) <= 3  # the client, the token, and once a minute "last used"
    with CaptureQueriesContext(connection) as counted:
        ask(shop, access)
    assert len(counted) == 2


def test_to_be_asked_about_counts_as_used(shop, app, alices, bobs):
    """The user sees at `/oauth/apps/` that the app has used its access, though it never called this site itself."""
    access, of_bob = app.tokens(alices)["access_token"], app.tokens(bobs)
    assert "<dt>Last used</dt><dd>Never</dd>" in alices.get("/oauth/apps/").content.decode()
    ask(shop, of_bob["refresh_token"])  # of no use: it opens nothing
    assert "<dt>Last used</dt><dd>Never</dd>" in bobs.get("/oauth/apps/").content.decode()
    ask(shop, access)
    assert "<dt>Last used</dt><dd><time" in alices.get("/oauth/apps/").content.decode()
    assert "<dt>Last used</dt><dd>Never</dd>" in bobs.get("/oauth/apps/").content.decode()


def test_a_token_of_another_app_opens_what_that_app_was_allowed_and_never_more(shop, app, register, alices):
    """Alice has allowed Paper all, and Glue to read: what Glue holds reads, whoever is asked, and however it asks."""
    glue = register("glue")
    of_paper, of_glue = app.tokens(alices, scope=ALL), glue.tokens(alices, scope="openid notes:read")
    said = ask(shop, of_glue["access_token"]).json()
    assert (said["client_id"], said["scope"], said["username"]) == ("glue", "openid notes:read", "alice")
    assert ask(shop, of_paper["access_token"]).json()["scope"] == ALL
    wider = glue.refresh(of_glue["refresh_token"], scope="openid notes:read notes:write")
    assert (wider.status_code, wider.json()["error"]) == (400, "invalid_scope")
    assert glue.refresh(of_paper["refresh_token"]).json()["error"] == "invalid_grant"
    for access in (of_glue["access_token"], glue.refresh(of_glue["refresh_token"]).json()["access_token"]):
        assert glue.works(access)
        assert glue.call(access, text="Written by Glue").status_code == 403
        assert "profile" not in ask(shop, access).json()["scope"]
    Consent.objects.get(client=glue.row).revoke()
    assert not glue.works(of_glue["access_token"])
    assert app.works(of_paper["access_token"])  # the one does not end the other
