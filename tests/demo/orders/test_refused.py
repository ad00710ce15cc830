"""Tokens that orders refuses."""

from __future__ import annotations

import base64
import json
import time

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from .conftest import KEYS, encoded, refused


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"exp": int(time.time()) - 1}, "token_expired"),
        ({"aud": "somebody-else"}, "wrong_audience"),
        ({"aud": ["a", "b"]}, "wrong_audience"),
        ({"aud": None}, "token_not_valid"),
        ({"iss": "http://evil.example"}, "wrong_issuer"),
        ({"iss": None}, "token_not_valid"),
        ({"exp": None}, "token_not_valid"),
        ({"exp": "soon"}, "token_not_valid"),
        ({"iat": None}, "token_not_valid"),
        ({"iat": int(time.time()) + 3600}, "token_not_valid"),
        ({"nbf": int(time.time()) + 3600}, "token_not_valid"),
        ({"user_id": None}, "token_not_valid"),
        ({"token_type": "refresh"}, "wrong_token_type"),
        ({"token_type": None}, "wrong_token_type"),
    ],
)
def test_claims_that_do_not_fit(orders, site, changes, code):
    assert refused(orders.get(site.token(**changes)), code)


def test_a_changed_payload(orders, site):
    header, _, signature = site.token().split(".")
    payload = base64.urlsafe_b64encode(json.dumps({"user_id": "2", "iss": site.url}).encode()).decode().rstrip("=")
    assert refused(orders.get(f"{header}.{payload}.{signature}"), "token_not_valid")


def test_alg_none(orders, site):
    claims = jwt.decode(site.token(), options={"verify_signature": False})
    forged = jwt.encode(claims, "", "none", headers={"kid": "rsa-1"})
    assert refused(orders.get(forged), "algorithm_not_allowed")
    assert refused(orders.get(site.token().rpartition(".")[0] + "."), "token_not_valid")


def test_hs256_with_the_public_key_as_the_secret(orders, site):
    claims = jwt.decode(site.token(), options={"verify_signature": False})
    public = KEYS["RS256"][1].public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    signer = jwt.get_algorithm_by_name("HS256")
    parts = [json.dumps(part).encode() for part in ({"alg": "HS256", "typ": "JWT", "kid": "rsa-1"}, claims)]
    signed = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
    signature = base64.urlsafe_b64encode(signer.sign(signed, public)).rstrip(b"=")
    assert refused(orders.get((signed + b"." + signature).decode()), "algorithm_not_allowed")


@pytest.mark.parametrize("kid", ["ec-1", "ed-1"])
def test_the_kid_of_a_key_for_another_algorithm(orders, site, kid):
    assert refused(orders.get(site.token(headers={"kid": kid})), "algorithm_not_allowed")


def test_a_key_that_the_token_brings_along_counts_for_nothing(orders, site):
    mine = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    jwk = jwt.get_algorithm_by_name("RS256").to_jwk(mine.public_key(), as_dict=True)
    claims = jwt.decode(site.token(), options={"verify_signature": False})
    for headers in ({"jwk": jwk, "kid": "rsa-1"}, {"jku": "http://evil.example/jwks.json", "kid": "rsa-1"}):
        assert refused(orders.get(jwt.encode(claims, mine, "RS256", headers=headers)), "token_not_valid")


def test_a_token_without_kid(orders, site):
    claims = jwt.decode(site.token(), options={"verify_signature": False})
    assert refused(orders.get(jwt.encode(claims, KEYS["RS256"][1], "RS256")), "unknown_key")


@pytest.mark.parametrize(
    "token",
    [
        "nonsense",
        "a.b.c",
        "..",
        "é.é.é",
        "x" * 50_000,
        f"{encoded('[]')}.e30.x",
        f"{encoded('{}')}.e30.x",
        f"{encoded(chr(123) + chr(34) + 'alg' + chr(34) + ':' + '[' * 5000)}.e30.x",
        f"{encoded('[' * 30_000)}.e30.x",
        encoded('{"alg":"RS256","kid":1}') + ".e30.x",
        encoded('{"alg":"RS256","kid":"rsa-1","b64":false,"crit":["b64"]}') + ".e30.x",
        encoded('{"alg":["RS256"],"kid":"rsa-1"}') + ".e30.x",
    ],
)
def test_garbage(orders, token):
    answer = requests.get(f"{orders.url}/orders/", headers={"Authorization": f"Bearer {token}".encode()}, timeout=20)
    assert answer.status_code == 401
    assert answer.json()["code"] in {"token_not_valid", "algorithm_not_allowed"}
