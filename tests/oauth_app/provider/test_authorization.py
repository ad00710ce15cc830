"""The authorization endpoint: what is refused, and where; who is asked, and who is not asked again."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.test import Client

from authdemo.events.models import AuthEvent
from oauth_app.provider.models import Consent, Grant

from .conftest import ALL, AUTHORIZE, CALLBACK, PASSWORD, sent

pytestmark = pytest.mark.django_db
ISSUER = "http://localhost:8000"

# allauth's engine takes some of these: another port on loopback, another query, a fragment, a user.
WRONG_ADDRESSES = [
    "",
    "http://127.0.0.1:9001/callback",
    "http://127.0.0.1:9001/callback/x",
    "http://127.0.0.1:9001/callback/../other/",
    "http://127.0.0.1:9002/callback/",
    "http://127.0.0.1/callback/",
    "http://localhost:9001/callback/",
    "https://127.0.0.1:9001/callback/",
    "http://127.0.0.1:9001/callback/?next=http://evil.example",
    "http://127.0.0.1:9001/callback/#fragment",
    "http://evil@127.0.0.1:9001/callback/",
    "http://127.0.0.1:9001@evil.example/callback/",
    "http://127.0.0.1:9001/%63allback/",
    "HTTP://127.0.0.1:9001/callback/",
    "http://127.0.0.1:9001/callback/ ",
    "http://evil.example/callback/",
    "//127.0.0.1:9001/callback/",
    "javascript:alert(1)",
    "x" * 5000,
]


@pytest.mark.parametrize("address", WRONG_ADDRESSES)
def test_nothing_is_sent_to_an_address_that_is_not_registered(app, alices, address):
    for response in (app.ask(alices, redirect_uri=address), app.allowed(alices, redirect_uri=address)):
        assert response.status_code == 400
        assert "Location" not in response
        assert "This app’s request is wrong" in response.content.decode().replace("'", "’").replace("&#x27;", "’")
    assert not Grant.objects.exists()


@pytest.mark.parametrize("changes", [{"client_id": "nobody"}, {"client_id": None}, {"client_id": "a\0b"}])
def test_an_unknown_app_is_told_nothing(app, alices, changes):
    assert app.ask(alices, **changes).status_code == 400


@pytest.mark.parametrize("name", ["client_id", "redirect_uri", "scope", "state", "code_challenge", "nonce", "prompt"])
def test_a_parameter_that_comes_twice_is_refused(app, alices, name):
    query = urlencode([*app.query(nonce="n", prompt="consent").items(), (name, "another")])
    assert alices.get(f"{AUTHORIZE}?{query}").status_code == 400


@pytest.mark.parametrize("value", ["s" * 2001, "a\0b"])
def test_what_is_huge_or_no_text_is_refused(app, alices, value):
    assert app.ask(alices, state=value).status_code == 400


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"response_type": "code token"}, "unsupported_response_type"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge": "é" * 43}, "invalid_request"),
        ({"scope": "notes:read admin"}, "invalid_scope"),
        ({"scope": "email"}, "invalid_scope"),  # offered here, but the app is not registered for it
        ({"scope": ""}, "invalid_scope"),
        ({"scope": None}, "invalid_scope"),
        ({"request": "a.b.c"}, "request_not_supported"),
        ({"request_uri": "https://evil.example/"}, "request_uri_not_supported"),
        ({"prompt": "none login"}, "invalid_request"),
    ],
)
def test_what_the_app_must_not_ask_is_said_to_the_app(register, alices, changes, error):
    for app in (register("secretive"), register("open", public=True)):
        for response in (app.ask(alices, **changes), app.allowed(alices, **changes)):
            assert response.status_code == 303
            answer = sent(response)
            assert (answer["error"], answer["state"], answer["iss"]) == (error, "a-state", ISSUER)
            assert "code" not in answer
    assert not Grant.objects.exists()


def test_an_app_without_the_grant_gets_no_code(app, alices):
    app.row.set_grant_types(["client_credentials"])
    app.row.save()
    assert sent(app.allowed(alices))["error"] == "unauthorized_client"


def test_a_registered_response_type_changes_nothing(app, alices):
    app.row.set_response_types(["code", "token"])
    app.row.save()
    assert sent(app.ask(alices, response_type="token"))["error"] == "unsupported_response_type"


def test_a_stranger_signs_in_first_and_comes_back(app, alice):
    stranger = Client()
    response = app.ask(stranger)
    assert response["Location"].startswith("/sessions/login/?next=/identity/o/authorize")
    back = stranger.post(response["Location"], {"username": "alice", "password": PASSWORD})
    assert app.row.name in stranger.get(back["Location"]).content.decode()


def test_the_page_says_who_asks_for_what_until_when_and_what_not(app, alices):
    page = re.sub(r"\s+", " ", app.ask(alices, scope=ALL).content.decode())
    for text in ("Allow The printer?", "read your notes", "add notes in your name", "see your user name", "alice"):
        assert text in page
    assert "your password: it is typed at no app" in page
    assert "the right to see your e-mail address" in page
    assert "not been used for 30 days" in page
    assert CALLBACK in page


def test_without_the_refresh_grant_it_says_how_many_minutes(register, alices):
    page = register(refresh=False).ask(alices).content.decode()
    assert "15 minutes from now" in page


def test_the_name_of_an_app_is_text(register, alices):
    app = register("evil")
    app.row.name = "<script>alert(1)</script>"
    app.row.save()
    assert "<script>alert(1)" not in app.ask(alices).content.decode()


def test_no_frame_shows_it(app, alices):
    response = app.ask(alices)
    assert response["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in response["Content-Security-Policy"]


def test_a_forged_form_allows_nothing(app, alice):
    alices = Client(enforce_csrf_checks=True)
    alices.force_login(alice)
    for headers in ({}, {"origin": "http://evil.example"}):
        response = alices.post(app.address(), {"action": "allow", "scopes": ["notes:read"]}, headers=headers)
        assert response.status_code == 403
        assert "<h1>" in response.content.decode()
    assert not Grant.objects.exists()
    assert not Consent.objects.exists()


def test_our_own_form_is_taken(app, alice):
    alices = Client(enforce_csrf_checks=True)
    alices.force_login(alice)
    page = app.ask(alices).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert token
    form = {"action": "allow", "scopes": ["notes:read"], "csrfmiddlewaretoken": token[1]}
    assert "code" in sent(alices.post(app.address(), form))


def test_what_stands_in_the_form_changes_nothing_of_the_request(app, alices):
    form = {
        "action": "allow", "scopes": ["notes:read", "notes:write"], "redirect_uri": "http://evil.example/",
        "client_id": "other", "state": "mine", "scope": ALL, "code_challenge": "x" * 43,
    }  # fmt: skip
    answer = sent(alices.post(app.address(), form))
    assert answer["state"] == "a-state"
    tokens = app.exchange(answer["code"]).json()
    assert tokens["scope"] == "notes:read"


def test_deny(app, alices):
    answer = sent(alices.post(app.address(), {"action": "deny", "scopes": ["notes:read"]}))
    assert answer["error"] == "access_denied"
    assert answer["state"] == "a-state"
    assert not Consent.objects.exists()


def test_only_what_is_ticked_is_allowed(app, alices):
    answer = sent(app.allowed(alices, ["notes:read"], scope=ALL))
    tokens = app.exchange(answer["code"]).json()
    assert tokens["scope"].split() == ["openid", "notes:read"]


def test_nothing_ticked_is_no_answer(app, alices):
    response = app.allowed(alices, [], scope="notes:read notes:write")
    assert response.status_code == 400
    assert "Nothing was ticked" in response.content.decode()
    assert not Consent.objects.exists()


def test_a_request_by_post_is_one_by_get(app, alices):
    response = alices.post(AUTHORIZE, app.query() | {"unknown": "x"})
    assert response.status_code == 302
    assert response["Location"] == app.address()


def test_who_has_allowed_it_is_not_asked_again(app, alices):
    first = app.code(alices)
    again = sent(app.ask(alices))
    assert again["code"] != first
    assert again["iss"] == ISSUER
    assert app.exchange(again["code"]).status_code == 200


def test_for_more_they_are_asked_again_and_what_they_had_is_kept(app, alices):
    app.code(alices)
    response = app.ask(alices, scope="notes:write")
    assert response.status_code == 200
    assert "You have allowed it before" in response.content.decode()
    app.code(alices, scope="notes:write")
    assert "code" in sent(app.ask(alices, scope="notes:read notes:write"))


def test_what_was_not_ticked_is_asked_for_again(app, alices):
    app.allowed(alices, ["notes:read"], scope=ALL)
    assert app.ask(alices, scope=ALL).status_code == 200


def test_what_is_unticked_later_is_taken_back(app, alices):
    wide = app.tokens(alices, scope="notes:read notes:write")
    other = app.tokens(alices, scope="notes:read")
    app.allowed(alices, ["notes:read"], scope="notes:read notes:write", prompt="consent")
    assert not app.works(wide["access_token"])  # it had both
    assert app.works(other["access_token"])
    assert sent(app.ask(alices, scope="notes:read notes:write", prompt="none"))["error"] == "consent_required"
    assert "asked again, you allowed less" in alices.get("/oauth/apps/").content.decode()
    assert AuthEvent.objects.filter(verb="revoked").values_list("reason", flat=True).get() == "narrowed"


def test_what_is_not_asked_for_is_not_taken_back(app, alices):
    wide = app.tokens(alices, scope="notes:read notes:write")
    app.allowed(alices, ["notes:read"], scope="notes:read profile", prompt="consent")
    assert app.works(wide["access_token"])
    assert "code" in sent(app.ask(alices, scope="notes:read notes:write", prompt="none"))


def test_prompt_consent_asks_in_any_case(app, alices):
    app.code(alices)
    assert app.ask(alices, prompt="consent").status_code == 200


def test_a_public_client_is_asked_each_time(register, alices):
    """Anybody can use its client_id (RFC 8252 §8.6)."""
    app = register(public=True)
    app.code(alices)
    assert app.ask(alices).status_code == 200
    assert sent(app.ask(alices, prompt="none"))["error"] == "consent_required"


def test_prompt_none_knows_this_user_and_this_very_client(app, register, alices, bobs):
    other = register("other")
    other.tokens(alices, scope="openid notes:read")
    # The engine as it comes looks at all of the user's tokens, whoever has them.
    for scope in ("notes:read", "openid notes:read"):
        assert sent(app.ask(alices, prompt="none", scope=scope))["error"] == "consent_required"
    app.code(alices, scope="openid notes:read")
    assert "code" in sent(app.ask(alices, prompt="none", scope="openid notes:read"))
    assert sent(app.ask(alices, prompt="none", scope=ALL))["error"] == "consent_required"
    assert sent(app.ask(bobs, prompt="none"))["error"] == "consent_required"
    assert sent(app.ask(Client(), prompt="none"))["error"] == "login_required"


@pytest.mark.parametrize("prompt", ["login", "select_account", "login consent"])
def test_prompt_login_ends_the_session_by_a_form_and_asks_for_the_password(app, alices, prompt):
    app.code(alices)
    page = app.ask(alices, prompt=prompt)
    assert page.status_code == 200
    assert "wants you to sign in once more" in page.content.decode()
    assert alices.get("/sessions/api/whoami/").status_code == 200  # a link of another site signs nobody out
    response = alices.post(app.address(prompt=prompt), {"action": "again"})
    assert response["Location"].startswith("/sessions/login/")
    assert alices.get("/sessions/api/whoami/").status_code == 401
    after = parse_qs(urlsplit(parse_qs(urlsplit(response["Location"]).query)["next"][0]).query)
    assert after.get("prompt") == (["consent"] if "consent" in prompt else None)


def test_an_app_with_a_scheme_of_its_own_gets_its_answer(register, alices):
    app = register(public=True)
    app.row.set_redirect_uris(["org.example.app:/callback"])
    app.row.save()
    response = app.allowed(alices, redirect_uri="org.example.app:/callback")
    assert response["Location"].startswith("org.example.app:/callback?code=")


def test_a_registered_query_is_kept(app, alices):
    app.row.set_redirect_uris([f"{CALLBACK}?at=here"])
    app.row.save()
    response = app.allowed(alices, redirect_uri=f"{CALLBACK}?at=here")
    assert sent(response).keys() == {"at", "code", "state", "iss"}
    assert response["Location"].count("?") == 1
