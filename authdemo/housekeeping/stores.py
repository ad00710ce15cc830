"""What is no model and grows as well: sessions in files, and the cache's table."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.core.cache.backends.db import DatabaseCache
from django.db import connection, reset_queries, transaction
from django.utils import timezone

HALF_WRITTEN_FOR = timedelta(days=1)  # what a process leaves that is killed while it writes a session
# Django's cache looks for a row first and writes it afterwards. A key that comes back has done so by then.
MARGIN = timedelta(hours=1)


def session_files(engine: Any, size: int) -> Iterator[int]:
    """Delete the files of sessions that have expired. Yield how many, after each `size` of them.

    Django's `clear_expired` does the same with all names in memory, and says no number.
    """
    gone = 0
    with os.scandir(engine._get_storage_path()) as folder:  # which has no public name
        for entry in folder:
            if entry.name.startswith(settings.SESSION_COOKIE_NAME):
                gone += _cleared(engine, Path(entry.path))
            if gone >= size:
                yield gone
                gone = 0
    yield gone


def _cleared(engine: Any, path: Path) -> bool:
    session = engine(path.name.removeprefix(settings.SESSION_COOKIE_NAME))
    session.create = lambda: None  # an expired one that is loaded is deleted; a new one is not wanted
    session.load()
    with suppress(FileNotFoundError):
        found = path.stat()
        half_written = not found.st_size or "_out_" in path.name
        if half_written and found.st_mtime < time.time() - HALF_WRITTEN_FOR.total_seconds():
            path.unlink()
    return not path.exists()


def cache_rows(size: int) -> Iterator[int]:
    """Delete what has expired in the caches' tables; Redis does that by itself. Yield how many, after each batch.

    Django does it when somebody asks for the key again, and for the rest when a table has MAX_ENTRIES rows.
    """
    used = [caches[alias] for alias in settings.CACHES]
    tables = {vars(cache)["_table"] for cache in used if isinstance(cache, DatabaseCache)}
    for table in sorted(tables):
        yield from _rows_of(connection.ops.quote_name(table), size)


def _rows_of(table: str, size: int) -> Iterator[int]:
    before = connection.ops.adapt_datetimefield_value(timezone.now().replace(microsecond=0) - MARGIN)
    find = f"SELECT cache_key FROM {table} WHERE expires < %s AND cache_key > %s ORDER BY cache_key LIMIT %s"  # noqa: S608
    last = ""
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(find, [before, last, size])
            keys = [key for (key,) in cursor.fetchall()]
            if not keys:
                return
            these = ", ".join(["%s"] * len(keys))
            # It looks once more: somebody may have written a key anew.
            cursor.execute(f"DELETE FROM {table} WHERE cache_key IN ({these}) AND expires < %s", [*keys, before])  # noqa: S608
            gone = cursor.rowcount
        last = keys[-1]
        reset_queries()  # with DEBUG, Django keeps the text of each statement
        yield gone
