"""Whose sessions lie on the stores of the lab? For whoever ends all that opens an account.

Django looks a session up by its key; whose it is stands inside. So each record is read, up to `MOST` of a store.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.core.cache import caches
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from authdemo.device.store import NO_CACHE

from .models import CachedDbSession, DbSession
from .stores import STORES, Store

MOST = 1_000  # records of each store
Records = Iterator[tuple[str, dict[str, Any]]]


@dataclass(frozen=True)
class Living:
    """One session: on which store, and since and until when."""

    store: Store
    key: str = field(repr=False)  # it opens the session
    since: datetime | None
    until: datetime | None

    def end(self) -> None:
        """Delete the record. A store that does not answer keeps it."""
        with suppress(*NO_CACHE):
            self.store.engine(self.key).delete()


def can_be_listed(store: Store) -> bool:
    """Tell whether the records of this store can be gone through: not those in a process's memory, nor cookies."""
    return store.name in RECORDS


def sessions_of(user: Any) -> tuple[list[Living], list[Store]]:
    """Return the sessions of a user, and the stores that could not be asked just now."""
    found: list[Living] = []
    silent: list[Store] = []
    for store in STORES:
        if not can_be_listed(store) or store.missing:
            continue
        try:
            found += [_living(store, key, data) for key, data in RECORDS[store.name](store) if _is_of(user, data)]
        except NO_CACHE:
            silent.append(store)
    return found, silent


def _is_of(user: Any, data: dict[str, Any]) -> bool:
    return str(data.get(SESSION_KEY, "")) == str(user.pk)


def _living(store: Store, key: str, data: dict[str, Any]) -> Living:
    since, until = (parse_datetime(str(data.get(name, ""))) for name in ("signed_in_at", "_session_expiry"))
    return Living(store, key, since, until)


def _rows(model: type[DbSession] | type[CachedDbSession]) -> Callable[[Store], Records]:
    def read(store: Store) -> Records:
        alive = model._default_manager.filter(expire_date__gt=timezone.now()).order_by("-expire_date")
        return ((row.session_key, store.engine().decode(row.session_data)) for row in alive[:MOST])

    return read


def _values(store: Store) -> Records:
    cache: Any = caches[store.cache]
    prefix = store.engine().cache_key_prefix  # type: ignore[attr-defined]
    for name in islice(cache.iter_keys(f"{prefix}*"), MOST):
        yield name.removeprefix(prefix), cache.get(name) or {}


def _files(store: Store) -> Records:
    prefix = settings.SESSION_COOKIE_NAME  # which Django puts before the key
    for file in islice(Path(settings.STORE_LAB_FOLDER).glob(f"{prefix}*"), MOST):
        key = file.name.removeprefix(prefix)
        session: Any = store.engine(key)
        session.create = lambda: None  # else Django makes a new file in the place of one that has expired
        yield key, session.load()


RECORDS: dict[str, Callable[[Store], Records]] = {
    "db": _rows(DbSession),
    "cached_db": _rows(CachedDbSession),
    "redis": _values,
    "file": _files,
}
