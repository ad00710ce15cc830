"""The site's tokens, verified with the site's public keys and nothing else."""

from __future__ import annotations

import time
from typing import Any

import jwt

# Asymmetric only. With "HS256" in this list, anybody could sign with our public key as the secret (RFC 8725 §3.1).
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
REQUIRED = ["exp", "iat", "iss", "aud", "user_id"]
REFETCH_SECONDS = 60  # an unknown `kid` may mean new keys, or somebody's noise: ask again once a minute at most
RETRY_SECONDS = 5  # after a fetch that failed
KEYS_SECONDS = 300  # how long fetched keys count
# … and how long they count where the site cannot be asked (RFC 5861 §4 calls it "stale if error"). A site that is down
# makes no tokens, and those that it has made live for minutes: after an hour there is nothing left to verify.
STALE_SECONDS = 3600

# What PyJWT raises → our code, and a sentence for the caller. The first that fits counts.
REASONS: list[tuple[type[Exception], str, str]] = [
    (jwt.ExpiredSignatureError, "token_expired", "The token has expired."),
    (jwt.InvalidAudienceError, "wrong_audience", "The token was made for another service."),
    (jwt.InvalidIssuerError, "wrong_issuer", "The token was made by somebody else."),
    (jwt.PyJWKClientError, "unknown_key", "The site has no such key."),
    (jwt.InvalidAlgorithmError, "algorithm_not_allowed", "Tokens signed with this algorithm are not accepted."),
    (Exception, "token_not_valid", "This is not a token that the site signed."),
]


class KeysUnavailable(Exception):
    """The site's keys could not be fetched, so nothing can be said about any token."""


class Refused(Exception):
    """The token proves nothing. `detail` is for the caller, `code` for programs."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code, self.detail = code, detail


class SiteKeys(jwt.PyJWKClient):
    """PyJWT's client, which keeps the key set and asks again for an unknown `kid` once in `cooldown_duration`.

    It counts successful fetches only: while the site is down it would ask at every request, each in turn waiting for
    the timeout. Here a failure has its own short pause.
    """

    def __init__(self, uri: str, timeout: float = 2) -> None:
        super().__init__(uri, lifespan=KEYS_SECONDS, timeout=timeout, cooldown_duration=REFETCH_SECONDS)
        self._failed_at = float("-inf")
        self.fetches = 0  # how often the site was asked

    def get_jwk_set(self, refresh: bool = False) -> jwt.PyJWKSet:
        """Return the key set; while the site cannot be asked, the one of before. Raises KeysUnavailable.

        Not for an unknown `kid` (`refresh`): whether the site has made that key since, nobody here can say.
        """
        try:
            return super().get_jwk_set(refresh)
        except KeysUnavailable:
            kept = self.jwk_set_cache.jwk_set_with_timestamp if self.jwk_set_cache else None
            if refresh or kept is None or time.monotonic() - kept.get_timestamp() > STALE_SECONDS:
                raise
            return kept.get_jwk_set()

    def fetch_data(self) -> Any:
        """Fetch the key set. Raises KeysUnavailable, at once where a fetch has failed in the last seconds."""
        if time.monotonic() - self._failed_at < RETRY_SECONDS:
            raise KeysUnavailable
        self.fetches += 1
        try:
            return super().fetch_data()
        except (jwt.PyJWTError, OSError, ValueError, RecursionError) as error:
            self._failed_at = time.monotonic()
            raise KeysUnavailable from error


def verified(token: str, keys: SiteKeys, issuer: str, audience: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return header and claims of a good access token. Raises Refused, KeysUnavailable."""
    try:
        header = jwt.get_unverified_header(token)
        # The header is the caller's word: its `kid` only chooses among the site's own keys.
        if "kid" not in header:
            raise jwt.PyJWKClientError
        key = keys.get_signing_key(header["kid"])
        options: Any = {"require": REQUIRED}
        # Its `alg` must be on our list and be the key's own: PyJWT compares both.
        claims = jwt.decode(token, key, ALGORITHMS, audience=audience, issuer=issuer, options=options)
    except KeysUnavailable:
        raise
    except jwt.PyJWTError as error:
        code, detail = next(reason[1:] for reason in REASONS if isinstance(error, reason[0]))
        raise Refused(code, detail) from error
    if claims.get("token_type") != "access":
        raise Refused("wrong_token_type", "This is no access token. A refresh token is for the site alone.")
    return header, claims
