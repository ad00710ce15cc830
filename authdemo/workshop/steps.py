"""The five steps of the tour as data: what each asks, and how each knows by itself that it was done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .evidence import Evidence
from .models import TourRun


@dataclass(frozen=True)
class Part:
    """One thing to do. `is_done` looks at what happened; `todo` is said as long as it has not."""

    todo: str
    done: str
    is_done: Callable[[Evidence, TourRun], bool]


@dataclass(frozen=True)
class Step:
    """One page of the tour. `hue` is the mechanism whose colour it has, `needs` the steps that must come before.

    `on_the_wire` says whether it is done by something that crosses the wire, and not by a form of the tour itself.
    """

    number: int
    title: str
    short: str
    minutes: int
    hue: str
    parts: tuple[Part, ...]
    needs: tuple[int, ...] = ()
    on_the_wire: bool = True


def has_tokens(evidence: Evidence, run: TourRun) -> bool:
    """Tell whether tokens were given out, or used: this tab may hold some from before the tour."""
    return evidence.got_a_token is not None or evidence.known_by_token is not None


def stateless(evidence: Evidence, run: TourRun) -> bool:
    """Tell whether a token was recognised without a statement and without a cache call."""
    call = evidence.known_by_token
    return call is not None and call.counted and call.statement_count == call.cache_count == 0


STEPS = (
    Step(
        number=1,
        title="What does the server remember when you sign in with a session?",
        short="Session",
        minutes=2,
        hue="sessions",
        parts=(
            Part("Sign in with the form.", "You signed in.", lambda evidence, run: evidence.opened_a_session),
            Part(
                "Ask “Who am I?” with the cookie.",
                "The server looked you up by the cookie.",
                lambda evidence, run: evidence.opened_a_session and evidence.known_by_session is not None,
            ),
        ),
    ),
    Step(
        number=2,
        title="How can a token say who you are, with nothing looked up?",
        short="Token",
        minutes=2,
        hue="jwt",
        parts=(
            Part("Get tokens.", "You have tokens.", has_tokens),
            Part("Ask “Who am I?” with the token.", "The token was believed, with 0 look-ups.", stateless),
        ),
    ),
    Step(
        number=3,
        title="You sign out. A thief has a copy of each. Who gets in?",
        short="Thief",
        minutes=2,
        hue="",
        needs=(1, 2),
        on_the_wire=False,
        parts=(
            Part("Predict.", "You predicted.", lambda evidence, run: bool(run.prediction)),
            Part("Try it.", "It was tried.", lambda evidence, run: bool(run.happened)),
        ),
    ),
    Step(
        number=4,
        title="You sign in with GitHub. Where does your password go?",
        short="GitHub",
        minutes=3,
        hue="oauth",
        parts=(
            Part(
                "Sign in with GitHub.",
                "GitHub said who you are.",
                lambda evidence, run: evidence.journey("github").token_answer is not None,
            ),
            Part(
                "Ask Google, too.",
                "Google said it as well.",
                lambda evidence, run: evidence.journey("google").token_answer is not None,
            ),
        ),
    ),
    Step(
        number=5,
        title="Which one does your project need?",
        short="Your case",
        minutes=1,
        hue="",
        on_the_wire=False,
        parts=(
            Part(
                "Go on until you have an answer.",
                "You have an answer.",
                lambda evidence, run: bool(run.case),
            ),
        ),
    ),
)


@dataclass(frozen=True)
class State:
    """A step as it stands for one browser."""

    step: Step
    parts: tuple[tuple[Part, bool], ...]
    done_at: str  # ISO 8601, "" as long as it is not done

    @property
    def done(self) -> bool:
        """Whether the step was done."""
        return bool(self.done_at)

    @property
    def marks(self) -> str:
        """How it stands, in short: "10" is the first part done, the second not."""
        return "".join("1" if done else "0" for _, done in self.parts)


def state_of(step: Step, evidence: Evidence, run: TourRun) -> State:
    """Return how a step stands, and note in the run when it is done: it stays so."""
    key = str(step.number)
    if key in run.done:
        return State(step, tuple((part, True) for part in step.parts), run.done[key])
    parts = tuple((part, part.is_done(evidence, run)) for part in step.parts)
    if all(done for _, done in parts):
        run.finish(key)
    return State(step, parts, run.done.get(key, ""))
