"""What was seen in a run: calls, in cells, in steps. Plain values only: it lies in a cache as JSON.

Nothing here is a credential. Headers are masked before they get here; what a run must hold to go on is in `kept.py`.
"""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, field
from typing import Any

from .choices import Choices
from .steps import STEPS, Step

COLUMNS = ("sessions", "jwt", "oauth")  # the slugs of `authdemo.mechanisms`, left to right


@dataclass
class Call:
    """One HTTP request and its answer, as the client saw it.

    `to` is "A", "B" or "orders". `credential` is the header that says who calls, masked, "" where none was sent;
    `credential_bytes` are those of that header's value as it was sent. `status` is 0 where nobody answered, `failed`
    says why. `user` is whom the server took the caller for: "" for nobody, None where the answer does not say.
    `sql` and `cache` are the look-ups it cost, None where the answer does not say. `asked` counts the calls that the
    independent service made to the site for this one, with `asked_sql` statements there.
    Bytes: `request_bytes` and `response_bytes` count head and body on the wire.
    """

    who: str
    to: str
    method: str
    path: str
    credential: str = ""
    credential_bytes: int = 0
    request_bytes: int = 0
    status: int = 0
    code: str = ""
    user: str | None = None
    sql: int | None = None
    cache: int | None = None
    asked: int = 0
    asked_sql: int = 0
    response_bytes: int = 0
    milliseconds: float = 0.0
    failed: str = ""


@dataclass
class Cell:
    """One step in one column. The last of `calls` is the one that matters; the others led to it.

    `outcome`: "in" (the server took the caller for the user), "out" (it refused), "done" (an act that is no question
    of getting in), "nothing" (there was nothing to do, or nobody to ask: `note` says why), "problem" (it could not be
    tried, `note` says why; the column stops there).
    `note` is one plain sentence on what decided.
    """

    outcome: str
    note: str = ""
    calls: list[Call] = field(default_factory=list)

    @property
    def call(self) -> Call | None:
        """The call that matters."""
        return self.calls[-1] if self.calls else None


@dataclass
class Played:
    """One step as it was played. `at` is when (Unix time, seconds). `predicted` are the columns in which somebody
    expected the call to work, None where nobody was asked."""

    slug: str
    at: float
    cells: dict[str, Cell] = field(default_factory=dict)
    predicted: list[str] | None = None

    @property
    def let_in(self) -> list[str]:
        """The columns in which the call worked, left to right."""
        return [name for name in COLUMNS if name in self.cells and self.cells[name].outcome == "in"]

    @property
    def right(self) -> bool | None:
        """Whether the prediction was right, None where there was none."""
        return None if self.predicted is None else sorted(self.predicted) == sorted(self.let_in)


@dataclass
class Clock:
    """How long a thief was let in, in one column. Seconds since the copy; None where it has not happened.

    `last_in` is the last call that was let in, `first_out` the first that was refused. `goes_on`: at the end of the
    run the copy still worked; `until` is when it expires by itself (Unix time), None where it does not say.
    """

    last_in: float | None = None
    first_out: float | None = None
    goes_on: bool = False
    until: float | None = None


@dataclass
class Run:
    """One run. `expires` is when the credential of each column ends by itself (Unix time).

    `by_itself`: whoever plays it goes on to the next step without being asked, until it is said otherwise.
    `meanwhile` are the thief's calls while the run waits for its last step, each in the columns that let him in.
    `under_way` is the step that is being played, "" between two. `broken_off`: somebody has found it so later, when
    nobody played it any more. What it has done nobody knows, so nothing is played after it.
    """

    choices: Choices = field(default_factory=Choices)
    played: list[Played] = field(default_factory=list)
    expires: dict[str, float] = field(default_factory=dict)
    by_itself: bool = False
    meanwhile: list[Played] = field(default_factory=list)
    under_way: str = ""
    broken_off: bool = False

    @property
    def next_step(self) -> Step | None:
        """The first step that was not played, None after the last, and where one was broken off."""
        return None if self.broken_off or len(self.played) == len(STEPS) else STEPS[len(self.played)]

    @property
    def waits_until(self) -> float | None:
        """When the next step can be played (Unix time), None where that is now: the last one waits for the tokens."""
        step = self.next_step
        if step is None or step.slug != "expiry":
            return None
        tokens = [self.expires[name] for name in ("jwt", "oauth") if name in self.expires]
        until = max(tokens, default=0.0)
        return until if until > time.time() else None

    def was_too_late(self, column: str) -> bool:
        """Tell whether the credential's time was up before the thief had a copy: then nothing is seen of a thief."""
        copied = next((one.at for one in self.played if one.slug == "copy"), time.time())
        return self.expires.get(column, float("inf")) <= copied

    def cell(self, slug: str, column: str) -> Cell | None:
        """Return what was seen there, None where it was not played."""
        return next((one.cells.get(column) for one in self.played if one.slug == slug), None)

    @property
    def tries(self) -> list[Played]:
        """Every time that the thief has called, in order."""
        thiefs = {step.slug for step in STEPS if step.is_the_thiefs_call}
        steps = [one for one in self.played if one.slug in thiefs]
        return sorted([*steps, *self.meanwhile], key=lambda one: one.at)

    def clock(self, column: str) -> Clock:
        """Return how long the thief was let in."""
        clock = Clock(until=self.expires.get(column))
        copied = next((one.at for one in self.played if one.slug == "copy"), 0.0)
        for one in self.tries:
            cell = one.cells.get(column)
            if cell is None:
                continue
            if cell.outcome == "in":
                clock.last_in, clock.goes_on = one.at - copied, True
            elif cell.outcome == "out" and clock.goes_on:
                clock.first_out, clock.goes_on = one.at - copied, False
        return clock

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON can hold it."""
        return asdict(self)

    @classmethod
    def of_json(cls, kept: dict[str, Any]) -> Run:
        """Return what `as_json` was given. Raises KeyError, TypeError, ValueError for anything else."""
        played, meanwhile = ([_played(one) for one in kept[name]] for name in ("played", "meanwhile"))
        rest = {name: kept[name] for name in ("expires", "by_itself", "under_way", "broken_off")}
        return cls(Choices(**kept["choices"]), played, meanwhile=meanwhile, **rest)


def _played(kept: dict[str, Any]) -> Played:
    return Played(**kept | {"cells": {name: _cell(cell) for name, cell in kept["cells"].items()}})


def _cell(kept: dict[str, Any]) -> Cell:
    return Cell(**kept | {"calls": [Call(**call) for call in kept["calls"]]})
