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


def der(*parts: int | bytes) -> bytes:
    """A sequence of numbers and of what is encoded already (X.690 §8.3, §8.9)."""
    whole = b""
    for part in parts:
        raw = part.to_bytes(part.bit_length() // 8 + 1) if isinstance(part, int) else part
        whole += b"\x02" + _length(raw) + raw if isinstance(part, int) else raw
    return b"\x30" + _length(whole) + whole


def _length(raw: bytes) -> bytes:
    size = len(raw).to_bytes((len(raw).bit_length() + 7) // 8 or 1)
    return size if len(raw) < 128 else bytes([0x80 | len(size)]) + size


def pem_block(label: str, raw: bytes, before: str = "") -> str:
    return f"-----BEGIN {label}-----\n{before}{base64.encodebytes(raw).decode()}-----END {label}-----\n"


def long_dsa() -> bytes:
    """A private DSA key, of which the public half has still to be computed."""
    p, x = (1 << 20000) - 1, (1 << 19990) - 1
    octets = b"\x02" + _length(bytes(2499)) + x.to_bytes(2499)
    kind = b"\x06\x07\x2a\x86\x48\xce\x38\x04\x01" + der(p, (1 << 255) | 1, p - 2)
    return der(0, b"\x30" + _length(kind) + kind, b"\x04" + _length(octets) + octets)


def long_primes() -> tuple[int, ...]:
    """The numbers of a short RSA key, one of its primes a hundred times too long."""
    numbers = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_numbers()
    return numbers.public_numbers.n, 65537, numbers.d, (1 << 44497) - 1, numbers.q, 3, 3, 3


RSA_MEMBERS = ("n", "e", "d", "p", "q", "dp", "dq", "qi")


def unbalanced() -> dict[str, str]:
    """An RSA key that fits together, one of whose primes is nearly as long as the key. Both are Mersenne's."""
    p, q, e = (1 << 3217) - 1, (1 << 607) - 1, 65537
    d = pow(e, -1, (p - 1) * (q - 1))
    numbers = (p * q, e, d, p, q, d % (p - 1), d % (q - 1), pow(q, -1, p))
    text = [base64.urlsafe_b64encode(one.to_bytes((one.bit_length() + 7) // 8)).rstrip(b"=") for one in numbers]
    return {"kty": "RSA", **{name: one.decode() for name, one in zip(RSA_MEMBERS, text, strict=True)}}


# What another reader would take for a header of the PEM file, and this one for the beginning of the key.
RSA_FIRST = "".join(base64.encodebytes(bytes.fromhex("3082ffff020100300d06092a864886f70d0101010500")).decode().split())
WORST_TO_SIGN = {
    "a DSA key": pem_block("PRIVATE KEY", long_dsa()),
    "a DSA key behind something": pem_block("PRIVATE KEY", long_dsa(), f"{RSA_FIRST}AA: A\n\n"),
    "a prime that is too long": pem_block("RSA PRIVATE KEY", der(0, *long_primes())),
    "a prime as long as the key": json.dumps(unbalanced()),
}


@pytest.mark.parametrize("key", WORST_TO_SIGN.values(), ids=WORST_TO_SIGN)
def test_no_private_key_keeps_the_server_busy(ask: Any, key: str) -> None:
    begun = time.process_time()
    assert ask("a.b.c", key=key)["signature_valid"] is not True
    form = {"act": "sign", "header": '{"alg": "RS256"}', "payload": "{}", "key": key}
    page = Client().post(PAGE, form)
    assert page.status_code == 200
    assert "Signed with" not in page.content.decode()
    assert time.process_time() - begun < 1


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
