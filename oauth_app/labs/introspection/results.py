"""What one browser has tried, kept for an hour: statuses, counts and times. No token."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from http import HTTPStatus
from statistics import median

from django.core.cache import cache

from authdemo import experiments

AGE = 60 * 60  # seconds
LONGEST = 3 * 60  # seconds; more than all calls of one press can take
KINDS = {"verified": "/orders/", "asked": "/orders/asked/"}
PREDICTIONS = {
    "": "Neither: both are ended at the site.",
    "verified": "Only the JWT, whose signature stays right.",
    "asked": "Only the opaque token, about which orders asks.",
    "verified asked": "Both: orders is another service.",
}


@dataclass
class Answer:
    """What orders said. `status` is 0 where nobody answered; `statements` are those of the site for this call."""

    status: int = 0
    code: str = ""
    milliseconds: float = 0.0
    statements: int = 0

    @property
    def accepted(self) -> bool:
        """Whether it took the token."""
        return self.status == HTTPStatus.OK


@dataclass
class Way:
    """One of the two. `to_the_site` is how often orders called the site during the calls before the end."""

    kind: str
    calls: list[Answer] = field(default_factory=list)
    to_the_site: int = 0
    after: Answer = field(default_factory=Answer)

    @property
    def path(self) -> str:
        """Where it is sent."""
        return KINDS[self.kind]

    @property
    def statements(self) -> int:
        """How many statements the site has needed for all of the calls."""
        return sum(call.statements for call in self.calls)

    @property
    def median(self) -> float:
        """Of the calls, in milliseconds as the caller has waited."""
        return median(call.milliseconds for call in self.calls) if self.calls else 0.0


@dataclass
class Result:
    """One press of the button. `until` is the `exp` of the JWT (Unix time)."""

    ways: list[Way] = field(default_factory=list)
    until: int = 0
    problem: str = ""
    prediction: str | None = None

    @property
    def happened(self) -> str | None:
        """Which of PREDICTIONS was right; None while not all was tried."""
        return None if self.problem else " ".join(way.kind for way in self.ways if way.after.accepted)


def kept(browser: str) -> Result | None:
    """Return what this browser has tried, None where it has nothing (any more)."""
    found = cache.get(_key("result", browser)) if browser else None
    if not isinstance(found, dict):
        return None
    ways = [
        Way(**way | {"calls": [Answer(**call) for call in way["calls"]], "after": Answer(**way["after"])})
        for way in found["ways"]
    ]
    return Result(**found | {"ways": ways})


def keep(browser: str, result: Result) -> None:
    """Keep it in the place of the one before."""
    cache.set(_key("result", browser), asdict(result), AGE)


def one_at_a_time(browser: str) -> AbstractContextManager[None]:
    """Hold this browser's place. Raises Busy where another tab of it tries something just now."""
    return experiments.held(_key("lock", browser), LONGEST)


def _key(kind: str, browser: str) -> str:
    return f"introspection.{kind}.{browser}"
