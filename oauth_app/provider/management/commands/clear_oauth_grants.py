"""`manage.py clear_oauth_grants`: from time to time, by cron say."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from oauth_app.provider.more import cleaning

# What is cleared makes more to clear: a grant is over when its last token has gone.
STEPS = {
    "expired tokens": cleaning.tokens,
    "expired device codes": cleaning.device_codes,
    "used refresh tokens": cleaning.used_refresh_tokens,
    "grants that are over": cleaning.grants,
    "counts of wrong codes": cleaning.wrong_user_codes,
}


class Command(BaseCommand):
    """Safe beside a serving site; stopped half-way, the next run goes on."""

    help = "Delete what is over of what users have allowed to apps: tokens, codes, grants. What is in use stays."

    def add_arguments(self, parser: CommandParser) -> None:
        """Say how large a batch is."""
        parser.add_argument("--batch-size", type=int, default=500, help="rows in a transaction (default: 500)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Delete, and say how many. Raises CommandError for a batch of no rows."""
        size = options["batch_size"]
        if not 1 <= size <= 5_000:
            raise CommandError("--batch-size must be from 1 to 5000.")
        for what, batches in STEPS.items():
            self.stdout.write(f"Deleted {sum(batches(size))} {what}.")
