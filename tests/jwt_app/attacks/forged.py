"""Every attack's forged tokens, for whoever wants to show them to a verifier of theirs."""

from __future__ import annotations

from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa

from jwt_app.attacks import forging, guesses
from jwt_app.attacks.means import Means, Real, signed_by
from jwt_app.backend import token_backend

SLUGS = sorted(forging.FORGERS)
HOSTILE = "http://127.0.0.1:9002"


@cache
def hostile_key() -> rsa.RSAPrivateKey:
    """A key in the place of the hostile pages'."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def hostile_signs(header: dict[str, Any], claims: dict[str, Any]) -> str:
    return signed_by(hostile_key(), "RS256", header, claims)


def forged(slug: str, access: str, refresh: str) -> list[str]:
    """Return the tokens of this attack, made from a pair that the site has issued."""
    real = Real(access, refresh, token_backend().jwks()["keys"][-1])
    means = Means(HOSTILE, hostile_signs, guesses.weak_secret())
    return [one.token for one in forging.FORGERS[slug](real, means)]
