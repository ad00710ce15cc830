"""A run: its steps one by one, each in all columns before the next, really sent; and the end of all that it opened."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field

from django.http import HttpRequest

from authdemo.experiments import NotTried, may_sign_in

from . import leftovers
from .choices import Choices
from .clients import Administrator
from .columns import COLUMNS
from .columns.base import ACCOUNT, nowhere
from .steps import ADMIN, BY_SLUG
from .story import Cell, Played, Run

AFTER_REVOKE = BY_SLUG["after-revoke"]
PAUSE = 1.0  # seconds
BROKEN_OFF = "This step was broken off half-way, so nobody knows what it has done. Begin again."


@dataclass
class Scenario:
    """A run, and what its columns hold between two steps, by column: credentials, and what must be ended."""

    run: Run = field(default_factory=Run)
    held: dict[str, dict[str, str]] = field(default_factory=dict)


def begin(choices: Choices) -> Scenario:
    """Return a run of which nothing was played yet. What one that was killed has left behind is ended first."""
    leftovers.end()
    return Scenario(Run(choices), {name: {} for name in COLUMNS})


def play_next(
    scenario: Scenario,
    learner: HttpRequest,
    predicted: list[str] | None = None,
    keep: Callable[[], None] = nowhere,
) -> None:
    """Play the next step in all columns, for the browser that sent `learner`. After the last one all is ended.

    `predicted` are the columns in which the call was expected to work, None where nobody was asked. `keep` is called
    before the first call, and whenever something was opened: this process may be gone in the next moment. A step that
    was kept and never came to its end is not played a second time, and ends the run. Raises NotTried where nobody can
    sign in, where the last step would come too early, and what `keep` raises.
    """
    run = scenario.run
    step = run.next_step
    if step is None:
        return
    if run.under_way:
        _break_off(scenario, learner)
        return
    if not run.played:
        may_sign_in(ACCOUNT)
    if until := run.waits_until:
        raise NotTried(f"The tokens are good for {until - time.time():.0f} more seconds. Wait for their end.")
    run.under_way = step.slug
    keep()
    played = Played(step.slug, time.time(), predicted=predicted)
    with ExitStack() as stack:
        admin = stack.enter_context(Administrator(learner)) if step.actor == ADMIN else None
        for name, column in COLUMNS.items():
            played.cells[name] = column(run, scenario.held[name], learner, admin, keep).play(step)
    run.played.append(played)
    run.under_way = ""
    if run.next_step is None:
        end(scenario, learner)


def _break_off(scenario: Scenario, learner: HttpRequest) -> None:
    """Say so in each column, and end the run: a sign-out that is sent again finds what the first one has done."""
    run = scenario.run
    run.played.append(Played(run.under_way, time.time(), {name: Cell("problem", BROKEN_OFF) for name in COLUMNS}))
    run.under_way, run.broken_off, run.by_itself = "", True, False
    end(scenario, learner)


def meanwhile(scenario: Scenario, learner: HttpRequest) -> None:
    """While the run waits for its last step: the thief calls once more, where he was let in the last time.

    Not within a second of his last call: two tabs may ask, or a script, and each call is kept.
    """
    run = scenario.run
    if run.waits_until is None or time.time() - run.tries[-1].at < PAUSE:
        return
    once_more = Played(AFTER_REVOKE.slug, time.time())
    for name, column in COLUMNS.items():
        if run.clock(name).goes_on:
            once_more.cells[name] = column(run, scenario.held[name], learner).play(AFTER_REVOKE)
    if once_more.cells:
        run.meanwhile.append(once_more)


def end(scenario: Scenario, learner: HttpRequest) -> None:
    """End all that the run has opened and that is still open, and forget every credential of it."""
    for name, column in COLUMNS.items():
        column(scenario.run, scenario.held[name], learner).end()
        scenario.held[name] = {}
