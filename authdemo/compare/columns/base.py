"""What the columns have in common: who calls, and what an answer means."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

import requests
from django.db import DatabaseError
from django.http import HttpRequest

from authdemo.device.actions import PEOPLE

from ..clients import Administrator, Caller, is_there
from ..steps import BY_SLUG, Step
from ..story import Call, Cell, Run

ACCOUNT = PEOPLE[0]
EXPIRED = "Its time is up, and it says so itself: nobody had to end it."


class Problem(Exception):
    """The column cannot go on. Its text is the sentence for the cell."""


def nowhere() -> None:
    """Keep nothing: who plays a run in one go ends it as well."""


class Column:
    """One mechanism. Each step is a method of the step's name, and returns the cell.

    `held` is what the column must remember between two steps, credentials among it; it is kept encrypted. What was
    opened is in there, and `end` ends it. `keep` keeps it now.
    """

    name = ""

    def __init__(
        self,
        run: Run,
        held: dict[str, str],
        learner: HttpRequest,
        admin: Administrator | None = None,
        keep: Callable[[], None] = nowhere,
    ) -> None:
        self.run, self.choices, self.held, self.learner = run, run.choices, held, learner
        self.admin, self.keep = admin, keep
        self.caller = Caller(learner, "")

    def play(self, step: Step) -> Cell:
        """Play one step. After a problem nothing is called any more."""
        if broken := next((one for one in self.run.played if self.outcome(one.slug) == "problem"), None):
            return Cell("problem", f"This column stopped at “{BY_SLUG[broken.slug].title}”.")
        self.caller = Caller(self.learner, step.actor)
        try:
            cell: Cell = getattr(self, step.method)()
        except Problem as why:
            cell = Cell("problem", str(why))
        except DatabaseError:
            cell = Cell("problem", "The database did not answer, or refused.")
        finally:
            self.caller.session.close()
        cell.calls = cell.calls or self.caller.made
        return cell

    def opened(self, **what: str) -> None:
        """Remember what was opened, before anything else is called: a process can be killed at any time."""
        self.held |= what
        self.keep()

    def outcome(self, slug: str) -> str:
        """Return what came of a step here, "" where it was not played."""
        cell = self.run.cell(slug, self.name)
        return cell.outcome if cell else ""

    # ---- What differs

    def use(self, to: str) -> requests.Response | None:
        """Send the credential to "A", "B" or "orders" and ask whom that makes us."""
        raise NotImplementedError

    def because(self, call: Call) -> str:
        """Return what decided. It is told from the answer; what was chosen says only what was to be expected."""
        raise NotImplementedError

    def end(self) -> None:
        """End all that is still open. Nothing is said where somebody does not answer: it ends by itself then."""
        raise NotImplementedError

    # ---- What is the same

    def call(self) -> Cell:
        """The user calls instance A."""
        return self.seen("A")

    def instance_b(self) -> Cell:
        """The user calls instance B."""
        return self.seen("B")

    def stolen(self) -> Cell:
        """The thief calls."""
        return self.seen("A")

    def after_sign_out(self) -> Cell:
        """The thief calls after the user's sign-out."""
        return self.seen("A")

    def after_revoke(self) -> Cell:
        """The thief calls after the administrator."""
        return self.seen("A")

    def expiry(self) -> Cell:
        """The thief calls when the time of the tokens is up."""
        return self.seen("A")

    def seen(self, to: str, note: str = "") -> Cell:
        """Use the credential there, and say what came of it."""
        if not is_there(to):
            return Cell("nothing", f"{_named(to)} is no part of this demo.")
        self.use(to)
        call = self.caller.made[-1]
        if call.status == HTTPStatus.OK and call.user:
            return Cell("in", note or self.because(call))
        if call.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            return Cell("out", note or self.because(call))
        return Cell("nothing", _unsaid(call))


def _named(to: str) -> str:
    return "The orders service" if to == "orders" else f"Instance {to}"


def _unsaid(call: Call) -> str:
    if not call.status:
        return f"{_named(call.to)} did not answer: {call.failed}."
    return f"{_named(call.to)} could not tell: it answered with {call.status} {call.code}".rstrip() + "."
