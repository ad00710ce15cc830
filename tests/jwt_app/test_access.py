"""Access tokens: what opens the API, and what looks as if it did."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from django.contrib.auth import get_user_model
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jwt_app import keys
from jwt_app.backend import token_backend

from .conftest import API, claims, refused

BOTH = pytest.mark.parametrize("endpoint", ["whoami", "me"])
Forge = Callable[..., str]


def b64(data: Any) -> str:
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


# ---- What it says


@pytest.mark.django_db
def test_whoami_asks_neither_database_nor_cache(api: API, alice: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    token = api.sign_in()["access"]
    calls: list[str] = []
    for alias in caches.settings:
        backend = type(caches[alias])
        for verb in ("get", "set", "add", "get_many", "delete", "incr", "touch"):
            monkeypatch.setattr(backend, verb, lambda *a, v=verb, **k: calls.append(v))

    with CaptureQueriesContext(connection) as queries:
        response = api.get("whoami", token)

    assert len(queries) == 0
    assert calls == []
    payload = jwt.decode(token, options={"verify_signature": False})
    body = response.json()
    assert body["mechanism"] == "jwt"
    assert body["user"] == {"id": str(alice.pk), "username": "alice"}
    assert body["served_by"] == "A"
    assert body["credential"].keys() == {"kind", "issued_at", "expires_at", "revocable"}
    assert body["credential"]["revocable"] is False
    assert body["credential"]["expires_at"].endswith("Z")
    assert payload["exp"] - payload["iat"] in {899, 900}  # see test_sign_in
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_me_reads_one_row(api: API, alice: Any) -> None:
    token = api.sign_in()["access"]

    with CaptureQueriesContext(connection) as queries:
        body = api.get("me", token).json()

    assert len(queries) == 1
    assert body["user"] == {"id": str(alice.pk), "username": "alice", "role": "user"}


@pytest.mark.django_db
@pytest.mark.parametrize(("end", "code"), [("deactivate", "user_inactive"), ("delete", "user_not_found")])
def test_only_me_sees_that_the_user_is_gone(api: API, alice: Any, end: str, code: str) -> None:
    token = api.sign_in()["access"]
    if end == "delete":
        alice.delete()
    else:
        get_user_model().objects.update(is_active=False)

    refused(api.get("me", token), code)
    assert api.get("whoami", token).status_code == 200


@pytest.mark.django_db
def test_a_demotion_shows_only_where_the_row_is_read(api: API, alice: Any) -> None:
    get_user_model().objects.update(is_staff=True)
    token = api.sign_in()["access"]
    get_user_model().objects.update(is_staff=False)

    assert jwt.decode(token, options={"verify_signature": False})["role"] == "staff"
    assert api.get("me", token).json()["user"]["role"] == "user"


@pytest.mark.django_db
def test_a_copy_works_after_sign_out(api: API, alice: Any) -> None:
    pair = api.sign_in()
    api.post("logout", {"refresh": pair["refresh"]})

    assert api.get("whoami", pair["access"]).status_code == 200
    assert api.get("me", pair["access"]).status_code == 200


# ---- What is refused. No user exists: nothing here gets as far as the database.


@BOTH
def test_no_token(api: API, endpoint: str) -> None:
    refused(api.get(endpoint), "not_authenticated")
    refused(api.get(endpoint, Authorization="Basic YWxpY2U6cGFzcw=="), "not_authenticated")
    refused(api.get(endpoint, Authorization=""), "not_authenticated")
    refused(api.get(endpoint, Authorization="Bearer a b"), "bad_authorization_header")


@BOTH
@pytest.mark.django_db
def test_the_scheme_may_be_written_small(api: API, alice: Any, endpoint: str) -> None:
    """RFC 9110 §11.1: the name of a scheme is the same in any case."""
    token = api.sign_in()["access"]

    assert api.get(endpoint, Authorization=f"bearer {token}").status_code == 200
    refused(api.get(endpoint, Authorization="bearer x"), "token_not_valid")


@BOTH
@pytest.mark.django_db
def test_the_session_cookie_opens_nothing_here(api: API, alice: Any, endpoint: str) -> None:
    api.client.force_login(alice)

    refused(api.get(endpoint), "not_authenticated")


@BOTH
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"exp": 1}, "token_expired"),
        ({"token_type": "refresh"}, "token_wrong_type"),
        ({"token_type": ...}, "token_wrong_type"),
        ({"aud": "another-api"}, "token_wrong_audience"),
        ({"aud": ["another-api"]}, "token_wrong_audience"),
        ({"aud": {"authdemo-api": 1}}, "token_wrong_audience"),
        ({"iss": "http://localhost:9999"}, "token_wrong_issuer"),
        ({"iss": ["x"]}, "token_wrong_issuer"),
        ({"exp": ...}, "token_not_valid"),
        ({"iat": ...}, "token_not_valid"),
        ({"jti": ...}, "token_not_valid"),
        ({"jti": 5}, "token_not_valid"),
        ({"iss": ...}, "token_not_valid"),
        ({"aud": ...}, "token_not_valid"),
        ({"user_id": ...}, "token_not_valid"),
        ({"user_id": 1}, "token_not_valid"),
        ({"user_id": {"id": 1}}, "token_not_valid"),
        ({"exp": "1e400"}, "token_not_valid"),
        ({"exp": float("inf")}, "token_not_valid"),
        ({"exp": 10**18}, "token_not_valid"),
        ({"iat": 10**30}, "token_not_valid"),
        ({"iat": 99999999999}, "token_not_valid"),
        ({"nbf": 99999999999}, "token_not_valid"),
    ],
)
def test_well_signed_and_still_refused(
    api: API, forge: Forge, endpoint: str, changes: dict[str, Any], code: str
) -> None:
    refused(api.get(endpoint, forge(claims(**changes))), code)


@pytest.mark.django_db
@pytest.mark.parametrize("user_id", ["abc", "", "1.5", "9" * 40, "-1", "1\x00", "é", "[]"])
def test_a_user_id_that_cannot_be_one_of_ours(api: API, forge: Forge, user_id: str) -> None:
    response = api.get("me", forge(claims(user_id=user_id)))

    refused(response, response.json()["code"])
    assert response.json()["code"] in {"token_not_valid", "user_not_found"}


@BOTH
def test_forged(api: API, forge: Forge, endpoint: str) -> None:
    good = forge(claims())
    header, payload, signature = good.split(".")
    kid = token_backend().signing.public_jwk["kid"]
    public_pem = token_backend().signing.verifying_key
    stranger = keys.new_key("RS256")
    hs_header = {"kid": kid, "alg": "HS256", "typ": "JWT"}

    signed_with_public_key = f"{b64(hs_header)}.{payload}"
    mac = hmac.new(public_pem.encode(), signed_with_public_key.encode(), hashlib.sha256).digest()
    forged = {
        "alg none": f"{b64({'alg': 'none', 'kid': kid})}.{payload}.",
        "alg None, no kid": f"{b64({'alg': 'None'})}.{payload}.{signature}",
        "no signature": f"{header}.{payload}.",
        "two parts": f"{header}.{payload}",
        "another payload": f"{header}.{b64(claims(user_id='2'))}.{signature}",
        "another key, our name": forge(claims(), key=stranger),
        "another key, no name": forge(claims(), key=stranger, header={}),
        "our key, no name": forge(claims(), header={}),
        "our key, another name": forge(claims(), header={"kid": "../../dev/null"}),
        "its own key in the header": forge(
            claims(), key=stranger, header={"kid": kid, "jwk": public_jwk(stranger), "jku": "http://127.0.0.1/keys"}
        ),
        "HS256 with the public key": f"{signed_with_public_key}.{b64(mac)}",
        "RS512": forge(claims(), algorithm="RS512"),
        "kid is a number": f"{b64({'alg': 'RS256', 'kid': 5})}.{payload}.{signature}",
        "kid is a list": f"{b64({'alg': 'RS256', 'kid': [kid]})}.{payload}.{signature}",
        "critical extension": forge(claims(), header={"kid": kid, "crit": ["x"], "x": 1}),
        "header is a list": f"{b64([1])}.{payload}.{signature}",
        "payload is a list": token_backend_sign(b"[1]"),
        "deep header": f"{b64(b'[' * 20000)}.{payload}.{signature}",
        "not base64": "ä.ö.ü",
        "dots": "." * 4000,
        "long": "x" * 100_000,
        "null": "\x00.\x00.\x00",
    }
    assert api.get("whoami", good).status_code == 200
    for name, token in forged.items():
        response = api.get(endpoint, token)
        assert response.status_code == 401, name
        refused(response, "token_not_valid")


def public_jwk(pem: str) -> dict[str, str]:
    key = serialization.load_pem_private_key(pem.encode(), None)
    return keys.jwk("RS256", key.public_key())


def token_backend_sign(payload: bytes) -> str:
    backend = token_backend().signing
    return jwt.PyJWS().encode(
        payload, backend.prepared_signing_key, backend.algorithm, {"kid": backend.public_jwk["kid"]}
    )
