"""An attack as data, and all attacks of one app."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from django.http import HttpRequest

from .lines import Line
from .models import BaseTrial

Result: TypeAlias = dict[str, Any]


class NotRun(Exception):
    """It could not be tried; the argument is a sentence that says why. `status` is that of the answer."""

    status = 503


class Cast(Protocol):
    """Who plays in one run. `story` is what they sent and got, the first first, redacted."""

    story: list[dict[str, Any]]

    def go(self) -> None:
        """Let go of what they hold."""


def nothing_more(request: HttpRequest, browser: str, trial: BaseTrial) -> dict[str, Any]:
    """Return what a page shows besides: nothing."""
    return {}


@dataclass(frozen=True)
class Attempt:
    """One attack. `run` sends it and returns what came back; `happened` returns the choice that was right, "" before.

    `decided` returns the lines that decided, the one that matters most first. `more`: stands under "More".
    `verdict` stands before the choice that was right.
    `shows` is the template of what came back, `form` that of the form which sends it ("": `shows` has its own).
    `context` returns what those two need besides the result. `needs` says what a run does that only who sits at the
    machine may have done.
    """

    slug: str
    question: str
    short: str
    lead: str
    plan: tuple[str, ...]
    choices: tuple[tuple[str, str], ...]
    run: Callable[[Any], Result]  # takes the Cast of its app
    happened: Callable[[Result], str]
    decided: Callable[[Result], Iterable[Line]]
    shows: str
    form: str = "trials/_send.html"
    columns: tuple[str, ...] = ()
    button: str = "Send it"
    verdict: str = "What happened:"
    more: bool = False
    sent_by: str = "clients with a cookie jar each. It stands in the wire, too."
    needs: str = "signs in with the demo's password"
    context: Callable[[HttpRequest, str, Any], dict[str, Any]] = nothing_more


@dataclass(frozen=True)
class Attacks:
    """All attacks of one app.

    `namespace` is that of their URLs, `base` and `index_page` are templates, `head` one for the head of each attack's
    page, for what the app's own parts need.
    """

    namespace: str
    hue: str
    base: str
    index_page: str
    attempts: tuple[Attempt, ...]
    trials: type[BaseTrial]
    cast: Callable[[HttpRequest], Cast]
    head: str = ""

    def __str__(self) -> str:
        return self.namespace

    def by_slug(self, slug: str) -> Attempt:
        """Return one of them. The URLs have no other slug."""
        return next(attempt for attempt in self.attempts if attempt.slug == slug)

    def after(self, attempt: Attempt) -> Attempt | None:
        """Return the one that comes next, None after the last."""
        rest = self.attempts[self.attempts.index(attempt) + 1 :]
        return rest[0] if rest else None

    # Names of URLs, for templates.
    index = property(lambda self: f"{self.namespace}:index")
    attempt = property(lambda self: f"{self.namespace}:attempt")
    predict = property(lambda self: f"{self.namespace}:predict")
    send = property(lambda self: f"{self.namespace}:send")
