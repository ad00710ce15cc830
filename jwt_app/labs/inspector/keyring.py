"""Keys that somebody gives: a secret, a JWK, a JWK Set. Read by PyJWT."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import jwt
from cryptography.exceptions import InternalError, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa

from .strict import Unreadable, base64url, json_value, short

MOST_KEYS = 32
LARGEST_RSA = 8192  # bits
CURVES = {"secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521"}

HS, RS, PS = (tuple(f"{kind}{size}" for size in (256, 384, 512)) for kind in ("HS", "RS", "PS"))
ALGORITHMS: dict[str, tuple[str, ...]] = {
    "secret": HS,
    "RSA": RS + PS,
    "P-256": ("ES256",),
    "P-384": ("ES384",),
    "P-521": ("ES512",),
    "Ed25519": ("EdDSA",),
}
"""What a kind of key can do (RFC 7518 §3.1, RFC 8037 §3.1). A token has no say in it."""

BROKEN = (
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    OverflowError,
    InternalError,
    UnsupportedAlgorithm,
    jwt.PyJWTError,
)
"""What the libraries raise for a key that is none."""


class Unusable(ValueError):
    """Its text says why a key cannot be used."""


class TooMuch(ValueError):
    """More keys, or longer ones, than are looked at here."""


@dataclass(frozen=True)
class Key:
    """A key that verifies. `said` are the members of its JWK that say what it is for."""

    kind: str
    public: Any = field(repr=False)
    said: dict[str, Any] = field(default_factory=dict)
    bits: int = 0
    remarks: tuple[str, ...] = ()

    @property
    def algorithms(self) -> tuple[str, ...]:
        """What it can do, narrowed by its own `alg` (RFC 7517 §4.4)."""
        own = self.said.get("alg")
        return tuple(one for one in ALGORITHMS.get(self.kind, ()) if own in (None, one))


def secret(text: str) -> Key:
    """Take the text as a secret, letter by letter. Raises Unusable for what is evidently another kind of key."""
    return _secret(text.encode("utf-8", "surrogatepass"), {})


def _secret(raw: bytes, said: dict[str, Any]) -> Key:
    try:
        # PyJWT refuses a PEM, a certificate and a JWK here: a public key as a secret is an attack (RFC 8725 §2.1).
        prepared = jwt.get_algorithm_by_name("HS256").prepare_key(raw)
    except BROKEN:
        what = "It is empty." if not raw else "It is a public key, a certificate or a JWK, which everybody may know."
        raise Unusable(f"This cannot be a secret. {what}") from None
    return Key("secret", prepared, said, len(raw) * 8)


def from_public(public: Any, said: dict[str, Any] | None = None, *remarks: str) -> Key:
    """Wrap a public key of `cryptography`. Raises TooMuch for an RSA key beyond LARGEST_RSA."""
    kind, bits = "another kind", 0
    if isinstance(public, rsa.RSAPublicKey):
        kind, bits = "RSA", public.key_size
        if bits > LARGEST_RSA:
            raise TooMuch(f"The RSA key has {bits} bits. More than {LARGEST_RSA} are not looked at here.")
    elif isinstance(public, ec.EllipticCurvePublicKey):
        kind = CURVES.get(public.curve.name, public.curve.name)
    elif isinstance(public, ed25519.Ed25519PublicKey):
        kind = "Ed25519"
    elif isinstance(public, ed448.Ed448PublicKey):
        kind = "Ed448"
    return Key(kind, public, said or {}, bits, remarks)


PRIVATE = "This is a private key: whoever has it can sign. Only its public half was used. Show it to nobody."

# ---- JWK (RFC 7517)

# The members that make the public key (RFC 7518 §6, RFC 8037 §2). No others reach the library.
MEMBERS = {"RSA": ("n", "e"), "EC": ("x", "y"), "OKP": ("x",), "oct": ("k",)}


def from_jwk(jwk: Any) -> Key:
    """Read one key. Raises Unusable or TooMuch."""
    if not isinstance(jwk, dict):
        raise Unusable("A JWK is a JSON object (RFC 7517 §4).")
    kty = jwk.get("kty")
    if not isinstance(kty, str) or kty not in MEMBERS:
        raise Unusable(f"Its “kty” is {short(kty)}; known are {', '.join(MEMBERS)} (RFC 7518 §6.1, RFC 8037 §2).")
    values = {name: _bytes(jwk, name) for name in MEMBERS[kty]}
    said = {name: jwk[name] for name in ("kid", "alg", "use", "key_ops") if name in jwk}
    if kty == "oct":
        return _secret(values["k"], said)
    if kty == "RSA" and len(values["n"].lstrip(b"\0")) * 8 > LARGEST_RSA:
        raise TooMuch(f"The RSA key has more than {LARGEST_RSA} bits. Such a key is not looked at here.")
    curve = {"crv": jwk.get("crv")} if kty in {"EC", "OKP"} else {}
    method = jwt.get_algorithm_by_name({"RSA": "RS256", "EC": "ES256", "OKP": "EdDSA"}[kty])
    try:
        public = method.from_jwk({"kty": kty, **curve, **{name: jwk[name] for name in values}})
    except BROKEN:
        raise Unusable(f"Its {kty} numbers are not those of a key{_on(jwk) if curve else ''}.") from None
    return from_public(public, said, *([PRIVATE] if "d" in jwk else []))


def _on(jwk: dict[str, Any]) -> str:
    return f" on the curve {short(jwk.get('crv'))}"


def _bytes(jwk: dict[str, Any], name: str) -> bytes:
    if not isinstance(jwk.get(name), str):
        raise Unusable(f"Its member “{name}” is missing.")
    try:
        return base64url(jwk[name])
    except Unreadable as why:
        raise Unusable(f"Its member “{name}” cannot be read: {why}") from None


def json_keys(text: str) -> Any:
    """Return the JSON of a JWK or JWK Set. Raises Unusable, also where a member stands twice."""
    try:
        value, repeated = json_value(text)
    except Unreadable as why:
        raise Unusable(f"The key cannot be read: {why}") from None
    if repeated:
        raise Unusable(f"“{short(repeated[0])}” stands twice in it (RFC 7517 §4).")
    return value


def from_set(jwks: Any) -> tuple[list[Key], list[str]]:
    """Return the keys of a JWK Set, and why others of it were left out (RFC 7517 §5). Raises Unusable or TooMuch."""
    listed = jwks.get("keys") if isinstance(jwks, dict) else None
    if not isinstance(listed, list):
        raise Unusable('A JWK Set is {"keys": […]} (RFC 7517 §5).')
    if len(listed) > MOST_KEYS:
        raise TooMuch(f"There are {len(listed)} keys. More than {MOST_KEYS} are not looked at here.")
    found, left_out = [], []
    for number, jwk in enumerate(listed, 1):
        try:
            found.append(from_jwk(jwk))
        except Unusable as why:
            left_out.append(f"Key {number} of the set was left out. {why}")
    return found, left_out
