"""Verify as one should, in pieces: the signature, then the claims. `naive.py` leaves one piece out, or gets it wrong.

All raise jwt.PyJWTError, ValueError, KeyError or TypeError for what they refuse.
"""

from __future__ import annotations

import hmac
from typing import Any, TypeAlias

import jwt
from django.conf import settings

from jwt_app.backend import token_backend

from .compact import encoded, split

Claims: TypeAlias = dict[str, Any]
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
DIGESTS = {"HS256": "sha256", "HS384": "sha384", "HS512": "sha512"}


def site_jwk(token: str) -> dict[str, str]:
    """Return the site's public key that the header names."""
    named = split(token).header.get("kid")
    for key in token_backend().jwks()["keys"]:
        if key["kid"] == named:
            return key
    raise jwt.InvalidKeyError("No key of this name.")


def payload_of(token: str, key: Any = None) -> bytes:
    """Verify the signature as one should, with the site's key unless another is given, and return the payload."""
    verified = jwt.PyJWS().decode_complete(token, key or jwt.PyJWK(site_jwk(token)), ALGORITHMS)
    payload: bytes = verified["payload"]
    return payload


def payload_by_secret(token: str, secret: bytes) -> bytes:
    """The same with a shared secret, by hand: PyJWT would refuse one that is empty, or a public key."""
    parts = split(token)
    expected = hmac.digest(secret, parts.signed, DIGESTS[parts.header["alg"]])
    if not hmac.compare_digest(expected, parts.signature):
        raise jwt.InvalidSignatureError("The signature does not fit.")
    return parts.payload


def claims_in(payload: bytes, *, kind: str | None = "access", **options: Any) -> Claims:
    """Check the claims as one should. What a caller gives besides the payload is its mistake."""
    simple: Any = settings.SIMPLE_JWT
    right = {f"verify_{claim}": True for claim in ("exp", "nbf", "iat", "aud", "iss")}
    wanted: Any = {"verify_signature": False, "require": ["exp", "iat"], **right, **options}
    unsigned = f"{encoded({'alg': 'none'})}.{encoded(payload)}."
    claims: Claims = jwt.decode(unsigned, audience=simple["AUDIENCE"], issuer=simple["ISSUER"], options=wanted)
    if kind and claims.get("token_type") != kind:
        raise jwt.InvalidTokenError("This is no access token.")
    return claims


def careful(token: str) -> Claims:
    """Verify as one should."""
    return claims_in(payload_of(token))
