"""SimpleJWT's token backend, with a key ID in each header."""

from __future__ import annotations

from functools import cache, cached_property
from typing import Any

import jwt
from rest_framework_simplejwt import settings as simplejwt
from rest_framework_simplejwt.backends import TokenBackend

from . import keys


class KeyedBackend(TokenBackend):
    """Signs with one key, names it in the header as `kid`, and looks the verifying key up by that name.

    Who holds tokens from before a key change can then still be verified: `verifying_keys` is the place to add the
    former keys. HS* has no public key, therefore no key set and no `kid`.
    """

    @cached_property
    def public_jwk(self) -> dict[str, str]:
        """The public half of the signing key."""
        return keys.jwk(self.algorithm, self.prepared_verifying_key)

    @property
    def verifying_keys(self) -> dict[str, Any]:
        """Every key that a token may be signed with, by `kid`."""
        return {self.public_jwk["kid"]: self.prepared_verifying_key}

    def jwks(self) -> dict[str, list[dict[str, str]]]:
        """Return the JWK Set (RFC 7517 §5). It is empty for HS*: to publish that secret would be to give it away."""
        return {"keys": [] if keys.is_symmetric(self.algorithm) else [self.public_jwk]}

    def encode(self, payload: dict[str, Any]) -> str:
        """Sign. `iss` and `aud` say who made the token and for whom."""
        headers = {} if keys.is_symmetric(self.algorithm) else {"kid": self.public_jwk["kid"]}
        return jwt.encode(
            {**payload, "iss": self.issuer, "aud": self.audience},
            self.prepared_signing_key,
            algorithm=self.algorithm,
            headers=headers,
            json_encoder=self.json_encoder,
        )

    def get_verifying_key(self, token: str | bytes) -> Any:
        """Return the key named in the header.

        The header is not trusted: it can only choose among our own keys, and the algorithm is ours in any case
        (RFC 8725 §3.1). The caller turns PyJWT's InvalidTokenError into its own exception.
        """
        if keys.is_symmetric(self.algorithm):
            return self.prepared_signing_key
        try:
            return self.verifying_keys[jwt.get_unverified_header(token)["kid"]]
        except KeyError:
            raise jwt.InvalidTokenError("No key of this name.") from None


@cache
def token_backend() -> KeyedBackend:
    """Return the one backend of this process, made from SIMPLE_JWT."""
    s = simplejwt.api_settings
    return KeyedBackend(
        s.ALGORITHM,
        s.SIGNING_KEY,
        s.VERIFYING_KEY,
        audience=s.AUDIENCE,
        issuer=s.ISSUER,
        leeway=s.LEEWAY,
        json_encoder=s.JSON_ENCODER,
    )
