"""`manage.py check`: is the token configuration one that should be used?"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.core.cache.backends.locmem import LocMemCache
from django.core.checks import CheckMessage, Error, Warning, register
from rest_framework_simplejwt import settings as simplejwt

from . import keys
from .backend import key_ring
from .keyring import KeyRingError

LONGEST_GRACE = 60  # seconds: within them nobody notices a thief


@register
def token_settings(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Report a key that is shared or does not fit, and claims that nobody would check."""
    s = simplejwt.api_settings
    found: list[CheckMessage] = []
    if getattr(settings, "JWT_KEY_RING", None):
        found += _ring_problems(s.ALGORITHM)
    elif s.SIGNING_KEY == settings.SECRET_KEY:
        # SimpleJWT's default. Then whoever has one has both, and neither can be changed alone.
        found.append(Error("SIMPLE_JWT['SIGNING_KEY'] must be a key of its own, not SECRET_KEY.", id="jwt_app.E001"))
    else:
        try:
            keys.public_key(s.ALGORITHM, s.SIGNING_KEY)
        except ValueError as error:
            found.append(Error(f"SIMPLE_JWT: ALGORITHM and SIGNING_KEY do not fit. {error}", id="jwt_app.E003"))
    found += [
        Error(f"SIMPLE_JWT['{name}'] must be set: without it a token made for another purpose is accepted.", id=code)
        for name, code in {"ISSUER": "jwt_app.E004", "AUDIENCE": "jwt_app.E005"}.items()
        if not getattr(s, name)
    ]
    found += [
        Error(f"SIMPLE_JWT['{name}'] must be set: SimpleJWT's own serializer knows no families.", id="jwt_app.E006")
        for name in (f"TOKEN_{verb}_SERIALIZER" for verb in ("OBTAIN", "REFRESH", "BLACKLIST", "VERIFY"))
        if getattr(s, name) == simplejwt.DEFAULTS[name]
    ]
    grace = getattr(settings, "JWT_ROTATION_GRACE_SECONDS", 0)
    if not isinstance(grace, int) or not 0 <= grace <= LONGEST_GRACE:
        text = f"JWT_ROTATION_GRACE_SECONDS must be a whole number from 0 to {LONGEST_GRACE}."
        found.append(Error(text, id="jwt_app.E002"))
    if getattr(settings, "JWT_DENYLIST", False):
        found += denylist_cache_settings()
    return found


def _ring_problems(algorithm: str) -> list[CheckMessage]:
    """Report a ring that cannot be read, and an algorithm that cannot have one. It is not made here."""
    if algorithm not in keys.NEEDS or keys.is_symmetric(algorithm):
        needs = "JWT_KEY_RING needs an algorithm with a public key, such as RS256, ES256 or EdDSA."
        return [Error(f"SIMPLE_JWT['ALGORITHM']: {needs}", id="jwt_app.E007")]
    ring = key_ring()
    try:
        if ring:
            ring.read()
    except KeyRingError as error:
        return [Error(f"JWT_KEY_RING: {error}", id="jwt_app.E008")]
    return []


def denylist_cache_settings() -> list[CheckMessage]:
    """Report a cache that cannot keep the copy of the deny-list."""
    alias = getattr(settings, "JWT_DENYLIST_CACHE", "default")
    config: dict[str, Any] | None = settings.CACHES.get(alias)
    if config is None:
        return [Error(f"JWT_DENYLIST_CACHE: there is no cache {alias!r} in CACHES.", id="jwt_app.E009")]
    if config.get("OPTIONS", {}).get("IGNORE_EXCEPTIONS"):
        # Then nobody would notice that a denial was not passed on.
        return [Error(f"JWT_DENYLIST_CACHE: the cache {alias!r} must not ignore exceptions.", id="jwt_app.E010")]
    if isinstance(caches[alias], LocMemCache):
        hint = "With several processes, name a cache that they share, such as Redis or Django's database cache."
        return [Warning(f"JWT_DENYLIST_CACHE: the cache {alias!r} is known to one process.", hint, id="jwt_app.W001")]
    return []
