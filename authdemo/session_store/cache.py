"""Sessions in Redis alone, by django-redis. A server that does not answer is an error, not "no such session".

Django's engine swallows every error of a look-up: with Redis down, everybody is signed out without a word. And its
save looks first and writes then: a sign-out between the two is undone by the write.

What Redis remembers counts: started again from an old snapshot, it knows sessions that have ended since. Where that
matters, set `appendonly yes` there, or use `cached_db`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.sessions.backends import cache
from django.contrib.sessions.backends.base import UpdateError
from redis.exceptions import RedisError

from . import StoreUnavailable


class SessionStore(cache.SessionStore):
    """Django's `cache` store. What asks the server raises StoreUnavailable where it does not answer.

    The async methods are Django's own.
    """

    _cache: Any
    _session: dict[str, Any]
    failure: StoreUnavailable | None = None  # `SessionMiddleware` looks here: not everybody lets an exception through

    def load(self) -> dict[str, Any]:
        """Return the data, nothing where there is no such session."""
        with self._answered():
            try:
                data = self._cache.get(self.cache_key)
            except ValueError:  # not JSON: no session of ours
                data = None
        if isinstance(data, dict):
            return data
        self._session_key = None
        return {}

    def create(self) -> None:
        """Take a new key. Where it could not be saved, the session still has the one that it had."""
        before = self.session_key
        try:
            super().create()
        except StoreUnavailable:
            self._session_key = before
            raise

    def save(self, must_create: bool = False) -> None:
        """Write. SET with XX writes only what is there, in one step: no sign-out comes in between."""
        with self._answered():
            if self.session_key is None or must_create:
                super().save(must_create)
            elif not self._cache.set(self.cache_key, self._session, self.get_expiry_age(), xx=True):
                raise UpdateError

    def exists(self, session_key: str) -> bool:
        """Tell whether there is such a session."""
        with self._answered():
            return super().exists(session_key)

    def delete(self, session_key: str | None = None) -> None:
        """End it. What could not be ended is not said to be."""
        with self._answered():
            super().delete(session_key)

    @contextmanager
    def _answered(self) -> Iterator[None]:
        try:
            yield
        except (RedisError, OSError) as error:
            self.failure = StoreUnavailable(type(error).__name__)
            raise self.failure from error
