"""For how long was the thief in? One bar for each column, all on one scale, and the same in words.

A bar knows what was tried and nothing in between: up to the last call that was let in it is solid, and from there to
the first that was refused it is pale.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from authdemo.mechanisms import MECHANISMS, Mechanism

from .endings import ending, problem_of
from .story import Clock, Played, Run

MARKS = {"sign-out": "the user signs out", "revoke": "an administrator revokes"}
TOO_LATE = "The token had expired before the thief copied it."
ENDED_BY = {"after-sign-out": "The sign-out ended it.", "after-revoke": "The revoke ended it."}


def seconds(value: float) -> str:
    """Return a time as one says it."""
    if value < 90:
        return f"{value:.1f} s"
    minutes = round(value / 60)
    return f"{minutes} minutes" if minutes < 90 else f"{round(minutes / 60)} hours"


@dataclass(frozen=True)
class Mark:
    """Something that happened, or will, `after` seconds; `at` is where it stands on the bar."""

    kind: str
    label: str
    after: float
    at: str

    @property
    def words(self) -> str:
        """Say what and when."""
        if self.after < 0:  # of all that is marked, only the end of the tokens can come before the copy
            return f"the tokens had expired {seconds(-self.after)} before the copy"
        return f"{self.label} after {seconds(self.after)}"


@dataclass
class Bar:
    """One column. Widths and places are parts of the whole bar ("12.50%"), `calls` are the thief's, in order."""

    mechanism: Mechanism
    seen: str
    unsure: str
    calls: list[tuple[str, str]]
    words: str
    still_in: bool = False


@dataclass
class Clocks:
    """All bars, what is marked in them, and how many seconds they are long and have passed."""

    length: float
    passed: float
    bars: list[Bar] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)


def clocks(run: Run) -> Clocks | None:
    """Return the clocks of a run, None while there is no copy yet."""
    copied = at_step(run, "copy")
    if copied is None:
        return None
    tokens = [run.expires[name] for name in ("jwt", "oauth") if name in run.expires]
    now = run.played[-1].at if run.next_step is None else time.time()
    until = max([*tokens, *(one.at for one in run.played)])  # a session outlives all of that
    if run.next_step and not run.by_itself and not run.waits_until:
        until = min(until, now + max((now - copied.at) / 3, 5.0))  # minutes of nothing would hide what there is
    found = Clocks(max(until - copied.at, 1.0), now - copied.at)
    for slug, label in MARKS.items():
        if marked := at_step(run, slug):
            found.marks.append(_mark(slug, label, marked.at - copied.at, found.length))
    if tokens and max(tokens) <= until:
        found.marks.append(_mark("expiry", "the tokens expire", max(tokens) - copied.at, found.length))
    found.bars = [_bar(run, mechanism, copied, found) for mechanism in MECHANISMS]
    return found


def at_step(run: Run, slug: str) -> Played | None:
    """Return the step as it was played, None where it was not."""
    return next((one for one in run.played if one.slug == slug), None)


def _mark(kind: str, label: str, after: float, length: float) -> Mark:
    return Mark(kind, label, after, part(after, length))


def part(of: float, length: float) -> str:
    """Return a length as a part of the bar."""
    return f"{min(max(of / length, 0.0), 1.0) * 100:.2f}%"


def _bar(run: Run, mechanism: Mechanism, copied: Played, found: Clocks) -> Bar:
    clock = run.clock(mechanism.slug)
    seen = clock.last_in or 0.0
    reaches = found.passed if clock.goes_on else clock.first_out or 0.0
    calls = [
        (part(one.at - copied.at, found.length), one.cells[mechanism.slug].outcome)
        for one in run.tries
        if mechanism.slug in one.cells
    ]
    return Bar(
        mechanism,
        part(seen, found.length),
        part(max(reaches - seen, 0.0) if clock.last_in is not None else 0.0, found.length),
        [call for call in calls if call[1] in {"in", "out"}],
        words(run, mechanism.slug),
        clock.goes_on,
    )


def words(run: Run, column: str) -> str:
    """Say for how long the thief was let in, in one column."""
    clock, problem = run.clock(column), problem_of(run, column)
    if clock.last_in is None:
        refused = any(one.cells[column].outcome == "out" for one in run.tries if column in one.cells)
        never = TOO_LATE if run.was_too_late(column) else "Never let in."
        said = never if refused else ""
    elif clock.goes_on:
        said = _still_in(run, column, clock)
    else:
        said = f"Let in {_for(run, clock)}. {ended_by(run, column)}"
    return " ".join(filter(None, [said, "It could not be tried to the end." if problem else ""]))


def _for(run: Run, clock: Clock) -> str:
    """Say how long, and how much of it came after the sign-out."""
    last_in = clock.last_in or 0.0
    copied, signed_out = at_step(run, "copy"), at_step(run, "sign-out")
    after = last_in - (signed_out.at - copied.at) if copied and signed_out else 0.0
    more = f", {seconds(after)} of that after the sign-out" if after > 0 else ""
    return f"for {seconds(last_in)}{more}"


def _still_in(run: Run, column: str, clock: Clock) -> str:
    if run.next_step is not None:
        return f"Let in when he last called, after {seconds(clock.last_in or 0.0)}."
    left = (clock.until or 0.0) - run.played[-1].at
    kind = "cookie" if column == "sessions" else "token"
    more = f" The {kind} was good for another {seconds(left)} then." if left > 0 else ""
    return f"Still in when this run ended, after {seconds(clock.last_in or 0.0)}.{more}"


def ended_by(run: Run, column: str) -> str:
    """Say what stopped the thief, "" where nothing did."""
    end, copied = ending(run, column), at_step(run, "copy")
    if end is None or copied is None:
        return ""
    if end.expired:
        return f"Only its expiry, after {seconds(run.expires[column] - copied.at)}, ended it."
    return ENDED_BY.get(end.refused.slug, "")
