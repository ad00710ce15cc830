"""`manage.py prune`: once a day, by cron say."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from rich.console import Console
from rich.progress import Progress, TextColumn, TimeElapsedColumn

from authdemo.housekeeping.chores import EVENTS_KEPT_FOR, chores


class Command(BaseCommand):
    """Safe beside a serving site: small transactions, flat memory. Stopped half-way, the next run goes on."""

    help = "Delete what is over: expired sessions, tokens, grants and denials, old events, kept experiments."

    def add_arguments(self, parser: CommandParser) -> None:
        """Say how large a batch is, and for how long events are kept."""
        parser.add_argument("--batch-size", type=int, default=500, help="rows in a transaction (default: 500)")
        parser.add_argument(
            "--events", type=int, default=EVENTS_KEPT_FOR.days, metavar="DAYS",
            help=f"for how long events and the admin's log are kept (default: {EVENTS_KEPT_FOR.days} days)",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        """Do each chore, and say how many rows went. Raises CommandError, one sentence."""
        size, days = options["batch_size"], options["events"]
        if not 1 <= size <= 5_000:
            raise CommandError("--batch-size must be from 1 to 5000.")
        if not 1 <= days <= 36_500:
            raise CommandError("--events must be from 1 to 36500 days.")
        total = 0
        try:
            for what, chore in chores(timedelta(days=days)).items():
                total += self.do(what, chore(size))
            self.stdout.write(f"{total:,} rows deleted." if total else "Nothing was over.")
        except KeyboardInterrupt:
            raise CommandError("Stopped. What was deleted is deleted; the next run goes on.", returncode=130) from None
        except DatabaseError as error:
            why = str(error).strip().splitlines()[0]
            raise CommandError(f"Stopped by the database: {why}. The next run goes on.") from None
        except OSError as error:
            raise CommandError(f"Stopped by the system: {error.strerror}. The next run goes on.") from None

    def do(self, what: str, batches: Any) -> int:
        """Run one chore; on a terminal, show how far it is. Returns how many rows went."""
        done, console = 0, Console(file=getattr(self.stdout, "_out", None))
        columns = (TextColumn("{task.description}"), TextColumn("{task.completed:,.0f}"), TimeElapsedColumn())
        with Progress(*columns, console=console, transient=True, disable=not self.stdout.isatty()) as progress:
            task = progress.add_task(what)
            for number in batches:
                done += number
                progress.update(task, completed=done)
        if done:
            self.stdout.write(f"{done:>10,} {what}")
        return done
