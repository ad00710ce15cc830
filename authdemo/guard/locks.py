"""When is an account locked, and until when? One statement answers for an address and for all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any

from django.db.models import Max, Sum
from django.utils import timezone

from .limits import FROM_ANYWHERE, FROM_ONE_ADDRESS, cool_off
from .models import Failures


@dataclass(frozen=True)
class Standing:
    """How an account stands, seen from one address."""

    failures_here: int = 0
    failures: int = 0
    locked_until: datetime | None = None

    @property
    def locked(self) -> bool:
        """Whether no password is looked at."""
        return self.locked_until is not None

    @property
    def seconds_left(self) -> int:
        """How long that lasts: what `Retry-After` says. At least 1."""
        left = (self.locked_until - timezone.now()).total_seconds() if self.locked_until else 0
        return max(1, ceil(left))


def standing_of(account: str, address: str, now: datetime) -> Standing:
    """Return how the account stands. A failure counts until the cool-off after the last one from its address."""
    return standings_of([account], now)(account, address)


def standings_of(accounts: Iterable[str | None], now: datetime) -> Callable[[str | None, str | None], Standing]:
    """Return what tells of these accounts, seen from an address, how they stand. One statement for all of them."""
    rows = Failures.objects.live(now).filter(username__in=set(accounts)).values("username", "ip_address")
    # The oldest first: in this order they stop counting.
    found = rows.annotate(count=Sum("failures_since_start"), last=Max("attempt_time")).order_by("last")
    groups: dict[str | None, list[dict[str, Any]]] = {}
    for group in found:
        groups.setdefault(group["username"], []).append(dict(group))
    return lambda account, address: _standing(groups.get(account, []), address)


def _standing(groups: list[dict[str, Any]], address: str | None) -> Standing:
    total = left = sum(group["count"] for group in groups)
    here, until = 0, []
    for group in groups:
        end = group["last"] + cool_off()
        if group["ip_address"] == address:
            here = group["count"]
            if here >= FROM_ONE_ADDRESS:
                until.append(end)
        if left >= FROM_ANYWHERE:
            until.append(end)
        left -= group["count"]
    return Standing(here, total, max(until, default=None))
