"""From a case to an answer: which mechanisms, why, what to start with, and what would change it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from authdemo.mechanisms import MECHANISMS, Mechanism

from . import parts
from .cases import Case
from .parts import Part, Reason

# Beside each answer, so that nobody has to believe which one is dear. "bare" is a view that asks for nobody.
ALWAYS_MEASURED = ("bare", "sessions.db", "jwt.RS256")
NOT_BOTH = (
    "You want access to end at once, and a service that asks nobody. Both together cannot be had: who does not ask, "
    "cannot know that it has ended. This answer lets the service ask. Otherwise the end waits until the token expires."
)


@dataclass(frozen=True)
class Answer:
    """What to take. Several `parts` are a combination. `conflict` says which two wishes cannot both be had."""

    parts: tuple[Part, ...]
    conflict: str = ""

    @property
    def title(self) -> str:
        """All parts in one line."""
        if len(self.parts) == 1:
            return self.parts[0].title
        *first, last = [part.short for part in self.parts]
        line = f"{', '.join(first)} and {last}"
        return line[0].upper() + line[1:]

    @property
    def mechanisms(self) -> tuple[Mechanism, ...]:
        """The mechanisms in it, in their usual order."""
        used = {part.mechanism.slug for part in self.parts}
        return tuple(one for one in MECHANISMS if one.slug in used)

    @property
    def start_with(self) -> str:
        """What to build first."""
        return self.first.start

    @property
    def first(self) -> Part:
        """The part to begin with. Who has no password of their own begins with the provider."""
        return parts.PROVIDER_SIGN_IN if parts.PROVIDER_SIGN_IN in self.parts else self.parts[0]

    @property
    def later(self) -> tuple[Part, ...]:
        """The parts that can wait until their caller is there. A session is there with the sign-in that opens it."""
        with_it = {self.first.title} | ({parts.SESSION.title} if self.first is parts.PROVIDER_SIGN_IN else set())
        return tuple(part for part in self.parts if part.title not in with_it)

    @property
    def costs(self) -> tuple[str, ...]:
        """The measured requests that say what it costs, each once."""
        return tuple(dict.fromkeys([*ALWAYS_MEASURED, *(name for part in self.parts for name in part.costs)]))


def answer_to(case: Case) -> Answer:
    """Return what to take in this case. Raises ValueError where nobody calls."""
    if not case.callers:
        raise ValueError("Nobody calls, so there is nothing to answer.")
    return Answer(tuple(_parts(case)), NOT_BOTH if case.has("services") and case.end == "now" else "")


def _parts(case: Case) -> Iterator[Part]:
    """The session first, since it is what to start with; the others by who calls."""
    asks = case.has("asking") or (case.has("services") and case.end == "now")
    # Where a service asks about tokens, the app has such a token, too: one kind that both know.
    own_app_by_password = case.has("phone") and case.passwords == "own" and not asks
    if case.has("pages", "spa", "apps") or not own_app_by_password:
        yield replace(parts.SESSION, reasons=tuple(_why_a_session(case)))
    if case.passwords == "provider":
        yield parts.PROVIDER_SIGN_IN
    elif case.passwords == "both":
        yield parts.BOTH_SIGN_INS
    if own_app_by_password:
        yield parts.PHONE_AT_ONCE if case.end == "now" else parts.PHONE
    elif case.has("phone"):
        yield parts.PHONE_BY_BROWSER
    if case.has("services") and case.end == "soon":
        yield parts.SERVICES
    if asks:
        yield parts.ASKING
    if case.has("apps"):
        yield parts.APPS


def _why_a_session(case: Case) -> Iterator[Reason]:
    if case.has("pages", "spa"):
        yield from parts.FOR_PAGES
    else:
        yield from parts.TO_SIGN_IN_HERE
    if case.has("spa"):
        yield from parts.FOR_A_SINGLE_PAGE_APP
    if case.has("apps"):
        yield parts.TO_ALLOW_AN_APP
