"""A run as lines of text, for a terminal of 100 columns."""

from __future__ import annotations

from textwrap import wrap

from authdemo.mechanisms import MECHANISMS

from .steps import BY_SLUG, STEPS
from .story import COLUMNS, Cell, Played, Run

TITLES = {one.slug: one.name for one in MECHANISMS}
FIRST = max(len(step.title) for step in STEPS) + 1
EACH = 23  # characters
WIDTH = 100
BRIEF = {"nothing": "-", "problem": "failed"}


def head() -> str:
    """Return the first line."""
    return f"{'':<{FIRST}}" + "".join(f"{TITLES[name]:<{EACH}}" for name in COLUMNS).rstrip()


def line(played: Played) -> str:
    """Return a step: per column what came of it, statements and cache calls, bytes both ways, and time."""
    cells = "".join(f"{brief(played.cells[name]):<{EACH}}" for name in COLUMNS)
    return f"{BY_SLUG[played.slug].title:<{FIRST}}{cells}".rstrip()


def brief(cell: Cell) -> str:
    """Return a cell in a few characters."""
    call, outcome = cell.call, BRIEF.get(cell.outcome, cell.outcome)
    if call is None:
        return outcome
    if not call.status:
        return f"{outcome} no answer"
    costs = "" if call.sql is None else f"{call.sql}+{call.cache} "
    asked = f"asked {call.asked} " if call.asked else ""
    seconds = call.milliseconds / 1000
    time = f"{seconds:.1f}s" if seconds >= 1 else f"{call.milliseconds:.0f}ms"
    return f"{outcome} {asked}{costs}{call.request_bytes + call.response_bytes}B {time}"


def notes(played: Played) -> list[str]:
    """Return why, where something could not be tried or there was nothing to do."""
    found = ((name, played.cells[name]) for name in COLUMNS)
    why = (f"  {TITLES[name]}: {cell.note}" for name, cell in found if cell.outcome in BRIEF)
    return [line for text in why for line in wrap(text, WIDTH, subsequent_indent="    ")]


def clocks(run: Run) -> list[str]:
    """Return how long the thief stayed in."""
    return [f"{TITLES[name]:<{FIRST}}{how_long(run, name)}" for name in COLUMNS]


def how_long(run: Run, column: str) -> str:
    """Return it in words."""
    clock = run.clock(column)
    if clock.last_in is None:
        return "never: its time was up before the thief copied it" if run.was_too_late(column) else "never"
    if clock.first_out is not None:
        return f"at least {clock.last_in:.1f} s, out after {clock.first_out:.1f} s"
    return f"{clock.last_in:.1f} s, and still in"
