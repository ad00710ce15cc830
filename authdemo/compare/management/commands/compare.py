"""`manage.py compare`: the scenario of the page Compare, played against the running demo from a terminal."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from django.urls import reverse

from authdemo.compare import play, table
from authdemo.compare.choices import ALGORITHMS, ASKS, LIFETIMES, STORES, Choices
from authdemo.compare.clients import Caller, somebody
from authdemo.compare.play import Scenario
from authdemo.compare.story import COLUMNS
from authdemo.experiments import NotTried

POSSIBLE = {"store": STORES, "algorithm": ALGORITHMS, "lifetime": tuple(map(str, LIFETIMES)), "asks": ASKS}
NOT_READY = "The database is not ready: run `python manage.py migrate` first."
LEGEND = """in, out: whether the caller got in. "-": nobody to ask, or nothing to do.
Then statements + cache calls (asked: calls of orders to the site), bytes both ways, and the time."""


class Command(BaseCommand):
    """Plays all steps, prints them as they are played, and ends what it has opened."""

    help = "Play one scenario with sessions, JWT and OAuth2, against the running demo."

    def add_arguments(self, parser: CommandParser) -> None:
        """What can be chosen on the page, and how to print it."""
        chosen = Choices()
        for name, values in POSSIBLE.items():
            default = str(getattr(chosen, name))
            parser.add_argument(f"--{name}", default=default, help=f"{', '.join(values)} (default: {default})")
        parser.add_argument("--denylist", action="store_true", help="check the access token against a deny-list")
        parser.add_argument("--json", action="store_true", help="print JSON when all is played, instead of a table")
        parser.add_argument("--no-wait", action="store_true", help="leave out the last step: the end of the tokens")

    def handle(self, *args: Any, **options: Any) -> None:
        """Play. Raises CommandError, one sentence, where nothing can be played."""
        choices = chosen_of(options)
        is_there()
        self.quiet = options["json"]
        try:
            scenario = play.begin(choices)
        except DatabaseError as error:
            raise CommandError(NOT_READY) from error
        self.say(f"{settings.SITE_URL}\n{', '.join(f'{k} {v}' for k, v in asdict(choices).items())}\n{LEGEND}\n")
        self.say(table.head())
        try:
            self.play(scenario, wait=not options["no_wait"])
        except NotTried as why:
            raise CommandError(str(why)) from None
        except DatabaseError as error:
            raise CommandError(NOT_READY) from error
        except KeyboardInterrupt:
            raise CommandError("Stopped. All that it had opened is ended.") from None
        finally:
            play.end(scenario, somebody())
        clocks = {name: asdict(scenario.run.clock(name)) for name in COLUMNS}
        if self.quiet:
            self.stdout.write(json.dumps(scenario.run.as_json() | {"clocks": clocks}, indent=1))
        self.say("\n".join(["", "The thief was in, after the copy:", *table.clocks(scenario.run)]))

    def play(self, scenario: Scenario, *, wait: bool) -> None:
        """Play each step; without `wait`, not those that have to be waited for."""
        while scenario.run.next_step:
            if scenario.run.next_step.slug == "expiry" and not wait:
                return
            self.count_down(scenario)
            play.play_next(scenario, somebody())
            played = scenario.run.played[-1]
            self.say("\n".join([table.line(played), *table.notes(played)]))

    def count_down(self, scenario: Scenario) -> None:
        """Wait for the end of the tokens, and say how long that takes: each second where somebody looks."""
        looked_at, said = self.stderr.isatty(), False
        while until := scenario.run.waits_until:
            left = max(0.0, until - time.time())
            if looked_at or not said:
                text = f"The tokens are good for {left:.0f} more seconds."
                self.stderr.write(f"\r{text} " if looked_at else text, ending="" if looked_at else "\n")
                self.stderr.flush()
                said = True
            time.sleep(min(left, 1))
        if said and looked_at:
            self.stderr.write("")

    def say(self, text: str) -> None:
        """Print it, unless JSON was asked for."""
        if not self.quiet:
            self.stdout.write(text)
            self.stdout.flush()


def chosen_of(options: dict[str, Any]) -> Choices:
    """Return what was chosen. Raises CommandError for what cannot be."""
    for name, values in POSSIBLE.items():
        if options[name] not in values:
            raise CommandError(f"--{name} must be one of: {', '.join(values)}.")
    chosen = {name: options[name] for name in ("store", "algorithm", "asks", "denylist")}
    return Choices(**chosen, lifetime=int(options["lifetime"]))


def is_there() -> None:
    """Raise CommandError where the site does not answer, or has no experiments."""
    caller, path = Caller(somebody(), ""), reverse("stores:whoami", kwargs={"store": "db"})
    answer = caller.get("A", path)
    if answer is None:
        why = caller.made[-1].failed
        raise CommandError(f"The site {settings.SITE_URL} does not answer ({why}). Start it: `manage.py demo`.")
    if answer.status_code == HTTPStatus.NOT_FOUND:
        raise CommandError(f"The experiments of {settings.SITE_URL} are off. Start it with LABS=true.")
