"""A `state` is good once, also where it comes back twenty times at the same moment.

allauth keeps it in the session and takes it out. Two requests that have read the session before either has written it
both find it there: with a provider that does not look whether a code was used, both would sign in. A cache shared by
all processes decides who is first, in one step.
"""

from __future__ import annotations

from hashlib import sha256

from django.conf import settings
from django.core.cache import caches

REMEMBERED = 900  # seconds; allauth forgets a state after 600, and a code lives no longer (RFC 6749 §4.1.2)


class CannotTell(Exception):
    """The cache does not answer. Then nobody is the first."""


def is_first(state: str) -> bool:
    """Tell whether this state comes back for the first time. Raises `CannotTell`.

    `OAUTH_CACHE` names the cache; all instances must share it.
    """
    cache = caches[getattr(settings, "OAUTH_CACHE", "default")]
    key = f"oauth.state.{sha256(state.encode(errors='replace')).hexdigest()}"
    try:
        return bool(cache.add(key, 1, REMEMBERED))
    except Exception as error:  # whatever its driver raises: to go on would be to let everybody be the first
        raise CannotTell from error
