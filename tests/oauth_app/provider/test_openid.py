"""Discovery, the ID token and user-info: one issuer, and nothing offered that is not there."""

from __future__ import annotations

import base64
import hashlib

import jwt
import pytest
from django.test import Client

from .conftest import ALL, USERINFO

pytestmark = pytest.mark.django_db
ISSUER = "http://localhost:8000"
DISCOVERY = "/.well-known/openid-configuration"


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1:8000", "localhost:8001"])
def test_discovery_says_the_same_by_every_name(host):
    found = Client().get(DISCOVERY, headers={"host": host}).json()
    assert found == {
        "issuer": ISSUER,
        "authorization_endpoint": f"{ISSUER}/identity/o/authorize",
        "token_endpoint": f"{ISSUER}/identity/o/api/token",
        "userinfo_endpoint": f"{ISSUER}/identity/o/api/userinfo",
        "revocation_endpoint": f"{ISSUER}/identity/o/api/revoke",
        "jwks_uri": f"{ISSUER}/.well-known/jwks.json",
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "device_authorization_endpoint": f"{ISSUER}/identity/o/api/device/code",
        "introspection_endpoint": f"{ISSUER}/identity/o/api/introspect",
        "introspection_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "grant_types_supported": [
            "authorization_code",
            "refresh_token",
            "client_credentials",
            "urn:ietf:params:oauth:grant-type:device_code",
        ],
        "code_challenge_methods_supported": ["S256"],
        "scopes_supported": ["openid", "profile", "email", "notes:read", "notes:write", "notes:export"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
        "revocation_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
        "authorization_response_iss_parameter_supported": True,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "claims_parameter_supported": False,
    }


@pytest.mark.parametrize("path", ["logout", "api/clients"])
def test_what_is_not_offered_is_not_there(path):
    for ask in (Client().get, Client().post):
        assert ask(f"/identity/o/{path}").status_code == 404


def test_the_id_token_is_for_this_client_and_this_request(app, alices, alice):
    tokens = app.tokens(alices, scope="openid profile", nonce="n-1")
    keys = jwt.PyJWKSet.from_dict(Client().get("/.well-known/jwks.json").json())
    key = keys[jwt.get_unverified_header(tokens["id_token"])["kid"]]
    claims = jwt.decode(tokens["id_token"], key, algorithms=["RS256"], audience="printer", issuer=ISSUER)
    assert (claims["sub"], claims["nonce"], claims["preferred_username"]) == (str(alice.pk), "n-1", "alice")
    half = hashlib.sha256(tokens["access_token"].encode()).digest()[:16]
    assert claims["at_hash"] == base64.urlsafe_b64encode(half).rstrip(b"=").decode()
    assert "email" not in claims


def test_user_info_says_what_the_scopes_allow(app, alices, alice):
    only = app.call(app.tokens(alices, scope="openid")["access_token"], USERINFO)
    assert only.json() == {"sub": str(alice.pk)}
    more = app.call(app.tokens(alices, scope=ALL)["access_token"], USERINFO).json()
    assert more == {"sub": str(alice.pk), "preferred_username": "alice"}


def test_user_info_by_post(app, alices):
    access = app.tokens(alices, scope="openid")["access_token"]
    assert Client().post(USERINFO, headers={"authorization": f"Bearer {access}"}).status_code == 200


def test_a_browser_client_of_another_origin_reads_its_tokens(register, alices):
    app = register(public=True)
    app.row.cors_origins = "https://spa.example"
    app.row.save()
    for origin, allowed in (("https://spa.example", "https://spa.example"), ("https://evil.example", None)):
        app.server.defaults["HTTP_ORIGIN"] = origin
        response = app.exchange(app.code(alices))
        assert response.status_code == 200
        assert response.get("Access-Control-Allow-Origin") == allowed
