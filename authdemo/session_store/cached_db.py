"""Sessions in the database, with a copy in a cache that is never believed by itself.

Django's `cached_db` believes its cache. A session that was ended while the cache could not be told is alive again as
soon as the cache is back; so is one whose copy another request writes just after the end, or one that the cache brings
back from a snapshot. No mark in a cache can mend that: it may be lost as well. Only the row knows.

So the row is asked, in the one statement that reads the user anyway. What the cache spares is the other statement:
it knows whose session this is before the database was asked.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY, get_user_model
from django.contrib.sessions.backends import db
from django.contrib.sessions.base_session import AbstractBaseSession
from django.core.cache import caches
from django.db.models import Exists
from django.utils import timezone

from . import users

KEY_PREFIX = "authdemo.session_store.cached_db"


class SessionStore(db.SessionStore):
    """Django's `db` store with a copy. The copy is the row's `session_data`: encoded, and signed with `SECRET_KEY`.

    It counts only while it is, to the letter, what the row of this key holds. An ended session has no row, and a copy
    that is out of date, or that somebody put there, is not what the row holds. The tables of sessions and users must
    be in one database. The async methods are those of `db`, without a copy.
    """

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key)
        self._cache = caches[settings.SESSION_CACHE_ALIAS]
        self._encoded = ""

    @property
    def cache_key(self) -> str:
        """Under which name the copy lies, as on Django's engine."""
        return KEY_PREFIX + (self.session_key or "")

    def load(self) -> dict[str, Any]:
        """Return the data: one cache call and one statement with a copy, two statements and two calls without."""
        copy = self._ignoring("get", self.cache_key)
        data = self.decode(copy) if copy else {}  # of what is no copy, too
        if data and self._is_the_row(copy, data):
            return data
        row = self._get_session_from_db()  # type: ignore[attr-defined]
        if row is None:  # and the session has no key any more: Django sends the browser to forget it
            return {}
        self._write_copy(row.session_data, row.expire_date)
        return self.decode(row.session_data)

    def save(self, must_create: bool = False) -> None:
        """Write the row, then the copy. Raises UpdateError where the row is gone: it never comes back by a save."""
        created = self.session_key is None  # then `create` calls this again, and nothing is left to do
        super().save(must_create)
        if not created:
            self._write_copy(self._encoded, self.get_expiry_date())

    def delete(self, session_key: str | None = None) -> None:
        """Delete the row: that is the end. The copy is tidied up as far as the cache listens."""
        key = session_key or self.session_key
        super().delete(key)
        if key:
            self._ignoring("delete", KEY_PREFIX + key)

    def create_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        """Return the row to be saved, and note what it holds: each encoding has another time in it."""
        row = super().create_model_instance(data)
        self._encoded = row.session_data
        return row

    def _is_the_row(self, copy: str, data: dict[str, Any]) -> bool:
        row = self.model.objects.filter(
            session_key=self.session_key, session_data=copy, expire_date__gt=timezone.now()
        )
        if SESSION_KEY not in data:
            return row.exists()
        user = get_user_model()._default_manager.filter(Exists(row), pk=data[SESSION_KEY]).first()
        if user is not None:
            users.keep(user)
        return user is not None

    def _write_copy(self, encoded: str, expiry: datetime) -> None:
        seconds = self.get_expiry_age(expiry=expiry)
        self._ignoring("set", self.cache_key, encoded, seconds)

    def _ignoring(self, operation: str, *args: Any) -> Any:
        try:
            return getattr(self._cache, operation)(*args)
        except Exception:  # noqa: BLE001  whatever a cache raises, or holds that cannot be read: the row is the truth
            return None
