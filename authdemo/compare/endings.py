"""What stopped the thief, in one column: the sign-out, the administrator, or only the end of the credential's time."""

from __future__ import annotations

from dataclasses import dataclass

from .story import Played, Run

SLACK = 0.5  # seconds between two calls that are no part of either


@dataclass(frozen=True)
class Ending:
    """The first call that was refused after one that was let in. `expired`: nobody ended it, its time was up."""

    refused: Played
    expired: bool


def ending(run: Run, column: str) -> Ending | None:
    """Return what stopped the thief, None where nothing has."""
    let_in: Played | None = None
    for one in run.tries:
        outcome = one.cells[column].outcome if column in one.cells else ""
        if outcome == "in":
            let_in = one
        elif outcome == "out" and let_in:
            return Ending(one, _had_expired(run, column, let_in, one))
    return None


def _had_expired(run: Run, column: str, let_in: Played, refused: Played) -> bool:
    """Tell whether the time was up. The answer says so; or else the clock, unless it was revoked in time."""
    call = refused.cells[column].call
    if call is not None and call.code in {"token_expired", "token_denied"}:
        return call.code == "token_expired"
    until = run.expires.get(column, float("inf"))
    revoked = next((one for one in run.played if one.slug == "revoke"), None)
    if revoked and let_in.at < revoked.at < until and revoked.cells[column].outcome == "done":
        return False
    took = sum(one.milliseconds for cell in refused.cells.values() for one in cell.calls) / 1000
    return until <= refused.at + took + SLACK


def problem_of(run: Run, column: str) -> str:
    """Return why a column could not be tried to the end, "" where it could."""
    cells = (one.cells.get(column) for one in run.played)
    return next((cell.note for cell in cells if cell and cell.outcome == "problem"), "")
