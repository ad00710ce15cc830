"""What the page shows of a run: rows, how far it is, what is asked next. No request, no HTML."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from authdemo.mechanisms import MECHANISMS, Mechanism
from sessions_app.labs.stores.stores import BY_NAME as STORE_ROWS

from .choices import Choices
from .clocks import clocks
from .forms import ASKS_WORDS, in_words
from .steps import BY_SLUG, STEPS, Step
from .story import Cell, Played, Run
from .summary import answer, names, summary


@dataclass(frozen=True)
class Row:
    """One step: as it was played, or `played` is None."""

    number: int
    step: Step
    played: Played | None

    @property
    def actor(self) -> str:
        """Who does it, where the title does not say it."""
        return "" if self.step.actor.split()[-1] in self.step.title else self.step.actor

    @property
    def cells(self) -> Iterator[tuple[Mechanism, Cell | None]]:
        """Each mechanism with what was seen, left to right."""
        for mechanism in MECHANISMS:
            yield mechanism, self.played.cells.get(mechanism.slug) if self.played else None

    @property
    def expected(self) -> str:
        """The columns that somebody expected, in words."""
        return names(self.played.predicted or []) if self.played else ""

    @property
    def happened(self) -> str:
        """The columns in which it worked, in words."""
        return names(self.played.let_in) if self.played else ""

    @property
    def missed(self) -> str:
        """The columns in which it worked and nobody expected it, in words; "" for none."""
        return self._difference(wrong=False)

    @property
    def wrong(self) -> str:
        """The columns in which it was expected to work and did not, in words; "" for none."""
        return self._difference(wrong=True)

    def _difference(self, *, wrong: bool) -> str:
        let_in = set(self.played.let_in) if self.played else set()
        expected = set(self.played.predicted or []) if self.played else set()
        found = expected - let_in if wrong else let_in - expected
        return names(list(found)) if found else ""


@dataclass(frozen=True)
class Score:
    """How many predictions were right."""

    right: int
    asked: int


def rows(run: Run) -> list[Row]:
    """Return all eleven steps."""
    played = {one.slug: one for one in run.played}
    return [Row(number, step, played.get(step.slug)) for number, step in enumerate(STEPS, 1)]


def shown(run: Run) -> dict[str, Any]:
    """Return the context of the part of the page that changes."""
    until, now = run.waits_until, time.time()
    lines = rows(run)
    of_column = in_columns(run.choices)
    tokens = max((run.expires[name] for name in ("jwt", "oauth") if name in run.expires), default=0.0)
    return {
        "run": run,
        "rows": lines,
        "last": lines[len(run.played) - 1] if run.played else None,
        "next": lines[len(run.played)] if run.next_step else None,
        "done": run.next_step is None,
        "steps": len(STEPS),
        "every": max(2, run.choices.lifetime // 15),
        "left": math.ceil(until - now) if until else 0,
        "left_words": left(until - now) if until else "",
        "too_late": run.next_step is not None and any(run.was_too_late(one.slug) for one in MECHANISMS),
        "tokens_left": max(0, math.ceil(tokens - now)) if run.next_step else 0,
        "tokens_left_words": left(tokens - now),
        "clocks": clocks(run),
        "answer": answer(run),
        "summary": summary(run),
        "score": score(run),
        "heads": [(one, of_column[one.slug]) for one in MECHANISMS],
        "said": said(run),
    }


def left(seconds: float) -> str:
    """Return what is left as the page's script writes it, too."""
    minutes, rest = divmod(max(0, math.ceil(seconds)), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def score(run: Run) -> Score | None:
    """Return how many predictions were right, None where nobody was asked."""
    asked = [one.right for one in run.played if one.right is not None]
    return Score(asked.count(True), len(asked)) if asked else None


def in_columns(choices: Choices) -> dict[str, str]:
    """Return what was chosen, for the heads of the columns."""
    life = in_words(choices.lifetime).replace("seconds", "s").replace("minutes", "min")
    checked = "with a deny-list" if choices.denylist else "no deny-list"
    return {
        "sessions": f"A cookie; the record: {STORE_ROWS[choices.store].title}",
        "jwt": f"{choices.algorithm}, {life}, {checked}",
        "oauth": f"Opaque, {life}, the other service {ASKS_WORDS[choices.asks]}",
    }


def said(run: Run) -> str:
    """Return what is read out. While it plays by itself, only what takes longer than a moment."""
    if run.broken_off:
        return answer(run)
    if run.next_step is None:
        return f"All {len(STEPS)} steps are done. {answer(run)}"
    if run.waits_until:
        return "Waiting until the tokens expire."
    if run.by_itself:
        return "Playing."
    if not run.played:
        return "Ready for the first step."
    last = run.played[-1]
    verdict = "" if last.right is None else " You were right." if last.right else " Not as you expected."
    tried = any(cell.outcome in {"in", "out"} for cell in last.cells.values())
    let_in = f" Let in: {names(last.let_in)}." if tried else ""
    return f"Step {len(run.played)}, {BY_SLUG[last.slug].title}, is done.{verdict}{let_in}"
