"""Django's cache backends, counted: one call of the cache API by the application is one count.

`CACHES` names these classes. What goes past the cache API, such as `django_redis.get_redis_connection`, is not seen.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial, wraps
from typing import Any, ClassVar

from django.core.cache import caches
from django.core.cache.backends import db, locmem

from authdemo.wire.counters import count_cache_call, outside_of_cache_call

# Django's API. The async methods of the base class call these; `in` calls has_key.
OPERATIONS = [
    "add", "get", "set", "touch", "delete", "get_many", "get_or_set", "has_key", "incr", "decr", "set_many",
    "delete_many", "clear", "incr_version", "decr_version",
]  # fmt: skip


def counted(operation: str, original: Callable[..., Any]) -> Callable[..., Any]:
    """Return the method with a count around it."""

    @wraps(original)
    def method(self: CountedCache, *args: Any, **kwargs: Any) -> Any:
        return count_cache_call(lambda: self.alias, operation, partial(original, self, *args, **kwargs))

    return method


class CountedCache:
    """Put it before a cache backend. `more_operations` are what the backend has beyond Django's API."""

    more_operations: ClassVar[list[str]] = []

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for operation in [*OPERATIONS, *cls.more_operations]:
            setattr(cls, operation, counted(operation, getattr(cls, operation)))

    @cached_property
    def alias(self) -> str:
        """The name in CACHES, which Django does not tell its backends."""
        me: object = self
        return next((alias for alias in caches if caches[alias] is me), "")

    def get_or_set(self, key: Any, default: Any, *args: Any, **kwargs: Any) -> Any:
        """Let a function that makes the value count its own statements and cache calls, apart from this call."""
        value = partial(outside_of_cache_call, default) if callable(default) else default
        return super().get_or_set(key, value, *args, **kwargs)  # type: ignore[misc]


class DatabaseCache(CountedCache, db.DatabaseCache):
    """A table. Its statements count as statements besides."""


class LocMemCache(CountedCache, locmem.LocMemCache):
    """The memory of one process."""
