"""A user's families of refresh tokens: those that are alive, and those that ended by reuse lately."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max
from django.utils import timezone

from jwt_app.models import REMEMBERED, RefreshFamily

MOST = 20  # of each kind, the newest
AT_ONCE = timedelta(seconds=1)  # a sign-in's own token is as old as the sign-in


@dataclass
class SignIns:
    """What the page shows."""

    alive: list[Any]
    reused: list[RefreshFamily]
    most: int = MOST


def sign_ins_of(user: Any) -> SignIns:
    """Return them; two statements. Each that is alive has `exchanged`, None before the first exchange, and `until`."""
    now, own = timezone.now(), RefreshFamily.objects.filter(user_id=user.pk)
    newest = own.annotate(newest=Max("members__token__created_at"), until=Max("members__token__expires_at"))
    alive: list[Any] = list(newest.filter(revoked_at=None, until__gt=now).order_by("-created_at")[:MOST])
    for family in alive:
        family.exchanged = _exchanged(family, family.newest)
    reused = own.filter(reason=RefreshFamily.Reason.REUSE, revoked_at__gt=now - REMEMBERED)
    return SignIns(alive, list(reused.order_by("-revoked_at")[:MOST]))


def _exchanged(family: RefreshFamily, newest: datetime) -> datetime | None:
    return newest if newest - family.created_at > AT_ONCE else None
