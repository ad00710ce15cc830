"""The ID token, line by line (OpenID Connect Core §3.1.3.7). Every check decides: one that fails, and nobody comes in.

allauth compares `iss`, `aud` and `exp` of a token that came straight from the provider. It leaves out the signature,
which the specification allows where TLS has already said who answered, and sends no nonce. Here all of it is checked,
so that a mistake in one place (no TLS, a proxy, a code that somebody slipped in) does not open an account.

No request and no page in here. PyJWT does the cryptography.
"""

from __future__ import annotations

import hashlib
import math
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeGuard

import jwt
from allauth.socialaccount.providers.oauth2.client import OAuth2Error

# Signatures by a private key that only the provider has. Never HS256: its key, the client secret, is known to two.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
LEEWAY = 60  # seconds by which the provider's clock may differ from ours
LONGEST_AGE = 600  # seconds since `iat`: the token was made for this sign-in, a moment ago


@dataclass(frozen=True)
class Expected:
    """What an ID token must fit: who signs, who we are, and what this very sign-in has sent and got.

    `keys` is the provider's JWK Set, `userinfo` its answer to the access token where we have asked.
    """

    issuer: str
    client_id: str
    nonce: str
    access_token: str
    keys: Mapping[str, Any]
    userinfo: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Check:
    """One line of the list. `ok` is None where the token does not have what is optional."""

    name: str
    ok: bool | None


@dataclass(frozen=True)
class IDToken:
    """A token as it came, taken apart, and what each check said. Its claims count only if `valid`."""

    raw: str = field(repr=False)
    header: Mapping[str, Any]
    claims: Mapping[str, Any]
    checks: tuple[Check, ...] = ()

    @property
    def failed(self) -> list[str]:
        """Return the names of the checks that failed."""
        return [check.name for check in self.checks if check.ok is False]

    @property
    def valid(self) -> bool:
        """Tell whether the token may sign somebody in."""
        return bool(self.checks) and not self.failed


class IDTokenRefused(OAuth2Error):
    """An ID token that does not fit. `token.failed` says why. allauth's views know the base class."""

    def __init__(self, token: IDToken) -> None:
        super().__init__(f"ID token refused: {', '.join(token.failed)}")
        self.token = token


def check(raw: str, expected: Expected) -> IDToken:
    """Run all checks, also those after the first failure, and return the token with their results.

    Raises `jwt.PyJWTError` where `raw` is not a JWT at all. Whoever calls looks at `valid` before anything else.
    """
    parts = jwt.decode_complete(raw, options={"verify_signature": False})  # to compare; nothing is believed yet
    token = IDToken(raw, parts["header"], parts["payload"])
    return IDToken(raw, token.header, token.claims, tuple(Check(name, test(token, expected)) for name, test in CHECKS))


def _signature(token: IDToken, expected: Expected) -> bool:
    """RFC 8725 §3.1: the key says which algorithm, and the token's `alg` must agree. `none` agrees with no key."""
    return any(_signed_by(key, token) for key in _keys(expected.keys, token.header.get("kid")))


def _keys(published: Mapping[str, Any], kid: object) -> list[jwt.PyJWK]:
    """OpenID Connect Core §10.1: the key of that `kid`. Without one there must be no choice."""
    keys = jwt.PyJWKSet.from_dict(dict(published)).keys
    keys = [key for key in keys if key.algorithm_name in ALGORITHMS and key.public_key_use in (None, "sig")]
    return [key for key in keys if key.key_id == kid] if kid is not None or len(keys) > 1 else keys


def _signed_by(key: jwt.PyJWK, token: IDToken) -> bool:
    try:
        jwt.PyJWS().decode(token.raw, key, algorithms=[str(key.algorithm_name)])
    except jwt.PyJWTError:
        return False
    return True


def _iss(token: IDToken, expected: Expected) -> bool:
    """§3.1.3.7, 2: exactly the issuer that we asked."""
    return bool(token.claims.get("iss") == expected.issuer)


def _aud(token: IDToken, expected: Expected) -> bool:
    """§3.1.3.7, 3: made for this client, and for no other that we would have to trust."""
    return token.claims.get("aud") in (expected.client_id, [expected.client_id])


def _azp(token: IDToken, expected: Expected) -> bool | None:
    """§3.1.3.7, 5: if it names who asked for it, that is us."""
    return token.claims["azp"] == expected.client_id if "azp" in token.claims else None


def _exp(token: IDToken, expected: Expected) -> bool:
    """§3.1.3.7, 9: not expired."""
    exp = token.claims.get("exp")
    return is_number(exp) and time.time() < exp + LEEWAY


def _iat(token: IDToken, expected: Expected) -> bool:
    """§3.1.3.7, 10: made a moment ago, and not in the future."""
    iat = token.claims.get("iat")
    return is_number(iat) and -LEEWAY <= time.time() - iat <= LONGEST_AGE


def _nonce(token: IDToken, expected: Expected) -> bool:
    """§3.1.3.7, 11: it answers the question that this browser's sign-in has asked."""
    return bool(expected.nonce) and token.claims.get("nonce") == expected.nonce


def _at_hash(token: IDToken, expected: Expected) -> bool | None:
    """§3.1.3.8: it came with this access token. The left half of its hash, by the hash of the token's `alg`."""
    return bool(token.claims["at_hash"] == half_hash(token, expected)) if "at_hash" in token.claims else None


def half_hash(token: IDToken, expected: Expected) -> str:
    """Return what `at_hash` must be for the access token that came along."""
    bits = str(token.header.get("alg"))[-3:]
    name = f"sha{bits}" if bits in ("256", "384", "512") else "sha512"  # Ed25519 hashes with SHA-512
    digest = hashlib.new(name, expected.access_token.encode()).digest()
    return urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()


def _sub(token: IDToken, expected: Expected) -> bool:
    """§2: it names somebody, and §5.3.2: user-info, where we have asked, names the same."""
    sub = token.claims.get("sub")
    named = isinstance(sub, str) and 0 < len(sub) <= 255
    return named and (expected.userinfo is None or expected.userinfo.get("sub") == sub)


def is_number(value: object) -> TypeGuard[float]:
    """Tell whether this is a number of JSON. True is an int to Python, and Infinity is a float."""
    return type(value) is int or (type(value) is float and math.isfinite(value))


CHECKS: tuple[tuple[str, Callable[[IDToken, Expected], bool | None]], ...] = (
    ("signature", _signature),
    ("iss", _iss),
    ("aud", _aud),
    ("azp", _azp),
    ("exp", _exp),
    ("iat", _iat),
    ("nonce", _nonce),
    ("at_hash", _at_hash),
    ("sub", _sub),
)
