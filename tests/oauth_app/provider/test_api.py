"""What a token opens: who am I, and notes; and how a call is refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from allauth.core.internal import jwkkit
from allauth.idp.oidc.models import Token
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from oauth_app.provider import signals
from oauth_app.provider.models import Consent, Note

from .conftest import ALL, USERINFO

pytestmark = pytest.mark.django_db
PATHS = ["/oauth/api/whoami/", "/oauth/api/notes/", USERINFO]


def test_who_am_i(app, alices, alice):
    answer = app.call(app.tokens(alices, scope="profile")["access_token"], "/oauth/api/whoami/")
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    body = answer.json()
    credential = body.pop("credential")
    assert body == {"mechanism": "oauth2", "user": {"id": str(alice.pk), "username": "alice"}, "served_by": "A"}
    assert (credential["kind"], credential["revocable"]) == ("access token", True)
    assert credential["issued_at"].endswith("Z")
    assert credential["expires_at"].endswith("Z")


def test_notes_are_read_and_added(app, alices, bobs, bob):
    Note.objects.create(user=bob, text="bob's own")
    access = app.tokens(alices, scope="notes:read notes:write")["access_token"]
    assert app.call(access).json() == {"notes": []}
    made = app.call(access, text="Milk <b>&")
    assert made.status_code == 201
    assert made.json().keys() == {"id", "text", "created_at"}
    assert app.call(access).json() == {"notes": [made.json()]}
    assert "Milk &lt;b&gt;&amp;" in alices.get("/oauth/notes/").content.decode()


@pytest.mark.parametrize("path", PATHS)
def test_without_a_token_there_is_a_challenge_and_no_error_code(path):
    """RFC 6750 §3.1."""
    for headers in ({}, {"authorization": "Basic YTpi"}, {"authorization": "Token x"}):
        response = Client().get(path, headers=headers)
        assert response.status_code == 401
        assert response["WWW-Authenticate"] == 'Bearer realm="api"'


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("value", ["", " ", "unknown", "a b", "x" * 9000, "é", "ey.a.b", "\x00"])
def test_a_bad_token_is_401(db, path, value):
    response = Client().get(path, headers={"authorization": f"Bearer {value}"})
    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith('Bearer realm="api", error="invalid_token"')
    if path != USERINFO:
        assert response.json() == {"detail": "The token is unknown, expired or revoked.", "code": "invalid_token"}


def test_the_name_of_the_scheme_is_written_in_any_case(app, alices):
    access = app.tokens(alices)["access_token"]
    assert Client().get(PATHS[1], headers={"authorization": f"bEARER {access}"}).status_code == 200


@pytest.mark.parametrize("path", PATHS)
def test_no_token_in_the_address_or_the_body(app, alices, path):
    access = app.tokens(alices, scope=ALL)["access_token"]
    assert Client().get(path, {"access_token": access}).status_code == 401
    assert Client().post(path, {"access_token": access}).status_code == 401


@pytest.mark.parametrize("path", PATHS)
def test_the_session_opens_nothing_here(alices, path):
    assert alices.get(path).status_code == 401


@pytest.mark.parametrize(
    ("scope", "path", "body", "needed"),
    [
        ("notes:read", "/oauth/api/whoami/", {}, "profile"),
        ("profile", "/oauth/api/notes/", {}, "notes:read"),
        ("notes:read", "/oauth/api/notes/", {"text": "x"}, "notes:write"),
        ("notes:write", "/oauth/api/notes/", {}, "notes:read"),
        ("notes:read", USERINFO, {}, "openid"),
    ],
)
def test_outside_of_its_scope_it_is_403_and_says_which(app, alices, scope, path, body, needed):
    heard: list[str] = []

    def hear(scope: str, **kwargs: Any) -> None:
        heard.append(scope)

    signals.denied_by_scope.connect(hear)
    response = app.call(app.tokens(alices, scope=scope)["access_token"], path, **body)
    assert response.status_code == 403
    assert response["WWW-Authenticate"] == f'Bearer realm="api", error="insufficient_scope", scope="{needed}"'
    if path != USERINFO:
        assert response.json()["code"] == "insufficient_scope"
        assert heard == [needed]
    assert not Note.objects.exists()


@pytest.mark.parametrize("text", ["", "   ", "x" * 501, None, ["x"], "a\0b", "\ud800"])
def test_a_wrong_note_is_refused(app, alices, text):
    access = app.tokens(alices, scope="notes:write")["access_token"]
    response = app.call(access, text=text)
    assert response.status_code == 400
    assert response.json()["code"] == "invalid"
    assert response.json()["errors"].keys() == {"text"}
    assert not Note.objects.exists()


@pytest.mark.parametrize("body", ["{", "[" * 100_000, "null", "3", '"text"', ""])
def test_nonsense_is_refused(app, alices, body):
    access = app.tokens(alices, scope="notes:write")["access_token"]
    headers = {"authorization": f"Bearer {access}"}
    response = Client().post(PATHS[1], body, content_type="application/json", headers=headers)
    assert response.status_code == 400
    assert {"detail", "code"} <= response.json().keys()


def test_what_is_too_large_and_of_another_type(app, alices, settings):
    headers = {"authorization": f"Bearer {app.tokens(alices, scope='notes:write')['access_token']}"}
    assert Client().post(PATHS[1], "x", content_type="text/plain", headers=headers).status_code == 415
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    large = {"text": "x" * 200}
    assert Client().post(PATHS[1], large, content_type="application/json", headers=headers).status_code == 413
    assert Client().put(PATHS[1], headers=headers).status_code == 405


def test_an_expired_token(app, alices):
    access = app.tokens(alices)["access_token"]
    Token.objects.update(expires_at=timezone.now())
    assert not app.works(access)


def test_an_inactive_users_token_opens_nothing(app, alices, alice):
    access = app.tokens(alices, scope=ALL)["access_token"]
    type(alice).objects.update(is_active=False)
    for path in PATHS:
        assert app.call(access, path).status_code == 401


def test_a_deleted_user_and_a_deleted_app_leave_no_token(app, register, alices, alice):
    gone = app.tokens(alices)["access_token"]
    other = register("other")
    access = other.tokens(alices)["access_token"]
    app.row.delete()
    assert not app.works(gone)
    assert other.works(access)
    alice.delete()
    assert not other.works(access)
    assert not Token.objects.exists()


def test_a_token_of_no_grant_opens_nothing(app, alices, alice):
    """One that was made past us, by the engine's device flow for example."""
    token = Token(type=Token.Type.ACCESS_TOKEN, client=app.row, user=alice)
    token.set_value("stray")
    token.set_scopes(["notes:read"])
    token.save()
    assert not app.works("stray")


# ---- What it costs


@pytest.fixture
def parsed(monkeypatch) -> list[str]:
    """Each time that a private key is parsed."""
    times: list[str] = []
    real = jwkkit.load_pem

    def count(pem: str) -> Any:
        times.append(pem)
        return real(pem)

    monkeypatch.setattr(jwkkit, "load_pem", count)
    return times


def test_three_statements_at_most_and_no_private_key_parsed(app, alices, parsed):
    access = app.tokens(alices, scope="profile notes:read notes:write")["access_token"]
    for use in ("first", "next"):
        for path, body in ((PATHS[0], {}), (PATHS[1], {}), (PATHS[1], {"text": "x"})):
            with CaptureQueriesContext(connection) as queries:
                assert app.call(access, path, **body).status_code in {200, 201}
            assert len(queries) <= (3 if use == "first" else 2), queries.captured_queries
    for value in ("unknown", "ey.a.b", "eyJhbGciOiJSUzI1NiJ9.e30.x"):
        with CaptureQueriesContext(connection) as queries:
            assert app.call(value).status_code == 401
        assert len(queries) == 1
    assert parsed == []


def test_the_keys_are_published_and_parsed_once(db, client, parsed):
    from oauth_app.provider import engine

    engine.public_jwk.cache_clear()
    for _ in range(3):
        response = client.get("/.well-known/jwks.json")
        [key] = response.json()["keys"]
        assert key.keys() == {"kty", "n", "e", "kid", "use", "alg"}
    assert len(parsed) == 1


def test_last_used_is_written_once_a_minute(app, alices):
    access = app.tokens(alices)["access_token"]

    def used() -> Any:
        return Consent.objects.get().last_used_at

    assert used() is None
    app.call(access)
    first = used()
    assert first is not None
    app.call(access)
    assert used() == first
    long_ago = timezone.now() - timedelta(seconds=61)
    Consent.objects.update(last_used_at=long_ago)
    app.call(access)
    assert used() > first
