"""Clear what has expired, a little at a time: the site goes on meanwhile, and memory stays flat.

SimpleJWT's `flushexpiredtokens` deletes everything in one step. That loads every row, and on SQLite nobody can sign in
until it is done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

from django.db import reset_queries, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from .backend import token_backend
from .models import REMEMBERED, Denial, FamilyMember, RefreshFamily

# An exchange looks at `exp` first and writes afterwards, when it has waited for its turn. What expired this long ago
# is in nobody's hands any more.
MARGIN = timedelta(minutes=5)


def expired_tokens(size: int) -> Iterator[int]:
    """Delete the refresh tokens that have expired, with what belongs to them. Yield how many, after each batch.

    It goes along the primary key: the table is read once, whether or not most of it is still good, and needs no index
    for this.
    """
    before = timezone.now() - MARGIN - token_backend().get_leeway()
    return in_batches(OutstandingToken.objects.filter(expires_at__lte=before), size, _delete_tokens)


def empty_families(size: int) -> Iterator[int]:
    """Delete the families that have no token left. One that ended by reuse is kept for as long as it is shown."""
    shown = Q(reason=RefreshFamily.Reason.REUSE, revoked_at__gt=timezone.now() - REMEMBERED)
    return in_batches(RefreshFamily.objects.filter(~shown, members=None), size)


def expired_denials(size: int) -> Iterator[int]:
    """Delete the denials of access tokens that have expired by themselves. Yield how many, after each batch."""
    return in_batches(Denial.objects.filter(expires_at__lte=timezone.now()), size)


def _delete(batch: QuerySet) -> int:
    _, of_each_kind = batch.delete()
    return of_each_kind.get(batch.model._meta.label, 0)


def in_batches(rows: QuerySet, size: int, delete: Callable[[QuerySet], int] = _delete) -> Iterator[int]:
    """Delete rows, `size` of them in a transaction, and yield how many after each. Along the primary key.

    What is done is done, whatever stops it, and nobody waits for long. Two at once count each row once.
    """
    last = None
    while True:
        rest = rows.order_by("pk") if last is None else rows.order_by("pk").filter(pk__gt=last)
        keys = list(rest.values_list("pk", flat=True)[:size])
        if not keys:
            return
        with transaction.atomic():
            number = delete(rows.order_by().filter(pk__in=keys))  # which looks once more whether they are over
        last = keys[-1]
        reset_queries()  # with DEBUG, Django keeps the text of each statement
        yield number


def _delete_tokens(batch: QuerySet[OutstandingToken]) -> int:
    keys = list(batch.values_list("pk", flat=True))
    # What points to them first, one statement each; Django's cascade would load the rows.
    FamilyMember.objects.filter(parent__in=keys).update(parent=None)
    FamilyMember.objects.filter(token__in=keys).delete()
    BlacklistedToken.objects.filter(token__in=keys).delete()
    return _delete(OutstandingToken.objects.filter(pk__in=keys))
