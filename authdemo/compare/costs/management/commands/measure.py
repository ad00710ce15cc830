"""`manage.py measure`: what each mechanism costs on this machine."""

from __future__ import annotations

import _thread
import argparse
import json
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from authdemo.compare.costs import results, supervising, table


def sizes(value: str) -> list[int]:
    """Return whole numbers, smallest first. Raises argparse.ArgumentTypeError."""
    found = sorted({int(part) for part in value.split(",") if part.strip().isascii() and part.strip().isdigit()})
    if not found or found[0] < 1 or found[-1] > 1_000_000:
        raise argparse.ArgumentTypeError("numbers from 1 to 1000000, with commas between")
    return found


def seconds(value: str) -> float:
    """Return seconds. Raises argparse.ArgumentTypeError."""
    try:
        found = float(value)
    except ValueError:
        found = 0
    if not 0 < found <= 600:
        raise argparse.ArgumentTypeError("a number up to 600")
    return found


class Command(BaseCommand):
    """Measures in a scratch site of its own; nothing of this site is touched but the file with the figures."""

    help = "Measure what each mechanism costs, on a scratch site of its own, and keep the figures for the pages."

    def add_arguments(self, parser: CommandParser) -> None:
        """Say what may be said."""
        parser.add_argument("--output", type=Path, help="Write the figures there, instead of where the pages look.")
        parser.add_argument(
            "--seconds", type=seconds, default=supervising.SECONDS,
            help="How long is measured; to make the site and its rows comes on top.",
        )  # fmt: skip
        parser.add_argument(
            "--growth", type=sizes, default=list(supervising.SIZES), metavar="1000,10000,100000",
            help="Among how many live sessions and tokens.",
        )  # fmt: skip
        parser.add_argument("--progress", action="store_true", help="Print each step as a JSON line, and no table.")
        parser.add_argument(
            "--until-closed",
            action="store_true",
            help="End when standard input is closed: whoever started it is gone.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Measure, write, print."""
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends what it has started, as Ctrl-C does
        if options["until_closed"]:
            threading.Thread(target=self._end_with_input, daemon=True).start()
        try:
            with supervising.alone():
                if not options["until_closed"]:  # else the page has done so, and it may have been cancelled since
                    supervising.forget_cancel()
                self._measure(options)
        except supervising.Failed as why:
            raise CommandError(str(why)) from None

    def _measure(self, options: dict[str, Any]) -> None:
        def say(share: float, text: str) -> None:
            supervising.note(supervising.RUNNING, share, text)
            if options["progress"]:
                self.stdout.write(json.dumps({"share": share, "text": text}))
                self.stdout.flush()
            elif text != said[-1]:
                said.append(text)
                self.stderr.write(f"{share:4.0%}  {text} …")

        said = [""]
        try:
            say(0.0, "A process of its own begins")
            measured = supervising.measure(options["seconds"], options["growth"], say)
            target = options["output"] or results.path()
            try:
                found = results.parsed(measured)
                results.write(target, measured)
            except OSError as error:
                raise supervising.Failed(f"The figures cannot be written to {target}: {error.strerror}.") from None
            supervising.note(supervising.DONE, 1.0)
        except supervising.Failed as why:
            how = supervising.CANCELLED if isinstance(why, supervising.Cancelled) else supervising.FAILED
            supervising.note(how, text=str(why))
            raise
        except KeyboardInterrupt:
            supervising.note(supervising.CANCELLED, text="It was ended before it was done.")
            raise CommandError("Ended. The figures of before stay.") from None
        if not options["progress"]:
            self.stdout.write(table.of(found))
            self.stdout.write(f"Written to {target}. The page /compare/costs/ draws them.")

    def _end_with_input(self) -> None:
        sys.stdin.read()
        _thread.interrupt_main()
