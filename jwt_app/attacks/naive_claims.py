"""WRONG ON PURPOSE. Do not copy anything from this file.

Verifiers that are right about the signature, and wrong about what it says. See `naive.py`.
"""

from __future__ import annotations

import json

import jwt
from jwt.utils import base64url_decode

from .compact import encoded, split
from .verifying import ALGORITHMS, Claims, careful, claims_in, payload_of, site_jwk

# ---- Wrong about the claims


def takes_any_type(token: str) -> Claims:
    """A refresh token in the place of an access token."""
    return claims_in(payload_of(token), kind=None)  # WRONG: it does not ask what the token is for


def forgets_the_end(token: str) -> Claims:
    """A token that has expired."""
    return claims_in(payload_of(token), verify_exp=False)  # WRONG: whoever has it has it for ever


def forgets_the_beginning(token: str) -> Claims:
    """A token that does not hold yet."""
    return claims_in(payload_of(token), verify_nbf=False)  # WRONG: it was meant for later


def forgets_for_whom(token: str) -> Claims:
    """A token for another service."""
    return claims_in(payload_of(token), verify_aud=False)  # WRONG: that service could use it here


def forgets_by_whom(token: str) -> Claims:
    """A token of another issuer."""
    return claims_in(payload_of(token), verify_iss=False)  # WRONG: keys can be shared, and names overlap


def takes_an_id_token(token: str) -> Claims:
    """An ID token in the place of an access token."""
    return claims_in(payload_of(token), verify_aud=False, kind=None)  # WRONG: it only says who signed in elsewhere


# ---- Wrong about how to read


def reads_twice(token: str) -> Claims:
    """Claims that stand there twice."""
    header, text, signature = token.split(".")
    first = dict(reversed(json.loads(base64url_decode(text), object_pairs_hook=list)))  # of two, the first
    written = {name: first[name] for name in dict.fromkeys(name for name, _ in split(token).pairs)}
    payload_of(f"{header}.{encoded(written)}.{signature}")  # WRONG: verifies what it has written, not what came
    return claims_in(split(token).payload)


def reads_before_it_verifies(token: str) -> Claims:
    """Brackets in one another."""
    split(token).claims.get("username")  # WRONG: the attacker's JSON is read before it is known who wrote it
    return careful(token)


def ignores_what_is_critical(token: str) -> Claims:
    """An extension that it does not know."""
    parts = split(token)
    key = jwt.PyJWK(site_jwk(token))
    if parts.header.get("b64") is False or parts.header["alg"] not in ALGORITHMS:
        raise jwt.InvalidAlgorithmError("Not allowed.")
    if not key.Algorithm.verify(parts.signed, key.key, parts.signature):  # WRONG: without a look at "crit"
        raise jwt.InvalidSignatureError("The signature does not fit.")
    return claims_in(parts.payload)


def decodes_in_any_case(token: str) -> Claims:
    """A payload that is no base64url and looks like some."""
    parts = split(token)
    key = jwt.PyJWK(site_jwk(token))
    if set(parts.header.get("crit", [])) - {"b64"} or parts.header["alg"] not in ALGORITHMS:
        raise jwt.InvalidAlgorithmError("Not allowed.")
    if not key.Algorithm.verify(parts.signed, key.key, parts.signature):
        raise jwt.InvalidSignatureError("The signature does not fit.")
    return claims_in(parts.payload)  # WRONG: with `b64: false` the payload is the text itself
