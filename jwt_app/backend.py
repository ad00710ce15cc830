"""SimpleJWT's token backend, with a key ID in each header, and more than one key."""

from __future__ import annotations

import logging
import threading
import time
from datetime import timedelta
from functools import cache, cached_property, lru_cache
from typing import Any

import jwt
from django.conf import settings
from django.utils.encoding import force_bytes
from rest_framework_simplejwt import settings as simplejwt
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import TokenBackendError

from . import keys
from .keyring import Key, KeyRing, KeyRingError, Rotation

logger = logging.getLogger(__name__)


@lru_cache(maxsize=32)
def named(header: bytes) -> str:
    """Return the key ID in the first part of a token, which all tokens of one key have in common.

    The other parts are left to `decode`: to read a token takes as long as to verify it. Raises KeyError, and
    InvalidTokenError for what is no header.
    """
    kid: str = jwt.get_unverified_header(header + b"..")["kid"]
    return kid


class OneKey(TokenBackend):
    """SimpleJWT's own, with one key and that key's algorithm. It writes the key's name into each header (`kid`).

    HS* has no public key, therefore no key set and no name.
    """

    until: int | None = None

    @cached_property
    def public_jwk(self) -> dict[str, str]:
        """The public half."""
        return keys.jwk(self.algorithm, self.prepared_verifying_key)

    @property
    def kid(self) -> str:
        """The name; "" for HS*."""
        return "" if keys.is_symmetric(self.algorithm) else self.public_jwk["kid"]

    @property
    def verifies(self) -> bool:
        """Whether a token that it signed can still be good."""
        return self.until is None or time.time() < self.until

    def encode(self, payload: dict[str, Any]) -> str:
        """Sign. `iss` and `aud` say who made the token and for whom."""
        return jwt.encode(
            {**payload, "iss": self.issuer, "aud": self.audience},
            self.prepared_signing_key,
            algorithm=self.algorithm,
            headers={"kid": self.kid} if self.kid else {},
            json_encoder=self.json_encoder,
        )


class KeyedBackend:
    """All keys of this process: the newest signs, and a token is verified by the one that it names.

    The keys are SIMPLE_JWT's one, or those of the ring in JWT_KEY_RING. Whether the ring has changed is asked before
    each use, which is one look at the file's date. So a change holds for the next request, at every instance: what
    one of them signs with a new key, no other refuses.
    """

    def __init__(self, ring: KeyRing | None = None) -> None:
        self._ring = ring
        self._seen: object = self  # no stamp is equal to it
        self._known: dict[str, OneKey] = {}
        self._turn = threading.Lock()

    @property
    def by_kid(self) -> dict[str, OneKey]:
        """Every key, oldest first. Raises KeyRingError where none was ever read."""
        stamp = self._ring.stamp() if self._ring else None
        if stamp != self._seen:
            with self._turn:  # one thread reads, the others wait for it
                if stamp != self._seen:
                    self._read()
                    self._seen = stamp
        return self._known

    def _read(self) -> None:
        if self._ring is None:
            s = simplejwt.api_settings
            found = [_one(s.ALGORITHM, s.SIGNING_KEY, s.VERIFYING_KEY)]
        else:
            try:
                found = [_of(key) for key in self._ring.read()]
                if not found:
                    raise KeyRingError(f"The key ring {self._ring.path.name} is gone.")
            except KeyRingError as error:
                if not self._known:
                    raise
                # To refuse everybody would be no safer: these keys were good a moment ago.
                logger.error("%s This process goes on with the keys that it has.", error)
                return
        self._known = {key.kid: key for key in found}

    @property
    def signing(self) -> OneKey:
        """The key that signs."""
        return next(reversed(self.by_kid.values()))

    def jwks(self) -> dict[str, list[dict[str, str]]]:
        """Return the JWK Set (RFC 7517 §5): whatever a token that is still good may be signed with.

        It is empty for HS*: to publish that secret would be to give it away.
        """
        return {"keys": [key.public_jwk for kid, key in self.by_kid.items() if kid and key.verifies]}

    def encode(self, payload: dict[str, Any]) -> str:
        """Sign with the newest key."""
        return self.signing.encode(payload)

    def decode(self, token: str | bytes, verify: bool = True) -> dict[str, Any]:
        """Return the payload. Raises TokenBackendError."""
        claims: dict[str, Any] = self.key_of(token).decode(token, verify)
        return claims

    def key_of(self, token: str | bytes) -> OneKey:
        """Return the key that the header names. Raises TokenBackendError.

        The header is not trusted: it can only choose among our own keys, and the algorithm is the key's in any case
        (RFC 8725 §3.1).
        """
        known = self.by_kid
        if "" in known:
            return known[""]
        try:
            key = known[named(force_bytes(token).partition(b".")[0])]
        except (KeyError, jwt.InvalidTokenError) as error:
            raise TokenBackendError("No key of this name") from error
        if not key.verifies:
            raise TokenBackendError("The key of this name is too old")
        return key

    def get_leeway(self) -> timedelta:
        """Return by how much the clocks may differ."""
        leeway: timedelta = self.signing.get_leeway()
        return leeway


def _one(algorithm: str, signing_key: str, verifying_key: str) -> OneKey:
    s = simplejwt.api_settings
    return OneKey(
        algorithm,
        signing_key,
        verifying_key,
        audience=s.AUDIENCE,
        issuer=s.ISSUER,
        leeway=s.LEEWAY,
        json_encoder=s.JSON_ENCODER,
    )


def _of(key: Key) -> OneKey:
    one = _one(key.alg, key.private, key.public)
    one.until = key.until
    return one


def key_ring() -> KeyRing | None:
    """Return the ring that JWT_KEY_RING names, None where SIMPLE_JWT's one key is all."""
    path = getattr(settings, "JWT_KEY_RING", None)
    s = simplejwt.api_settings
    return KeyRing(path, max(s.REFRESH_TOKEN_LIFETIME, s.ACCESS_TOKEN_LIFETIME)) if path else None


def rotate(drop_old: bool = False) -> Rotation:
    """Let a new key sign from now on, at every instance; see KeyRing.rotate. Raises KeyRingError, one sentence."""
    algorithm = simplejwt.api_settings.ALGORITHM
    if keys.is_symmetric(algorithm):
        raise KeyRingError(
            f"{algorithm} has one secret, which signs and verifies: an old one that still verifies still signs. So "
            "there is nothing to rotate, and another secret ends all tokens. RS256, ES256 and EdDSA have key pairs."
        )
    ring = key_ring()
    if ring is None:
        raise KeyRingError(
            "One key is set (JWT_SIGNING_KEY, or SIGNING_KEY in SIMPLE_JWT), so there is no place for another. "
            "Keys rotate where JWT_KEY_RING names a file."
        )
    return ring.rotate(algorithm, drop_old)


@cache
def token_backend() -> KeyedBackend:
    """Return the one backend of this process. Raises KeyRingError where it has no key to sign with."""
    ring = key_ring()
    if ring:
        s = simplejwt.api_settings
        # A project that had one key until now begins its ring with that: its tokens stay good.
        ring.ensure(s.ALGORITHM, first="" if s.SIGNING_KEY == settings.SECRET_KEY else s.SIGNING_KEY)
    return KeyedBackend(ring)
