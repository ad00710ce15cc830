"""`manage.py seed_scale --rows N`: a crowd, to try the admin and `prune` among many rows."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from authdemo.accounts.demo import is_local_demo
from authdemo.housekeeping import crowd, scale


class Command(BaseCommand):
    """Adds to what is there; stopped half-way, whole batches stay. Nobody can sign in as one of these users."""

    help = "Add many users with sessions, tokens, grants and events. In the demo only."

    def add_arguments(self, parser: CommandParser) -> None:
        """Say how many."""
        parser.add_argument("--rows", type=int, required=True, help="sessions, sign-ins by token and events")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write them, with a bar on a terminal. Raises CommandError, one sentence."""
        rows = options["rows"]
        if not 1 <= rows <= 10_000_000:
            raise CommandError("--rows must be from 1 to 10000000.")
        if not is_local_demo():
            raise CommandError("Nothing was added: a crowd is for a demo on this machine, and this is none.")
        columns = (TextColumn("A crowd"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        console = Console(file=getattr(self.stdout, "_out", None))
        with Progress(*columns, console=console, disable=not self.stdout.isatty()) as progress:
            task = progress.add_task("", total=rows)
            try:
                scale.fill(rows, lambda done: progress.update(task, completed=done))
            except DatabaseError as error:
                why = str(error).strip().splitlines()[0]
                raise CommandError(f"Stopped by the database: {why}. Whole batches were added.") from None
        self.stdout.write(f"{rows:,} sessions, sign-ins by token and events, of {-(-rows // crowd.EACH):,} users.")
