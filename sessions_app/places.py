"""Where the record of one session lies, to the letter: which row, key or file, and how many bytes it has there.

Its name contains the session's ID, which opens the session. So a name is shown with four characters of it.
"""

from __future__ import annotations

import os
import pickle
from base64 import b64encode
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends import cache as in_cache
from django.contrib.sessions.backends import db, file, signed_cookies
from django.contrib.sessions.backends.base import SessionBase
from django.core.cache import caches
from django.core.cache.backends.db import DatabaseCache
from django.core.cache.backends.locmem import LocMemCache

from .store import store_class

KEY_START = 4  # characters of an ID that may be shown: enough to recognise it by


@dataclass(frozen=True)
class Place:
    """One thing that holds the data. `bytes` is None where it is not there, or nobody can tell."""

    kind: str  # "row", "cache key", "file" or "cookie"
    name: str
    bytes: int | None


def places(session: SessionBase) -> tuple[Place, ...]:
    """Return where this session lies, the truth first, then a copy. Asks each of these places for the size."""
    store, key = store_class(), session.session_key or ""
    if issubclass(store, signed_cookies.SessionStore):
        return (Place("cookie", settings.SESSION_COOKIE_NAME, len(key)),)
    if issubclass(store, db.SessionStore):
        found = [_row(store, key)]
    elif issubclass(store, file.SessionStore):
        found = [_file(session, key)]
    else:
        found = []
    # Django's engines that use a cache say under which name.
    if issubclass(store, in_cache.SessionStore) or hasattr(store, "cache_key"):
        found.append(_cache_key(session, key))
    return tuple(found)


def masked(name: str, key: str) -> str:
    """Return the name of a row, key or file with the first characters of the session's ID in it, and no more."""
    return name.replace(key, key[:KEY_START] + "…") if key else name


def _row(store: Any, key: str) -> Place:
    model = store.get_model_class()
    row = model.objects.filter(session_key=key).only("session_data").first()
    name = f"{model._meta.db_table} where session_key = {key}"
    return Place("row", masked(name, key), len(row.session_data) if row else None)


def _file(session: Any, key: str) -> Place:
    path = session._key_to_file()
    size = os.path.getsize(path) if os.path.exists(path) else None
    return Place("file", masked(os.path.basename(path), key), size)


def _cache_key(session: Any, key: str) -> Place:
    cache = caches[settings.SESSION_CACHE_ALIAS]
    try:
        size = _size_in(cache, session.cache_key)
    except Exception:  # noqa: BLE001  whatever a cache raises: its size is worth no page that fails
        size = None
    return Place("cache key", masked(cache.make_key(session.cache_key), key), size)


def _size_in(cache: Any, name: str) -> int | None:
    """Return the bytes of a value as this cache writes it: no cache can be asked, so it is written once more here."""
    value = cache.get(name)
    if value is None:
        return None
    if hasattr(getattr(cache, "client", None), "encode"):  # django-redis
        return len(cache.client.encode(value))
    if isinstance(cache, DatabaseCache):
        return len(b64encode(pickle.dumps(value, cache.pickle_protocol)))
    if isinstance(cache, LocMemCache):
        return len(pickle.dumps(value, cache.pickle_protocol))
    return None
