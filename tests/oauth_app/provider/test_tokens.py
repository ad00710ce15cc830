"""The token endpoint: one exchange, for the right client, for what was allowed; what comes back ends what it gave."""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import timedelta
from urllib.parse import quote_plus

import pytest
from allauth.idp.oidc.models import Token
from django.test import Client
from django.utils import timezone

from authdemo.events.models import AuthEvent, Mechanism
from oauth_app.provider.models import Consent, Grant

from .conftest import ALL, CALLBACK, REVOKE, SECRET, TOKEN, VERIFIER

pytestmark = pytest.mark.django_db


def refused(response, error: str = "invalid_grant", status: int = 400) -> None:
    assert (response.status_code, response.json()["error"]) == (status, error), response.content
    assert "no-store" in response["Cache-Control"]
    if status == 401:
        assert response["WWW-Authenticate"].startswith("Basic ")


@pytest.mark.parametrize("public", [False, True])
def test_a_code_becomes_tokens(register, alices, public):
    app = register(public=public)
    tokens = app.tokens(alices)
    assert tokens["token_type"] == "Bearer"
    assert tokens["expires_in"] == 900
    assert tokens["scope"] == "notes:read"
    assert "id_token" not in tokens
    assert app.works(tokens["access_token"])


def test_of_tokens_and_codes_only_hashes_are_kept(app, alices, django_db_blocker):
    code = app.code(alices, scope=ALL)
    tokens = app.exchange(code).json()
    app.refresh(tokens["refresh_token"])
    secrets = {code, tokens["access_token"], tokens["refresh_token"], SECRET}
    for model in (Grant, Token, Consent, type(app.row)):
        rows = str(list(model._default_manager.values()))
        assert not [secret for secret in secrets if secret in rows]
    assert Token.objects.filter(hash=hashlib.sha256(tokens["access_token"].encode()).hexdigest()).exists()


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code": "unknown"}, "invalid_grant"),
        ({"code": ""}, "invalid_request"),
        ({"code": None}, "invalid_request"),
        ({"code": "a\0b"}, "invalid_request"),
        ({"code": "c" * 3000}, "invalid_request"),
        ({"code_verifier": "w" * 64}, "invalid_grant"),
        ({"code_verifier": None}, "invalid_request"),
        ({"code_verifier": ""}, "invalid_request"),
        ({"redirect_uri": "http://127.0.0.1:9001/other/"}, "invalid_request"),
        ({"redirect_uri": None}, "invalid_request"),
        ({"grant_type": None}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "client_credentials"}, "unauthorized_client"),
        ({"grant_type": "urn:ietf:params:oauth:grant-type:device_code"}, "unauthorized_client"),
        ({"grant_type": "refresh_token"}, "invalid_request"),
    ],
)
def test_a_wrong_exchange_is_refused_and_uses_nothing_up(app, alices, changes, error):
    code = app.code(alices)
    refused(app.exchange(code, **changes), error)
    assert not Token.objects.exists()
    assert app.exchange(code).status_code == 200


def test_an_expired_code(app, alices):
    code = app.code(alices)
    Grant.objects.update(created_at=timezone.now() - timedelta(seconds=61))
    refused(app.exchange(code))


def test_a_code_of_another_client_gives_nothing_and_ends_nothing(app, register, alices):
    thief = register("thief")
    code = app.code(alices)
    refused(thief.exchange(code))
    tokens = app.exchange(code).json()
    refused(thief.exchange(code))
    assert app.works(tokens["access_token"])


def test_a_code_used_twice_ends_what_it_gave(app, alices):
    """RFC 6749 §4.1.2."""
    code = app.code(alices)
    tokens = app.exchange(code).json()
    newer = app.refresh(tokens["refresh_token"]).json()
    assert app.works(tokens["access_token"])
    other = app.tokens(alices)  # of another "Allow": a family of its own

    refused(app.exchange(code))
    for dead in (tokens, newer):
        assert not app.works(dead["access_token"])
        refused(app.refresh(dead["refresh_token"]))
    assert app.works(other["access_token"])


def test_a_code_used_twice_ends_it_whatever_the_rest_of_the_request(app, alices):
    code = app.code(alices)
    tokens = app.exchange(code).json()
    refused(app.exchange(code, code_verifier="w" * 64))
    assert not app.works(tokens["access_token"])


def test_who_was_deactivated_meanwhile_gets_nothing(app, alices, alice):
    code, tokens = app.code(alices), app.tokens(alices)
    alice.is_active = False
    alice.save()
    refused(app.exchange(code))
    refused(app.refresh(tokens["refresh_token"]))
    assert not app.works(tokens["access_token"])


# ---- Who is calling?


def basic(name: str, secret: str) -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(f"{quote_plus(name)}:{quote_plus(secret)}".encode()).decode()}


@pytest.mark.parametrize("path", [TOKEN, REVOKE])
@pytest.mark.parametrize(
    ("form", "headers", "error", "status"),
    [
        ({}, {}, "invalid_client", 401),
        ({"client_id": "printer"}, {}, "invalid_client", 401),
        ({"client_id": "printer", "client_secret": ""}, {}, "invalid_client", 401),
        ({"client_id": "printer", "client_secret": "wrong"}, {}, "invalid_client", 401),
        ({"client_id": "nobody", "client_secret": SECRET}, {}, "invalid_client", 401),
        ({}, basic("printer", "wrong"), "invalid_client", 401),
        ({}, basic("nobody", SECRET), "invalid_client", 401),
        ({"client_id": "reader"}, basic("printer", SECRET), "invalid_client", 401),
        ({"client_id": "printer", "client_secret": SECRET}, basic("printer", SECRET), "invalid_request", 400),
        ({"client_id": "open", "client_secret": SECRET}, {}, "invalid_client", 401),
        ({}, {"authorization": "Basic"}, "invalid_client", 401),
        ({}, {"authorization": "Basic !!!"}, "invalid_client", 401),
        ({}, {"authorization": "Basic " + base64.b64encode(b"\xff\xfe").decode()}, "invalid_client", 401),
        ({}, {"authorization": "Basic " + base64.b64encode(b"printer").decode()}, "invalid_client", 401),
        ({}, {"authorization": "Basic " + base64.b64encode(b"a\0b:c").decode()}, "invalid_client", 401),
        ({}, {"authorization": f"Bearer {SECRET}"}, "invalid_client", 401),
        ({"client_id": "p" * 3000, "client_secret": SECRET}, {}, "invalid_request", 400),
    ],
)
def test_who_does_not_prove_to_be_the_client_gets_nothing(register, alices, path, form, headers, error, status):
    app, _, _ = register(), register("reader"), register("open", public=True)
    tokens = app.tokens(alices)
    body = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"], "token": tokens["access_token"]}
    refused(Client().post(path, body | form, headers=headers), error, status)
    assert app.works(tokens["access_token"])
    assert app.refresh(tokens["refresh_token"]).status_code == 200


def test_a_parameter_without_a_value_counts_as_left_out(register, alices):
    """RFC 6749 §3.2. Some public clients send an empty secret."""
    app = register(public=True)
    tokens = app.exchange(app.code(alices, nonce="", prompt="", request=""), client_secret="").json()
    assert app.refresh(tokens["refresh_token"], scope="").json()["scope"] == "notes:read"


def test_an_error_has_no_character_that_it_must_not_have(app):
    """RFC 6749 §5.2."""
    name = 'é"\\\n'
    response = app.server.post(TOKEN, {name: ["a", "b"]})
    refused(response, "invalid_request")
    assert re.fullmatch(r"[\x20-\x21\x23-\x5b\x5d-\x7e]+", response.json()["error_description"])


def test_basic_authentication_with_characters_that_are_encoded(app, alices):
    app.row.set_secret("a b+c%d:é")
    app.row.save()
    form = {"grant_type": "authorization_code", "code": app.code(alices), "redirect_uri": CALLBACK}
    response = Client().post(TOKEN, form | {"code_verifier": VERIFIER}, headers=basic("printer", "a b+c%d:é"))
    assert response.status_code == 200


@pytest.mark.parametrize("path", [TOKEN, REVOKE])
def test_credentials_in_the_address_are_refused(app, alices, path):
    code = app.code(alices)
    query = f"?client_id=printer&client_secret={SECRET}&grant_type=authorization_code&code={code}"
    refused(app.server.post(path + query), "invalid_request")
    refused(app.server.post(path + "?x=1", app.credentials()), "invalid_request")


@pytest.mark.parametrize("path", [TOKEN, REVOKE])
def test_parameters_that_come_twice_and_other_methods(app, path):
    twice = app.server.post(path, f"client_id=printer&client_secret={SECRET}&token=a&token=b",
                            content_type="application/x-www-form-urlencoded")  # fmt: skip
    refused(twice, "invalid_request")
    assert app.server.get(path).status_code == 405


# ---- Refresh


def test_only_a_client_with_the_grant_gets_and_uses_refresh_tokens(register, alices):
    app, printer = register("viewer", refresh=False), register()
    for scope in ("notes:read", "openid notes:read"):
        tokens = app.tokens(alices, scope=scope)
        assert "refresh_token" not in tokens
        assert "refresh_expires_in" not in tokens
    refused(app.refresh(printer.tokens(alices)["refresh_token"]), "unauthorized_client")


def test_a_refresh_token_is_good_once_and_brings_the_next(app, alices):
    first = app.tokens(alices)
    second = app.refresh(first["refresh_token"]).json()
    assert second["refresh_token"] != first["refresh_token"]
    assert app.works(second["access_token"])
    third = app.refresh(second["refresh_token"]).json()
    assert app.works(third["access_token"])


def test_a_used_refresh_token_ends_the_family_and_its_access_tokens(app, alices):
    """RFC 9700 §4.14.2."""
    first = app.tokens(alices)
    second = app.refresh(first["refresh_token"]).json()
    refused(app.refresh(first["refresh_token"]))
    for dead in (first, second):
        assert not app.works(dead["access_token"])
        refused(app.refresh(dead["refresh_token"]))
    assert Grant.objects.get().reason == Grant.Reason.REFRESH_REUSED
    page = alices.get("/oauth/apps/").content.decode()
    assert "a used refresh token came back" in page


def test_a_refresh_token_of_another_client_gives_nothing_and_ends_nothing(app, register, alices):
    thief = register("thief")
    first = app.tokens(alices)
    refused(thief.refresh(first["refresh_token"]))
    second = app.refresh(first["refresh_token"]).json()
    refused(thief.refresh(first["refresh_token"]))  # used, but it is not the thief's
    assert app.works(second["access_token"])
    assert app.refresh(second["refresh_token"]).status_code == 200


def test_an_access_token_is_no_refresh_token_and_the_other_way_round(app, alices):
    tokens = app.tokens(alices)
    refused(app.refresh(tokens["access_token"]))
    assert not app.works(tokens["refresh_token"])
    assert app.refresh(tokens["refresh_token"]).status_code == 200


@pytest.mark.parametrize("token", ["unknown", "r" * 1999])
def test_an_unknown_refresh_token(app, token):
    refused(app.refresh(token))


def test_an_expired_refresh_token(app, alices):
    tokens = app.tokens(alices)
    Token.objects.update(expires_at=timezone.now())
    refused(app.refresh(tokens["refresh_token"]))
    assert not app.works(tokens["access_token"])


@pytest.mark.parametrize("scope", ["notes:read notes:write", "notes:write", "openid", "admin"])
def test_no_exchange_widens_what_was_allowed(app, alices, scope):
    app.code(alices, scope=ALL)  # allowed once, but not by this code
    tokens = app.exchange(app.code(alices), scope=scope).json()
    assert tokens["scope"] == "notes:read"
    refused(app.refresh(tokens["refresh_token"], scope=scope), "invalid_scope")
    assert app.refresh(tokens["refresh_token"]).json()["scope"] == "notes:read"


def test_less_is_for_the_access_token_only(app, alices):
    """RFC 6749 §6: the next refresh token has the scope of the one before."""
    tokens = app.tokens(alices, scope="notes:read notes:write")
    less = app.refresh(tokens["refresh_token"], scope="notes:read").json()
    assert less["scope"] == "notes:read"
    assert app.call(less["access_token"], text="no").status_code == 403
    assert app.refresh(less["refresh_token"]).json()["scope"] == "notes:read notes:write"


def test_what_happened_is_told_and_no_token_with_it(app, alices, alice):
    tokens = app.tokens(alices)
    app.call(tokens["access_token"], text="no")
    app.refresh(tokens["refresh_token"])
    app.refresh(tokens["refresh_token"])
    app.revoke(app.tokens(alices)["refresh_token"])
    alices.post(f"/oauth/apps/{Consent.objects.get().pk}/revoke/")
    events = AuthEvent.objects.by(alice).of(Mechanism.OAUTH2).order_by("pk")
    assert list(events.values_list("verb", "reason")) == [
        ("issued", ""), ("denied_by_scope", "notes:write"), ("refreshed", ""), ("reused", "refresh_reused"),
        ("issued", ""), ("revoked", "client"), ("revoked", "user"),
    ]  # fmt: skip
    assert tokens["access_token"] not in str(list(events.values()))


def test_an_app_that_is_registered_for_less_gets_less(app, alices):
    code, tokens = app.code(alices, scope=ALL), app.tokens(alices, scope=ALL)
    app.row.set_scopes(["openid", "profile"])
    app.row.save()
    assert app.exchange(code).json()["scope"].split() == ["openid", "profile"]
    assert app.refresh(tokens["refresh_token"]).json()["scope"].split() == ["openid", "profile"]


def test_a_deactivated_account_takes_back_what_it_has_allowed(app, alice, alices):
    tokens = app.tokens(alices)
    alice.is_active = False
    alice.save()
    alice.is_active = True
    alice.save()
    assert not app.works(tokens["access_token"])
    refused(app.refresh(tokens["refresh_token"]))
    assert AuthEvent.objects.get(verb="revoked").reason == "deactivated"


# ---- Revocation


def test_an_access_token_is_given_back_alone(app, alices):
    tokens = app.tokens(alices)
    assert app.revoke(tokens["access_token"]).status_code == 200
    assert not app.works(tokens["access_token"])
    assert AuthEvent.objects.get(verb="revoked").reason == "client"
    assert app.refresh(tokens["refresh_token"]).status_code == 200


@pytest.mark.parametrize("hint", ["refresh_token", "access_token", "nonsense"])
def test_a_refresh_token_is_given_back_with_all_access_tokens(app, alices, hint):
    """RFC 7009 §2.1."""
    first = app.tokens(alices)
    second = app.refresh(first["refresh_token"]).json()
    assert app.revoke(second["refresh_token"], token_type_hint=hint).status_code == 200
    for dead in (first, second):
        assert not app.works(dead["access_token"])
        refused(app.refresh(dead["refresh_token"]))


def test_a_client_revokes_its_own_only(app, register, alices):
    thief = register("thief")
    tokens = app.tokens(alices)
    refused(thief.revoke(tokens["access_token"]))
    refused(thief.revoke(tokens["refresh_token"]))
    assert app.works(tokens["access_token"])
    assert app.refresh(tokens["refresh_token"]).status_code == 200


def test_what_is_over_or_unknown_is_revoked_already(app, alices):
    tokens = app.tokens(alices)
    for _ in range(2):
        assert app.revoke(tokens["refresh_token"]).status_code == 200
    assert app.revoke("unknown").status_code == 200
    refused(app.revoke(""), "invalid_request")
