"""The examples of the RFCs verify, and no neighbour of them does."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.jwt_app.labs.inspector.conftest import failed
from tests.jwt_app.labs.inspector.vectors import FRODO, JOE, UNSIGNED, VECTORS

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

every_example = pytest.mark.parametrize(("token", "jwk"), VECTORS.values(), ids=VECTORS)


def changed(token: str, part: int) -> str:
    """One bit of one part is another. RFC 8037 A.5 verifies what A.4 signed, so one vector stands for both."""
    parts = token.split(".")
    middle = len(parts[part]) // 2
    letter = LETTERS[LETTERS.index(parts[part][middle]) ^ 1]
    parts[part] = parts[part][:middle] + letter + parts[part][middle + 1 :]
    return ".".join(parts)


@every_example
def test_an_example_verifies_with_its_key_alone_and_in_a_set(ask: Any, token: str, jwk: dict[str, Any]) -> None:
    assert ask(token, key=json.dumps(jwk), key_format="jwk")["signature_valid"] is True
    others = [key for _, key in VECTORS.values() if key != jwk]
    keys = json.dumps({"keys": [*others, jwk]})
    assert ask(token, key=keys, key_format="jwks")["signature_valid"] is True


@every_example
@pytest.mark.parametrize("part", [0, 1, 2], ids=["header", "payload", "signature"])
def test_an_example_with_one_bit_changed_does_not(ask: Any, token: str, jwk: dict[str, Any], part: int) -> None:
    answer = ask(changed(token, part), key=json.dumps(jwk), key_format="jwk")
    assert answer["signature_valid"] is False
    assert failed(answer)


@every_example
def test_an_example_does_not_verify_with_the_key_of_another(ask: Any, token: str, jwk: dict[str, Any]) -> None:
    for _, other in VECTORS.values():
        if other != jwk:
            assert ask(token, key=json.dumps(other), key_format="jwk")["signature_valid"] is False


def test_what_an_example_says_is_shown_as_it_is_written(ask: Any) -> None:
    token, jwk = VECTORS["RFC 7520 4.1, RS256"]
    answer = ask(token, key=json.dumps(jwk))
    assert answer["header"] == {"alg": "RS256", "kid": "bilbo.baggins@hobbiton.example"}
    assert answer["payload"] is None
    assert answer["payload_text"].startswith("It’s a dangerous business, Frodo")
    assert "no JWT" in failed(answer)["payload"]


def test_the_unsigned_example_is_called_unsigned_whatever_the_key(ask: Any) -> None:
    for more in ({}, {"key_format": "site"}, {"key": "secret"}, {"key": "s", "algorithms": ["none"]}):
        answer = ask(UNSIGNED, **more)
        assert answer["signature_valid"] is False
        assert "unsigned (RFC 7515 A.5)" in failed(answer)["alg"]
        assert answer["payload"]["iss"] == "joe"


OTHER_FORMS = {
    "a JWE (RFC 7516 A.1)": (
        "eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ.OKOawDo13gRp.48V1_ALb6US04U3b.5eym8TW_c8SuK0lt.XFBoMYUZodetZdvT",
        "JWE, RFC 7516 §7.1",
    ),
    "JSON, general (RFC 7515 A.6)": (
        json.dumps(
            {"payload": JOE, "signatures": [{"protected": "eyJhbGciOiJSUzI1NiJ9", "signature": "cC4hiUPoj9Ee"}]}
        ),
        "RFC 7515 §7.2",
    ),
    "JSON, flattened (RFC 7515 A.7)": (
        json.dumps({"payload": JOE, "protected": "eyJhbGciOiJFUzI1NiJ9", "signature": "DtEhU3ljbEg8"}),
        "RFC 7515 §7.2",
    ),
    "JSON, encrypted": (json.dumps({"protected": "e30", "ciphertext": "AAAA", "iv": "", "tag": ""}), "RFC 7516 §7.2"),
    "detached (RFC 7520 4.5)": (
        "eyJhbGciOiJIUzI1NiIsImtpZCI6IjAxOGMwYWU1LTRkOWItNDcxYi1iZmQ2LWVlZjMxNGJjNzAzNyJ9..s0h6KThzkfBBBkLspW1h84VsJZFTsPPq"
        "MDA7g1Md7p0",
        "Appendix F",
    ),
    "not encoded (RFC 7797 4.2)": (
        "eyJhbGciOiJIUzI1NiIsImI2NCI6ZmFsc2UsImNyaXQiOlsiYjY0Il19.$02.A5dxf2s96_n5FLueVuW1Z_vh161FwXZC4YLPff6dmDY",
        "RFC 7797",
    ),
}


@pytest.mark.parametrize(("token", "name"), OTHER_FORMS.values(), ids=OTHER_FORMS)
def test_other_forms_are_named_and_not_verified(ask: Any, token: str, name: str) -> None:
    secret = json.dumps(VECTORS["RFC 7515 A.1, HS256"][1])
    for more in ({}, {"key": secret}):
        answer = ask(token, **more)
        assert answer["signature_valid"] is None
        assert name in failed(answer)["form"]
        assert "not" in failed(answer)["form"]


def test_a_payload_that_comes_separately_is_not_put_in(ask: Any) -> None:
    detached, key = OTHER_FORMS["detached (RFC 7520 4.5)"][0], json.dumps(VECTORS["RFC 7520 4.4, HS256"][1])
    assert ask(detached.replace("..", f".{FRODO}."), key=key)["signature_valid"] is True
    assert ask(detached, key=key)["signature_valid"] is None
