"""What the inspector says to each forged token: one that should not be accepted is never passed without a word."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.jwt_app.attacks.forged import SLUGS, forged

FITS = {
    # The site itself has signed these, so what is wrong with them is something else.
    "expired": "exp",
    "not-yet": "nbf",
    "wrong-audience": "aud",
    "wrong-issuer": "iss",
    "id-token": "aud",
    "wrong-token-type": "It is a refresh token: it must not be taken in the place of an access token",
}
SAID = {
    "readable-payload": "“email”, “pin” looks private",
    "alg-none": "alg",
    "weak-secret": "alg",
    "key-confusion": "alg",
    "stripped-signature": "signature",
    "changed-payload": "signature",
    "none-spelled-otherwise": "alg",
    "jwk-in-header": "It brings its own key",
    "jku-in-header": "It says where to fetch the key",
    "x5u-in-header": "It says where to fetch the certificate",
    "kid-as-path": "looks like a path",
    "kid-as-sql": "looks like a piece of SQL",
    "duplicate-claims": "“username”, “role” stands twice in the payload",
    "huge": "signature",
    "deeply-nested": "nested",
    "unknown-crit": "crit",
    "b64-false": "RFC 7797",
}


def inspected(token: str) -> dict[str, Any]:
    answer = Client().post("/jwt/api/inspect/", {"token": token, "key_format": "site"}, "application/json")
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def test_an_honest_token_is_passed(pair):
    found = inspected(pair["access"])
    assert found["signature_valid"] is True
    assert all(check["ok"] for check in found["checks"])
    assert found["warnings"] == []


@pytest.mark.parametrize("slug", SLUGS)
def test_a_forged_token_is_not(pair, slug):
    for token in forged(slug, **pair):
        found = inspected(token)
        # None: it is of a form that is named and not verified.
        assert found["signature_valid"] is (None if slug == "b64-false" else slug in FITS)
        failed = {check["name"]: check["detail"] for check in found["checks"] if not check["ok"]}
        assert failed or found["warnings"]
        reason = (FITS | SAID)[slug]
        assert reason in failed or any(reason in said for said in (*failed.values(), *found["warnings"])), found
