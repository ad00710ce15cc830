"""Where the record of a session lies: looked for, at this moment, in the store itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.core.cache import caches
from django.db import connection
from django_redis import get_redis_connection

from .models import CachedDbSession, DbSession
from .stores import Store


def found_in(store: Store, key: str) -> str:
    """Return in words where the record was found, with its size. Of the key, nothing is said."""
    return LOOK[store.name](store, key)


def _in_memory(store: Store, key: str) -> str:
    # This process looks into its own memory. Asked at instance B, it is not there: that is the point.
    found = caches["lab_memory"].get(store.engine(key).cache_key) is not None  # type: ignore[attr-defined]
    process = f"the memory of process {settings.INSTANCE_NAME}"
    return f"In {process}." if found else f"Not in {process}: in that of the other one."


def _row(model: type[AbstractBaseSession], key: str) -> str:
    row = model._default_manager.filter(session_key=key).only("session_data").first()
    if row is None:
        return "No row was found."
    return f"A row of {len(row.session_data)} bytes in {connection.display_name}."


def _in_db(store: Store, key: str) -> str:
    return _row(DbSession, key)


def _in_cached_db(store: Store, key: str) -> str:
    return f"{_row(CachedDbSession, key)} {_redis('lab_cached_db', store, key, 'A copy')}"


def _in_redis(store: Store, key: str) -> str:
    return _redis("lab_redis", store, key, "A value")


def _redis(alias: str, store: Store, key: str, what: str) -> str:
    name = caches[alias].make_key(store.engine(key).cache_key)  # type: ignore[attr-defined]
    size = get_redis_connection(alias).strlen(str(name))
    where = "Redis or Valkey"
    return f"{what} of {size} bytes in {where}." if size else f"{what} is not in {where}."


def _in_a_file(store: Store, key: str) -> str:
    session: Any = store.engine(key)
    try:
        return f"A file of {Path(session._key_to_file()).stat().st_size} bytes on the server's disk."
    except OSError:
        return "No file was found."


def _in_the_cookie(store: Store, key: str) -> str:
    return "Nothing on the server: it is all in the cookie."


LOOK: dict[str, Callable[[Store, str], str]] = {
    "memory": _in_memory,
    "db": _in_db,
    "cached_db": _in_cached_db,
    "redis": _in_redis,
    "file": _in_a_file,
    "signed_cookie": _in_the_cookie,
}
