"""`manage.py flush_tokens`: from time to time, by cron say."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from jwt_app import cleaning


class Command(BaseCommand):
    """Safe beside a serving site; stopped half-way, the next run goes on."""

    help = "Delete refresh tokens that have expired, families that have none left, and denials of expired tokens."

    def add_arguments(self, parser: CommandParser) -> None:
        """Say how large a batch is."""
        parser.add_argument("--batch-size", type=int, default=1000, help="rows in a transaction (default: 1000)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Delete, and say how many. Raises CommandError for a batch of no rows."""
        size = options["batch_size"]
        if not 1 <= size <= 10_000:
            raise CommandError("--batch-size must be from 1 to 10000.")
        tokens = self.count("tokens", cleaning.expired_tokens(size))
        families = self.count("families", cleaning.empty_families(size))
        denials = self.count("denials", cleaning.expired_denials(size))
        self.stdout.write(f"Deleted {tokens} expired tokens and {families} families without tokens.")
        if denials:
            self.stdout.write(f"Deleted {denials} denials of access tokens that have expired.")

    def count(self, what: str, batches: Any) -> int:
        """Add the batches up; on a terminal, show how far it is."""
        done = 0
        for number in batches:
            done += number
            if self.stdout.isatty():
                self.stdout.write(f"\r{done} {what}", ending="")
                self.stdout.flush()
        if done and self.stdout.isatty():
            self.stdout.write("\r", ending="")
        return done
