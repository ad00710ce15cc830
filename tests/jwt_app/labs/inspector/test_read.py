"""As much is read as can be read, and of the rest it is said what is wrong with it."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import pytest

from tests.jwt_app.labs.inspector.conftest import SECRET, failed, hs256


def b64(text: str | bytes) -> str:
    return base64.urlsafe_b64encode(text.encode() if isinstance(text, str) else text).rstrip(b"=").decode()


def broken(header: Any = '{"alg":"HS256"}', payload: Any = '{"sub":"1"}', signature: str = "AAAA") -> str:
    return f"{b64(header)}.{b64(payload)}.{signature}"


WRONG: dict[str, tuple[str, str, str]] = {
    "nothing": ("", "form", "nothing here"),
    "a session key": ("a1b2c3d4", "form", "opaque"),
    "a dot": (".", "header", "no JSON"),
    "four parts": (broken() + ".x", "form", "This has 4"),
    "a thousand parts": ("." * 999, "form", "more than six"),
    "padding": (broken(signature="AA=="), "signature", "padding “=”, which a token leaves out"),
    "plain base64": (broken(signature="A+/A"), "signature", "“+” of plain base64"),
    "a line break": (broken(signature="AA\nAA"), "signature", "a line break at character 3"),
    "a space before it": (" " + broken(), "header", "a space"),
    "an umlaut": (broken(signature="AÄAA"), "signature", "“Ä”"),
    "half a character": (broken(signature="AA\ud800A"), "signature", "U+D800"),
    "a NUL": (broken(signature="AA\0A"), "signature", "U+0000"),
    "one letter too many": (broken(signature="AAAAA"), "signature", "5 characters"),
    "trailing bits": (broken(signature="AB"), "signature", "RFC 4648 §3.5"),
    "bytes as a header": (broken(header=b"\xff{}"), "header", "byte 1 is no UTF-8"),
    "no JSON as a header": (broken(header="{alg}"), "header", "at character 2"),
    "a list as a header": (broken(header="[1]"), "header", "no object"),
    "a number as a payload": (broken(payload="123"), "payload", "no object"),
    "NaN": (broken(payload='{"a":NaN}'), "payload", "NaN is no number"),
    "a huge fraction": (broken(payload='{"a":1e999}'), "payload", "too large"),
    "a number of 5000 digits": (broken(payload=f'{{"a":{"9" * 5000}}}'), "payload", "too long"),
    "33 levels": (broken(payload='{"a":' + "[" * 32 + "]" * 32 + "}"), "payload", "nested more than 32"),
    "20000 levels": (broken(payload="[" * 20000), "payload", "nested more than 32"),
    "no alg": (broken(header="{}"), "alg", "must name the algorithm"),
    "alg a number": (broken(header='{"alg":5}'), "alg", "must name the algorithm"),
    "crit empty": (broken(header='{"alg":"HS256","crit":[]}'), "crit", "not an empty one"),
    "exp as text": (broken(payload='{"exp":"soon"}'), "exp", "must be a number"),
    "exp as true": (broken(payload='{"exp":true}'), "exp", "must be a number"),
    "exp in milliseconds": (broken(payload='{"exp":1700000000000000}'), "exp", "milliseconds"),
    "exp beyond all": (broken(payload=f'{{"exp":{"9" * 400}}}'), "exp", "calendar"),
    "a key": (json.dumps({"kty": "oct", "k": "AAAA"}), "form", "This is a key"),
    "a PEM": ("-----BEGIN PUBLIC KEY-----\n", "form", "PEM"),
    "JSON": ('{"user_id": 123}', "form", "the inside of one"),
}


@pytest.mark.parametrize(("token", "name", "what"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_said_where_it_is(ask: Any, token: str, name: str, what: str) -> None:
    answer = ask(token, key=SECRET)
    assert answer["signature_valid"] is not True
    assert what in failed(answer)[name], answer


def test_the_good_parts_are_read_although_others_are_broken(ask: Any) -> None:
    answer = ask(broken(header="{", signature="*"))
    assert answer["header"] is None
    assert answer["payload"] == {"sub": "1"}
    assert set(failed(answer)) == {"header", "signature"}
    assert ask(broken(payload="\x00\xff".encode("latin-1")))["header"] == {"alg": "HS256"}


def test_half_a_character_in_a_claim_comes_back_as_it_was(ask: Any) -> None:
    assert ask(broken(payload='{"name":"\\ud800"}'))["payload"] == {"name": "\ud800"}


def test_a_claim_that_stands_twice_is_told_and_the_last_one_counts(ask: Any) -> None:
    answer = ask(broken(header='{"alg":"HS256","alg":"none"}', payload='{"a":{"b":1,"b":2}}'))
    assert answer["header"] == {"alg": "none"}
    assert answer["payload"] == {"a": {"b": 2}}
    assert sum("stands twice" in warning for warning in answer["warnings"]) == 2


def test_times_are_told_in_words(ask: Any) -> None:
    now = int(time.time())
    answer = ask(hs256({"exp": now + 14 * 60 + 30, "iat": now - 3 * 366 * 86400, "nbf": now - 90}))
    said = {check["name"]: check["detail"] for check in answer["checks"]}
    assert said["exp"].startswith("It expires in 14 minutes (20")
    assert said["exp"].endswith(" UTC).")
    assert said["iat"].startswith("It was made 3 years ago (")
    assert said["nbf"].startswith("It may be used since 1 minute ago")


@pytest.mark.parametrize(
    ("payload", "warning"),
    [
        ({}, "never expires"),
        ({"exp": 4102444800, "iat": 4102444800 - 86401}, "good for 1 day"),
        ({"exp": 4102444800}, "still good for"),
        ({"password": "x"}, "“password” looks private"),
        ({"user": {"creditCard": "x"}}, "“creditCard” looks private"),
        ({"list": [{"date-of-birth": "x"}]}, "“date-of-birth” looks private"),
        ({"email": "a@b"}, "“email” looks private"),
    ],
    ids=str,
)
def test_a_claim_is_warned_of(ask: Any, payload: dict[str, Any], warning: str) -> None:
    assert any(warning in said for said in ask(hs256(payload))["warnings"])


def test_an_ordinary_token_is_not_warned_of(ask: Any) -> None:
    now = int(time.time())
    plain = {"iat": now, "exp": now + 86400, "sub": "1", "email_verified": True, "scope": "a", "spinner": 1}
    assert ask(hs256(plain, kid="2024-key--_x"))["warnings"] == []


def test_thousands_of_names_are_one_warning(ask: Any) -> None:
    said = ask(hs256({f"pin_{number}": 1 for number in range(3000)} | {"exp": 1}))["warnings"]
    assert len(said) == 1
    assert "and 2990 more" in said[0]
