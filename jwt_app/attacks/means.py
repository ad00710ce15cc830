"""What an attacker has besides a token, and two things that the lab adds: keys, and who signs with them.

Some attacks need a token that the site has really signed: one that has expired, say. No attacker can make it, they
find it. The lab does not wait an hour: it lets the site's own key sign one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization as pem
from cryptography.hazmat.primitives.asymmetric import rsa

from jwt_app.backend import token_backend

from .compact import Parts, encoded, split


@dataclass(frozen=True)
class Real:
    """A pair of tokens that the site has issued, and its public key, which everybody can fetch."""

    access: str
    refresh: str
    jwk: dict[str, str]

    @cached_property
    def parts(self) -> Parts:
        """The access token, taken apart: no key is needed for that."""
        return split(self.access)


@dataclass(frozen=True)
class Means:
    """`hostile` is the origin of the hostile pages; `hostile_signs` lets them sign a header and claims."""

    hostile: str
    hostile_signs: Callable[[dict[str, Any], dict[str, Any]], str]
    weak_secret: str

    @cached_property
    def own_key(self) -> rsa.RSAPrivateKey:
        """A key that the attacker made a moment ago."""
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def signed_by(key: Any, algorithm: str, header: dict[str, Any], payload: bytes | dict[str, Any]) -> str:
    """Return a token with a good signature of this key."""
    data = f"{encoded(header)}.{encoded(payload)}"
    return f"{data}.{encoded(signature_of(key, algorithm, data))}"


def signature_of(key: Any, algorithm: str, data: str) -> bytes:
    """Sign."""
    method: Any = jwt.get_algorithm_by_name(algorithm)
    signature: bytes = method.sign(data.encode(), key)
    return signature


def site_key() -> tuple[Any, str]:
    """Return the key that the site signs with, and its algorithm."""
    key = token_backend().signing
    return key.prepared_signing_key, key.algorithm


def named(header: dict[str, Any]) -> dict[str, Any]:
    """Return the header with the name of that key: the real token may be from before a change of keys."""
    key = token_backend().signing
    return header | {"alg": key.algorithm, "kid": key.kid}


def signed_by_the_site(header: dict[str, Any], payload: bytes | dict[str, Any]) -> str:
    """Return a token signed with the site's own key."""
    return signed_by(*site_key(), named(header), payload)


def public_pem(jwk: dict[str, str]) -> bytes:
    """Return a public key as most programs keep it."""
    key: Any = jwt.PyJWK(jwk).key
    encoded_key: bytes = key.public_bytes(pem.Encoding.PEM, pem.PublicFormat.SubjectPublicKeyInfo)
    return encoded_key
