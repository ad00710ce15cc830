"""What was seen, in a sentence or two for each column: made from the run, never from memory."""

from __future__ import annotations

from dataclasses import dataclass

from authdemo.mechanisms import MECHANISMS, Mechanism

from .clocks import TOO_LATE, ended_by
from .endings import ending, problem_of
from .steps import BY_SLUG
from .story import Call, Played, Run


@dataclass(frozen=True)
class Seen:
    """One column. `thief`: what the copy was worth; `cost`: what a call took; `elsewhere`: at the other service."""

    mechanism: Mechanism
    thief: str
    cost: str
    elsewhere: str


def summary(run: Run) -> list[Seen]:
    """Return what was seen, left to right; nothing before the run is over."""
    if run.next_step is not None:
        return []
    return [Seen(one, _thief(run, one.slug), _cost(run, one.slug), _elsewhere(run, one.slug)) for one in MECHANISMS]


def answer(run: Run) -> str:
    """Return the run in one sentence: who let the thief in after the sign-out, and after the revoke."""
    if run.broken_off:
        title = BY_SLUG[run.played[-1].slug].title
        return f"The step “{title}” was broken off half-way, so nobody knows what it has done. Begin again."
    said = []
    for slug, words in (
        ("after-sign-out", "After the sign-out, the thief was let in by"),
        ("after-revoke", "After the revoke, by"),
    ):
        one = next((one for one in run.played if one.slug == slug), None)
        if one is not None:
            said.append(f"{words} {names(one.let_in)}{_but(run, one)}.")
    if late := [one.slug for one in MECHANISMS if run.was_too_late(one.slug)]:
        said.append(f"The token of {names(late)} had expired before the theft: begin again with a longer lifetime.")
    if broken := [one.slug for one in MECHANISMS if problem_of(run, one.slug)]:
        said.append(f"Not all could be tried: {names(broken)}.")
    return " ".join(said)


def _but(run: Run, at: Played) -> str:
    """Name the tokens whose time was up before: they were refused for that, and nobody had ended them."""
    ends = {one.slug: ending(run, one.slug) for one in MECHANISMS}
    late = [column for column, end in ends.items() if end and end.expired and end.refused.at <= at.at]
    return f" (the token of {names(late)} had expired)" if late else ""


def names(columns: list[str]) -> str:
    """Return the names of columns as one says them."""
    found = [one.name for one in MECHANISMS if one.slug in columns]
    return " and ".join(filter(None, [", ".join(found[:-1]), *found[-1:]])) or "nobody"


def _thief(run: Run, column: str) -> str:
    if problem := problem_of(run, column):
        return f"It could not be tried to the end: {problem}"
    tried = [one.cells[column].outcome for one in run.tries if column in one.cells]
    worked = tried.count("in")
    if not worked:
        return f"{TOO_LATE} So nothing was seen of a thief." if run.was_too_late(column) else "The copy never worked."
    calls = f"Of {counted(len(tried), 'call')} with the copy, {worked} {'was' if worked == 1 else 'were'} let in."
    return f"{calls} {ended_by(run, column) or 'Nothing ended it.'}"


def _cost(run: Run, column: str) -> str:
    """Say what a call takes once it is no longer the first, and the first one where that was more."""
    first, later = (cell.call if cell else None for cell in (run.cell("call", column), run.cell("stolen", column)))
    if first is None or later is None:
        return ""
    more = "" if looked_up(first) == looked_up(later) else f" (the first one: {looked_up(first)})"
    return (
        f"A call to instance A sent {later.credential_bytes} bytes of credential, and cost {looked_up(later)}{more}."
    )


def looked_up(call: Call) -> str:
    """Say what a call cost at the site."""
    if call.sql is None:
        return "nobody says what"
    return f"{counted(call.sql, 'statement')} and {counted(call.cache or 0, 'cache call')}"


def counted(number: int, what: str) -> str:
    """Return a number with its noun."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def _elsewhere(run: Run, column: str) -> str:
    cell = run.cell("independent", column)
    if cell is None or cell.outcome not in {"in", "out"}:
        return cell.note if cell else ""
    asked = cell.call.asked if cell.call else 0
    if cell.outcome == "out":
        return "The other service could not tell who called."
    if not asked:
        return "The other service knew who called, and asked nobody."
    what = "for its public keys" if column == "jwt" else "about the token"
    return f"The other service knew who called, and asked this site {counted(asked, 'time')} {what}."
