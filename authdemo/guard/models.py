"""The counts: axes' table, with a rule for what may be in it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from axes.models import AccessAttempt
from django.db import models, transaction
from django.db.models import Case, Exists, F, Min, OuterRef, Q, Subquery, Sum, When

from .limits import FROM_ANYWHERE, FROM_ONE_ADDRESS, cool_off


class FailuresQuerySet(models.QuerySet["Failures"]):
    """Reads as a sentence: `Failures.objects.live(now).of("alice", "192.0.2.7")`."""

    def live(self, now: datetime) -> FailuresQuerySet:
        """Keep those which still count."""
        return self.filter(attempt_time__gt=now - cool_off())

    def of(self, account: str, address: str) -> FailuresQuerySet:
        """Keep those for one account from one address."""
        return self.filter(username=account, ip_address=address)

    def one_a_pair(self, now: datetime) -> FailuresQuerySet:
        """Keep one row for each account and address where failures still count, locked or not.

        Adds `here`, their sum, and `everywhere`, the sum for the account.
        """
        account = Failures.objects.live(now).filter(username=OuterRef("username")).order_by()
        pair = account.filter(ip_address=OuterRef("ip_address")).values("ip_address")
        total = Sum("failures_since_start")
        found: FailuresQuerySet = (
            self.live(now)
            .filter(~Exists(pair.filter(pk__lt=OuterRef("pk"))), username__isnull=False, ip_address__isnull=False)
            .annotate(
                here=Subquery(pair.annotate(total=total).values("total")),
                everywhere=Subquery(account.values("username").annotate(total=total).values("total")),
            )
        )
        return found

    def locked(self, now: datetime) -> Q:
        """Return what is true of the rows that `one_a_pair` keeps where a lock stands.

        Each half adds the whole table up once. The sums of `one_a_pair` are asked row by row, which is quick for a
        page and slow for a search among all.
        """
        counting = self.live(now).exclude(username=None).order_by()
        total = Sum("failures_since_start")
        pairs = counting.values("username", "ip_address").annotate(first=Min("pk"), total=total)
        accounts = counting.values("username").annotate(total=total)
        return Q(pk__in=pairs.filter(total__gte=FROM_ONE_ADDRESS).values("first")) | Q(
            username__in=accounts.filter(total__gte=FROM_ANYWHERE).values("username")
        )

    def add_one(self, account: str, address: str, browser: str, now: datetime) -> None:
        """Count a wrong password.

        The database adds, so that of two at once none is lost. All rows of one account and address get the new time:
        a lock ends for all of its failures at once. There are always two statements, whatever was there before.
        """
        row = self.model(
            username=account, ip_address=address, user_agent=browser, failures_since_start=0, attempt_time=now
        )
        failures = F("failures_since_start")
        one_more = Case(
            When(user_agent=browser, then=failures + 1), default=failures, output_field=models.PositiveIntegerField()
        )
        with transaction.atomic():
            self.bulk_create([row], ignore_conflicts=True)
            self.of(account, address).update(failures_since_start=one_more, attempt_time=now)


class Failures(AccessAttempt):
    """Wrong passwords for one account, from one address, by one browser.

    `user_agent` holds the browser's hash, or nothing: axes tells rows apart by that column, and what a program says of
    itself is worth nothing to a guard. Path, headers and form data stay empty. They may hold anything.
    """

    objects = FailuresQuerySet.as_manager()

    class Meta:
        proxy = True
        ordering = ["-attempt_time"]
        verbose_name = "failed sign-ins"
        verbose_name_plural = "failed sign-ins and locks"

    def __str__(self) -> str:
        return f"{self.username} from {self.ip_address}"

    @property
    def siblings(self) -> Any:
        """All rows of the same account and address: what a lock is made of."""
        return Failures.objects.of(self.username, self.ip_address)
