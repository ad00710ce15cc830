"""Clear what is over, a little at a time: the site goes on meanwhile, and memory stays flat.

Nothing that can still be used, or that a thief's token would be known by, is touched: a consent stays until it is
taken back, a grant as long as it has a token, a used refresh token as long as its copy could be good.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from allauth.idp.oidc import app_settings
from allauth.idp.oidc.models import Token
from django.db import reset_queries, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from ..models import DeviceCode, Grant, GrantToken, UsedRefreshToken, WrongUserCodes
from .devices import COUNTED_FOR

# Whoever waits for a row writes after it has looked. What has been over for an hour is in nobody's hands any more.
MARGIN = timedelta(hours=1)
SHOWN = timedelta(days=30)  # for so long /oauth/apps/ says why something ended by itself


def tokens(size: int) -> Iterator[int]:
    """Delete tokens that have expired. Yield how many, after each batch."""
    return _in_batches(Token.objects.filter(expires_at__lt=timezone.now() - MARGIN), size)


def grants(size: int) -> Iterator[int]:
    """Delete grants that came to an end, and codes that nobody has exchanged in time."""
    now = timezone.now()
    without_tokens = ~Exists(GrantToken.objects.filter(grant=OuterRef("pk")))
    longest = max(app_settings.AUTHORIZATION_CODE_EXPIRES_IN, app_settings.DEVICE_CODE_EXPIRES_IN)
    not_fetched = Q(exchanged_at=None, ended_at=None, created_at__lt=now - MARGIN - timedelta(seconds=longest))
    over = Q(exchanged_at__lt=now - MARGIN, ended_at=None) | Q(ended_at__lt=now - SHOWN)
    return _in_batches(Grant.objects.filter(without_tokens & (not_fetched | over)), size)


def used_refresh_tokens(size: int) -> Iterator[int]:
    """Delete what is known of refresh tokens that would have expired by now, had nobody used them."""
    lifetime = app_settings.REFRESH_TOKEN_EXPIRES_IN
    if not lifetime:
        return iter(())
    before = timezone.now() - timedelta(seconds=lifetime) - MARGIN
    return _in_batches(UsedRefreshToken.objects.filter(used_at__lt=before), size)


def device_codes(size: int) -> Iterator[int]:
    """Delete the codes of devices that have expired."""
    return _in_batches(DeviceCode.objects.filter(expires_at__lt=timezone.now() - MARGIN), size)


def wrong_user_codes(size: int) -> Iterator[int]:
    """Delete counts of wrong codes that count no more."""
    return _in_batches(WrongUserCodes.objects.filter(since__lt=timezone.now() - COUNTED_FOR - MARGIN), size)


def _in_batches(rows: QuerySet, size: int) -> Iterator[int]:
    """Each batch is a transaction of its own: what is done is done, whatever stops it, and nobody waits for long."""
    last = 0
    while keys := list(rows.order_by("pk").filter(pk__gt=last).values_list("pk", flat=True)[:size]):
        with transaction.atomic():
            _, deleted = rows.filter(pk__in=keys).delete()  # which looks once more whether they are over
        last = keys[-1]
        reset_queries()  # with DEBUG, Django keeps the text of each statement
        yield deleted.get(rows.model._meta.label, 0)
