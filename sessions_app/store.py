"""The session engine in use: its class, and in words where it keeps the record behind the cookie."""

from __future__ import annotations

from importlib import import_module

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.core.cache import caches
from django.core.cache.backends.db import DatabaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.db import connection


def store_class() -> type[SessionBase]:
    """Return the class of SESSION_ENGINE. Django has no public name for it."""
    found: type[SessionBase] = import_module(settings.SESSION_ENGINE).SessionStore
    return found


def describe_store() -> str:
    """Return the end of the sentence "the record lies in …", for the session engine in use."""
    engine = settings.SESSION_ENGINE.rsplit(".", 1)[-1]
    row = f"a row of the table django_session in {connection.display_name}"
    return {
        "db": row,
        "cached_db": f"{row}, with a copy in {_cache()}",
        "cache": _cache(),
        "file": "a file on the server's disk",
        "signed_cookies": "the cookie itself",
    }.get(engine, engine)


def _cache() -> str:
    cache = caches[settings.SESSION_CACHE_ALIAS]
    if isinstance(cache, LocMemCache):
        return "the memory of this one server process"
    if isinstance(cache, DatabaseCache):
        return f"a cache table in {connection.display_name}"
    return "Redis or Valkey" if "redis" in type(cache).__module__ else f"a cache ({type(cache).__name__})"
