"""The denials in a cache: a copy that knows whether it is complete.

The rows are the truth. The cache may forget, throw out or come back with what it knew an hour ago, and no token that
was denied may be accepted because of it. Therefore:

- All denials are one value. A cache can lose it, but no part of it.
- The value carries a stamp, and counts only while the same stamp stands beside it. Every denial deletes the stamp when
  its row is committed. A copy made from rows that were read before then has the old stamp and never counts.
- The value counts for COMPLETE_FOR seconds, so whatever else goes wrong is over by then.
- `distrust` says that the cache may have gone back in time, as a Redis does that starts again from a snapshot.

Where the copy does not count, it is made again from the rows. Where the cache or then the database does not answer,
nobody knows, and `Unavailable` is raised: a check that cannot be made has not been passed.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.cache import BaseCache, caches
from django.db import router
from django.utils import timezone
from rest_framework.exceptions import APIException

from .models import Denial

logger = logging.getLogger("jwt_app.denylist")

STAMP, COPY = "jwt_app.denylist.stamp", "jwt_app.denylist.copy"
COMPLETE_FOR = 30  # seconds
MOST = 10_000  # denials in the copy: 400 kB that each check reads. Beyond it, a check asks the rows (one statement)

_doubt: object = object()
_settled: object | None = None  # the doubt that this process has settled by reading the rows; at its start, none


class Unavailable(APIException):
    """503: whether the token was denied cannot be found out now."""

    status_code = 503
    default_detail = "The list of tokens that were taken back cannot be read, so no token is accepted. Try again soon."
    default_code = "denylist_unavailable"
    wait = 5  # seconds: REST framework makes it Retry-After


def distrust() -> None:
    """Take the cache's word for nothing until the rows were read again.

    To be called for each new connection to a cache that survives a restart: behind it may be an older state.
    """
    global _doubt
    _doubt = object()


def void() -> None:
    """Let no copy count that was made before this moment, in any process. Raises Unavailable."""
    with _unless_unavailable():
        _cache().delete(STAMP)  # not `set`: Django's database cache does not say where that fails


def is_any_denied(identifiers: set[str]) -> bool:
    """Say whether one of them is denied: one cache call where the copy counts. Raises Unavailable."""
    settled = _settled  # before the call: another thread may settle its doubt while our answer is under way
    with _unless_unavailable():
        found = _cache().get_many([STAMP, COPY])
        doubt = _doubt  # after it: the call may have made a new connection
        stamp, copy = found.get(STAMP), found.get(COPY)
        if settled is not doubt:
            _cache().delete(STAMP)
            denied = _copied_again(None, doubt)
        elif stamp is None or not isinstance(copy, dict) or copy.get("stamp") != stamp:
            denied = _copied_again(stamp, doubt)
        else:
            denied = copy["denied"]
        if denied is None:
            return bool(_rows().filter(identifier__in=identifiers).exists())
        return not identifiers.isdisjoint(denied)


def _copied_again(stamp: str | None, doubt: object) -> list[str] | None:
    """Return what is denied by the rows, None for too many to be copied, and leave it in the cache.

    Any number of processes may do this at once: each writes what it has read, with the stamp that stood there before
    it read.
    """
    global _settled
    cache = _cache()
    if stamp is None:
        cache.add(STAMP, uuid4().hex, None)
        stamp = cache.get(STAMP)  # ours, or that of who was faster
    found = list(_rows().values_list("identifier", flat=True)[: MOST + 1])
    denied = found if len(found) <= MOST else None
    if stamp is not None:
        cache.set(COPY, {"stamp": stamp, "denied": denied}, COMPLETE_FOR)
    _settled = doubt
    return denied


def _rows() -> Any:
    """Return the denials of tokens that have not expired. Not from a replica, which may be behind."""
    return Denial.objects.using(router.db_for_write(Denial)).filter(expires_at__gt=timezone.now())


def _cache() -> BaseCache:
    return caches[getattr(settings, "JWT_DENYLIST_CACHE", "default")]


@contextmanager
def _unless_unavailable() -> Iterator[None]:
    try:
        yield
    except Exception as error:  # each cache has exceptions of its own, and none of them may let a token pass
        logger.error("The deny-list is unavailable: %s", type(error).__name__)
        raise Unavailable from error
