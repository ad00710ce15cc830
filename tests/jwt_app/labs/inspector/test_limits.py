"""How much is looked at, and what a request may look like."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client

from tests.jwt_app.labs.inspector.conftest import PAGE, URL, failed, hs256, pair
from tests.jwt_app.labs.inspector.test_verify import jwk_of

LARGEST = 64 * 1024


def post(body: Any) -> Any:
    return Client().post(URL, body, content_type="application/json")


def number(bits: int) -> str:
    """An odd number of so many bits, as a JWK has it. It is no key's; its length is all that is asked here."""
    raw = ((1 << (bits - 1)) | 1).to_bytes((bits + 7) // 8, "big")
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def rsa_pem(bits: int) -> str:
    public = rsa.RSAPublicNumbers(65537, (1 << (bits - 1)) | 1).public_key()
    how = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    return public.public_bytes(*how).decode()


def test_64_kib_are_looked_at_and_a_byte_more_is_not() -> None:
    for field, other in (("token", {}), ("key", {"token": hs256({})})):
        assert post({**other, field: "a" * LARGEST}).status_code == 200
        for too_much in ("a" * (LARGEST + 1), "é" * (LARGEST // 2 + 1)):
            response = post({**other, field: too_much})
            assert response.status_code == 413
            assert response.json().keys() == {"detail", "code"}
            assert field in response.json()["detail"]


def test_32_keys_are_looked_at_and_one_more_is_not() -> None:
    jwk = jwk_of(pair("ES256")[1], "ES256")
    assert post({"token": hs256({}), "key": json.dumps({"keys": [jwk] * 32})}).status_code == 200
    response = post({"token": hs256({}), "key": json.dumps({"keys": [jwk] * 33})})
    assert response.status_code == 400
    assert "33 keys" in response.json()["errors"]["key"][0]


@pytest.mark.parametrize(("bits", "status"), [(8192, 200), (8200, 400), (16384, 400)])
def test_rsa_keys_have_8192_bits_at_most(bits: int, status: int) -> None:
    jwk = {"kty": "RSA", "n": number(bits), "e": "AQAB"}
    for key in (json.dumps(jwk), json.dumps({"keys": [jwk]}), rsa_pem(bits)):
        assert post({"token": hs256({}), "key": key}).status_code == status


@pytest.mark.parametrize(
    "body",
    [
        "", "[]", "1", "null", '"text"', "{}", "{", '{"token": 5}', '{"token": null}', '{"token": ["a"]}',
        '{"token": true}', '{"token": "a", "key": 5}', '{"token": "a", "key_format": "der"}',
        '{"token": "a", "algorithms": "HS256"}', '{"token": "a", "algorithms": [5]}',
        '{"token": "a", "algorithms": {"a": 1}}',
        json.dumps({"token": "a", "algorithms": ["HS256"] * 33}), json.dumps({"token": "a", "algorithms": ["x" * 65]}),
        "[" * 20000, b"\xff", b'{"token": "\xff"}',
    ],
    ids=lambda body: str(body)[:40],
)  # fmt: skip
def test_a_request_that_is_none_is_a_clean_400(body: Any) -> None:
    response = post(body)
    assert response.status_code == 400
    assert {"detail", "code"} <= response.json().keys()


def test_null_is_as_good_as_nothing(ask: Any) -> None:
    assert ask(hs256({}), key=None, key_format=None, algorithms=None)["signature_valid"] is None


def test_other_methods_and_types_are_refused() -> None:
    assert Client().get(URL).status_code == 405
    assert Client().post(URL, {"token": "a"}).status_code == 415


def test_without_labs_there_is_nothing_here(settings: Any) -> None:
    settings.LABS = False
    assert Client().get(PAGE).status_code == 404
    assert Client().post(PAGE, {"token": "a"}).status_code == 404
    assert post({"token": "a"}).status_code == 404


TWICE = base64.urlsafe_b64encode(b"{" + b'"a":1,' * 8000 + b'"a":1}').decode().rstrip("=")
WORST = {
    "beginnings of PEM": ("a.b.c", "-----BEGIN PUBLIC KEY-----" * 2500),
    "labels of PEM": ("a.b.c", "-----BEGIN " + "A" * 60000),
    "ends of quotes": (hs256({}), '"' * 65000),
    "brackets": (hs256({}), "[" * 65000),
    "one name, again and again": (TWICE + ".e30.", "x"),
    "dots": ("." * 65000, "x"),
    "a secret for each of the list": (hs256({"a": "x" * 40000}), "x"),
}


@pytest.mark.parametrize(("token", "key"), WORST.values(), ids=WORST)
def test_the_worst_that_fits_takes_no_time(ask: Any, token: str, key: str) -> None:
    begun = time.monotonic()
    answer = ask(token, key=key)
    assert time.monotonic() - begun < 2
    assert answer["signature_valid"] is not True
    assert failed(answer) or answer["signature_valid"] is None
