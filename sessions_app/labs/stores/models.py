"""Tables of the lab's own, by Django's base class for it: a key of the lab is no row of `django_session`.

Else whoever signed in here would also be signed in to the site, unseen by the list of devices. The engines in
`engines.py` name their table; to decode a row, ask them.
"""

from __future__ import annotations

from django.contrib.sessions.base_session import AbstractBaseSession


class DbSession(AbstractBaseSession):
    """A session of the store `db`."""

    class Meta:
        verbose_name = "session in the store db"
        verbose_name_plural = "sessions in the store db"


class CachedDbSession(AbstractBaseSession):
    """A session of the store `cached_db`, of which a cache has a copy."""

    class Meta:
        verbose_name = "session in the store cached_db"
        verbose_name_plural = "sessions in the store cached_db"
