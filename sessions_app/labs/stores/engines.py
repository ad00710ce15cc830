"""Django's own six session engines. Each is only told to keep its sessions apart: in a table, a cache or a folder, or
under a salt, that neither the site nor another store uses.

The site itself uses Django's `db`, and engines of its own for `cached_db` and `redis`: see `authdemo/session_store`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends import cache, cached_db, db, file, signed_cookies
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.core import signing
from django.core.cache import caches

from .models import CachedDbSession, DbSession

LIFETIME = 60 * 60  # seconds, from the sign-in


class ForAnHour(SessionBase):
    """Put it before an engine. It asks here how old a cookie may be; `signed_cookies` refuses what is older."""

    def get_session_cookie_age(self) -> int:
        """Return seconds."""
        return LIFETIME


class MemoryStore(ForAnHour, cache.SessionStore):
    """In the memory of this process."""

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key)
        self._cache = caches["lab_memory"]


class DbStore(ForAnHour, db.SessionStore):
    """A row."""

    @classmethod
    def get_model_class(cls) -> type[AbstractBaseSession]:
        """Return the table."""
        return DbSession


class CachedDbStore(ForAnHour, cached_db.SessionStore):
    """A row, and a copy in Redis that is believed."""

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key)
        self._cache = caches["lab_cached_db"]

    @classmethod
    def get_model_class(cls) -> type[AbstractBaseSession]:
        """Return the table."""
        return CachedDbSession


class RedisStore(ForAnHour, cache.SessionStore):
    """In Redis alone."""

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key)
        self._cache = caches["lab_redis"]


class FileStore(ForAnHour, file.SessionStore):
    """A file."""

    @classmethod
    def _get_storage_path(cls) -> str:
        # Django reads SESSION_FILE_PATH here, which is the site's. There is no public name for it.
        folder = Path(settings.STORE_LAB_FOLDER)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return str(folder)


class SignedCookieStore(ForAnHour, signed_cookies.SessionStore):
    """No record: the cookie is the data, signed with SECRET_KEY.

    All cookies of Django's engine have one salt. With that, a cookie of the lab would open the site, where the site
    keeps its sessions in signed cookies, too. Both methods are Django's but for the salt.
    """

    SALT = "sessions_app.labs.stores.signed_cookie"

    def load(self) -> dict[str, Any]:
        """Return what the cookie says, nothing where it is not from here or too old."""
        try:
            found: dict[str, Any] = signing.loads(
                self.session_key or "",
                serializer=self.serializer,
                max_age=self.get_session_cookie_age(),
                salt=self.SALT,
            )
        except (signing.BadSignature, ValueError):
            self.create()
            return {}
        return found

    def _get_session_key(self) -> str:
        return signing.dumps(self._session, compress=True, salt=self.SALT, serializer=self.serializer)  # type: ignore[attr-defined]
