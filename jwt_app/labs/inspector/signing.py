"""Sign what somebody has edited, with a key that they give. PyJWT signs; the key is forgotten with the request."""

from __future__ import annotations

import base64
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization

from .given import guess
from .inspection import LONGEST, TooLong
from .keyring import BROKEN, MEMBERS, Key, Unusable, from_jwk, from_public, json_keys, secret
from .pem import LABELS, blocks, untested
from .strict import Unreadable, as_json, base64url, json_value, short

LONGEST_RSA = 4096  # bits; the numbers of a private key are tested before it is used, and that takes its time
PRIVATE_MEMBERS = {"RSA": ("d", "p", "q", "dp", "dq", "qi"), "EC": ("d",), "OKP": ("d",)}
PRIVATE_LABELS = [label for label in LABELS if "PRIVATE" in label]
COMPACT = (",", ":")
NO_FIT = "The numbers of the private key do not fit together."


class CannotSign(ValueError):
    """Its text says why."""


def sign(header: str, payload: str, key: str, key_format: str) -> str:
    """Return the token. The payload may be anything; what is JSON is written without blanks.

    Raises CannotSign; TooLong for what is not looked at here; keyring.TooMuch for a longer RSA key.
    """
    if max(len(text.encode("utf-8", "surrogatepass")) for text in (header, payload, key)) > LONGEST:
        raise TooLong("Header, payload or key is longer than 64 KiB.")
    try:
        members, _ = json_value(header)
    except Unreadable as why:
        raise CannotSign(f"The header cannot be read: {why}") from None
    if not isinstance(members, dict):
        raise CannotSign("The header must be a JSON object: {…}.")
    try:
        public, private = _private(key, key_format or guess(key))
    except Unusable as why:
        raise CannotSign(str(why)) from None
    algorithm = members.get("alg")
    if algorithm not in public.algorithms:
        able = ", ".join(public.algorithms) or f"nothing that is known here ({public.kind})"
        raise CannotSign(
            f"The header says {short(algorithm)}, and the key is for {able}. Change “alg”, or take another key."
        )
    text = f"{_part(header)}.{_part(payload)}"
    token = f"{text}.{_base64url(jwt.get_algorithm_by_name(algorithm).sign(text.encode(), private))}"
    if len(token) > LONGEST:
        raise TooLong("The token would be longer than 64 KiB.")
    return token


def _part(text: str) -> str:
    """Write JSON without blanks, but for what stands twice in it: that would be lost."""
    try:
        value, repeated = json_value(text)
    except Unreadable:
        return _base64url(text.replace("\r\n", "\n").encode("utf-8", "surrogatepass"))
    return _base64url((text if repeated else as_json(value, separators=COMPACT)).encode())


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _private(text: str, form: str) -> tuple[Key, Any]:
    """Return what the key can do, and what PyJWT signs with. Raises Unusable."""
    if form == "site":
        raise Unusable("This site’s keys sign only what the site itself says. Give a key of your own.")
    if not text:
        raise Unusable("To sign, a key is needed: a secret, or a private key as PEM or JWK.")
    if form == "secret":
        key = secret(text)
        return key, key.public
    if form == "pem":
        return _from_pem(text)
    if form == "jwk":
        return _from_jwk(json_keys(text))
    raise Unusable("To sign, give one key and not a set of them.")


def _short_enough(key: Key) -> Key:
    if key.kind == "RSA" and key.bits > LONGEST_RSA:
        raise Unusable(f"To sign, an RSA key may have {LONGEST_RSA} bits here. This one has {key.bits}.")
    return key


def _from_pem(text: str) -> tuple[Key, Any]:
    label, block = next(((label, block) for label, block in blocks(text) if label in PRIVATE_LABELS), ("", b""))
    if not block:
        raise Unusable("To sign, the private key is needed. Whoever has the public one can only verify.")
    try:
        # How long its numbers are first, which costs nothing; then with all of them tested.
        unsafe: Any = untested(label, block)
        key = _short_enough(from_public(unsafe.public_key()))
        if key.kind == "RSA":
            numbers = unsafe.private_numbers()
            _made_of(numbers.public_numbers.n, numbers.p, numbers.q)
        return key, serialization.load_pem_private_key(block, None)
    except Unusable:
        raise
    except BROKEN:
        raise Unusable("The private key cannot be read: it is damaged, has a passphrase, or is too short.") from None


def _from_jwk(jwk: Any) -> tuple[Key, Any]:
    key = _short_enough(from_jwk(jwk))
    if key.kind == "secret":
        return key, key.public
    # All of them: without the primes, finding them would take its time.
    names = PRIVATE_MEMBERS[jwk["kty"]]
    if missing := [name for name in names if not isinstance(jwk.get(name), str)]:
        raise Unusable(f"To sign, the private key is needed. “{missing[0]}” is missing (RFC 7518 §6, RFC 8037 §2).")
    used = {name: jwk[name] for name in ("kty", "crv", *MEMBERS[jwk["kty"]], *names) if name in jwk}
    if any(len(used[name]) > LONGEST_RSA // 6 + 4 for name in names):
        raise Unusable("A number of the private key is longer than the key.")
    try:
        if key.kind == "RSA":
            _made_of(*(int.from_bytes(base64url(used[name])) for name in ("n", "p", "q")))
        return key, jwt.get_algorithm_by_name(key.algorithms[0]).from_jwk(used)
    except (*BROKEN, IndexError):
        raise Unusable(NO_FIT) from None


def _made_of(n: int, p: int, q: int) -> None:
    """Raise Unusable unless two primes of half its length can make the key.

    Whether they are primes is tested next, and that takes minutes for long ones, whatever the length of the key.
    """
    if max(p.bit_length(), q.bit_length()) > (n.bit_length() + 1) // 2 or p * q != n:
        raise Unusable(NO_FIT)


SAMPLE_SECRET = "secret"  # noqa: S105  the sample is signed with the worst of all secrets, and the page says so
SAMPLE_HEADER, SAMPLE_PAYLOAD = '{"alg": "HS256", "typ": "JWT"}', '{"user_id": 123, "role": "user"}'


def sample() -> str:
    """Return the token that many articles begin with."""
    return sign(SAMPLE_HEADER, SAMPLE_PAYLOAD, SAMPLE_SECRET, "secret")
