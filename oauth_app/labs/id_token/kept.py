"""The last ID token of one browser, kept for ten minutes: what it says, what was expected, what each check said.

It names a person, so all of it lies encrypted in the `security` cache, with a key made from SECRET_KEY and the
browser's own name. Whoever reads the cache, or a copy of it, reads nothing.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from django.core.cache import caches

from authdemo.sealed import seal, unseal
from oauth_app.client.id_token import Expected, IDToken, half_hash

AGE = 10 * 60  # seconds
PURPOSE = "oauth_id_token"
LARGEST = 16 * 1024  # characters; a real one has about a thousand


@dataclass
class Kept:
    """Plain values, so that JSON can hold them. `at` is Unix time, `checks` are pairs of name and result.

    `expected` has what the token was compared with, but the access token: of that, only the hash.
    """

    provider_id: str
    raw: str
    header: dict[str, Any]
    claims: dict[str, Any]
    checks: list[tuple[str, bool | None]]
    expected: dict[str, Any]
    keys: str  # the provider's JWK Set: public
    at: float = field(default_factory=time.time)

    @property
    def failed(self) -> list[str]:
        """The names of the checks that failed."""
        return [name for name, ok in self.checks if ok is False]


def taken(provider_id: str, token: IDToken, expected: Expected) -> Kept | None:
    """Return what is kept of a token that was checked, None for one that is too large."""
    keys = json.dumps(dict(expected.keys))
    if max(len(token.raw), len(keys)) > LARGEST:
        return None
    compared = {
        "iss": expected.issuer,
        "aud": expected.client_id,
        "nonce": expected.nonce,
        "at_hash": half_hash(token, expected),
        "sub": None if expected.userinfo is None else expected.userinfo.get("sub"),
        "keys": _names(expected.keys),
    }
    checks = [(check.name, check.ok) for check in token.checks]
    return Kept(provider_id, token.raw, dict(token.header), dict(token.claims), checks, compared, keys)


def _names(keys: Mapping[str, Any]) -> list[str]:
    published = keys.get("keys")
    found = published if isinstance(published, list) else []
    return [f"{key.get('kid')} ({key.get('alg') or key.get('kty')})" for key in found if isinstance(key, dict)]


def token_of(browser: str) -> Kept | None:
    """Return the last one of this browser, None where there is none (any more)."""
    kept = caches["security"].get(_key(browser)) if browser else None
    if not isinstance(kept, str):
        return None
    try:
        return Kept(**unseal(PURPOSE, browser, kept))
    except (ValueError, TypeError):  # another SECRET_KEY, or an older version of this code
        return None


def keep(browser: str, token: Kept) -> None:
    """Keep it in the place of the one before."""
    caches["security"].set(_key(browser), seal(PURPOSE, browser, asdict(token)), AGE)


def forget(browser: str) -> None:
    """Delete it."""
    caches["security"].delete(_key(browser))


def _key(browser: str) -> str:
    return f"oauth_id_token.{browser}"
