"""An app may want a recent sign-in, or a certain user: `max_age`, `auth_time`, `id_token_hint`."""

from __future__ import annotations

import time

import jwt
import pytest
from allauth.idp.oidc.adapter import get_adapter
from django.test import Client

from jwt_app.keys import new_key
from oauth_app.provider.freshness import KEY

from .conftest import PASSWORD, sent

pytestmark = pytest.mark.django_db
AGAIN = "wants you to sign in once more"


def signed_in_ago(browser: Client, seconds: int | None) -> int:
    session = browser.session
    at = int(time.time()) - (seconds or 0)
    if seconds is None:
        del session[KEY]
    else:
        session[KEY] = at
    session.save()
    return at


def claims(tokens) -> dict:
    found: dict = jwt.decode(tokens["id_token"], options={"verify_signature": False})
    return found


def test_the_id_token_says_when_this_session_began(app, alices):
    at = signed_in_ago(alices, 500)
    assert claims(app.tokens(alices, scope="openid"))["auth_time"] == at
    Client().post("/sessions/login/", {"username": "alice", "password": PASSWORD})  # another browser changes nothing
    assert claims(app.tokens(alices, scope="openid"))["auth_time"] == at


@pytest.mark.parametrize(("ago", "max_age", "asked"), [(500, "400", True), (500, "600", False), (None, "600", True)])
def test_a_sign_in_that_is_too_old_is_not_enough(app, alices, ago, max_age, asked):
    app.code(alices, scope="openid")
    signed_in_ago(alices, ago)
    answer = app.ask(alices, scope="openid", max_age=max_age)
    assert (AGAIN in answer.content.decode()) == asked
    allowed = app.allowed(alices, scope="openid", max_age=max_age)  # past the page
    assert (AGAIN in allowed.content.decode()) == asked
    silent = sent(app.ask(alices, scope="openid", max_age=max_age, prompt="none"))
    assert silent.get("error") == ("login_required" if asked else None)


def test_after_the_new_sign_in_it_goes_on(app, alices):
    """max_age=0 asks each time, and not for ever."""
    signed_in_ago(alices, 500)
    login = alices.post(app.address(scope="openid", max_age="0"), {"action": "again"})["Location"]
    back = alices.post(login, {"username": "alice", "password": PASSWORD})["Location"]
    answer = alices.post(back, {"action": "allow", "scopes": ["openid"]})
    assert claims(app.exchange(sent(answer)["code"]).json())["auth_time"] > time.time() - 60


@pytest.mark.parametrize("value", ["-1", "1.5", "soon", "9" * 10])
def test_a_max_age_that_is_no_number(app, alices, value):
    assert sent(app.ask(alices, max_age=value))["error"] == "invalid_request"


def test_a_hint_at_another_user(app, alices, bobs):
    hint = app.tokens(bobs, scope="openid")["id_token"]
    app.code(alices, scope="openid")
    assert sent(app.ask(alices, scope="openid", prompt="none", id_token_hint=hint))["error"] == "login_required"
    assert "code" in sent(app.ask(bobs, scope="openid", prompt="none", id_token_hint=hint))
    assert AGAIN in app.ask(alices, scope="openid", id_token_hint=hint).content.decode()
    assert AGAIN in app.allowed(alices, scope="openid", id_token_hint=hint).content.decode()


def test_a_hint_that_is_none(app, register, alices):
    of_another = register("other").tokens(alices, scope="openid")["id_token"]
    ours = app.tokens(alices, scope="openid")["id_token"]
    header = jwt.get_unverified_header(ours)
    forged = jwt.encode(claims({"id_token": ours}), new_key("RS256"), "RS256", headers={"kid": header["kid"]})
    unsigned = jwt.encode(claims({"id_token": ours}), "", "none", headers={"kid": header["kid"]})
    for hint in (of_another, forged, unsigned, "rubbish", "a.b.c", ours[:-4]):
        answer = sent(app.ask(alices, scope="openid", prompt="none", id_token_hint=hint))
        assert answer["error"] == "invalid_request", hint


@pytest.mark.parametrize("issuer", ["http://127.0.0.1:8000", "https://elsewhere.example", "", None])
def test_a_hint_of_another_issuer_is_none_even_with_a_signature_of_ours(app, alices, issuer):
    """One key may serve two issuers. What does not say whose it is (None) is no ID token either."""
    ours = app.tokens(alices, scope="openid")["id_token"]
    [key] = get_adapter().list_private_keys(is_active=True)

    def asked(claims: dict[str, object]) -> dict[str, str]:
        hint = jwt.encode(claims, key.pem, "RS256", headers=jwt.get_unverified_header(ours))
        return sent(app.ask(alices, scope="openid", prompt="none", id_token_hint=hint))

    said = claims({"id_token": ours})
    assert "code" in asked(said)
    said.pop("iss")
    assert asked(said if issuer is None else said | {"iss": issuer})["error"] == "invalid_request"


def test_an_expired_hint_still_names_somebody(app, alices, monkeypatch, settings):
    settings.IDP_OIDC_ID_TOKEN_EXPIRES_IN = -10
    hint = app.tokens(alices, scope="openid")["id_token"]
    assert "code" in sent(app.ask(alices, scope="openid", prompt="none", id_token_hint=hint))
