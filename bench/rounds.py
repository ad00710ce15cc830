"""Who is measured when: all variants take turns in one run, and what they took is told by medians and quartiles."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic, perf_counter


class Problem(Exception):
    """What ends a run. Its text is one sentence for whoever has started it."""


class Limit:
    """By when a run has to end."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.end = monotonic() + seconds

    def left(self) -> float:
        """Return the seconds that are left. Raises Problem where none are."""
        left = self.end - monotonic()
        if left <= 0:
            raise Problem(f"The run was ended after {self.seconds:.0f} seconds.")
        return left


@dataclass(frozen=True)
class Plan:
    """How much is measured: in each round every variant answers `requests` requests. `warm` rounds are thrown away."""

    rounds: int = 40
    requests: int = 20
    warm: int = 3


@dataclass(frozen=True)
class Summary:
    """Quartiles and median in microseconds, the number of requests, and how many a second that makes."""

    q1: float
    median: float
    q3: float
    n: int
    per_second: float

    @classmethod
    def of(cls, times: Sequence[float]) -> Summary:
        """Summarise at least two times, in microseconds."""
        q1, median, q3 = statistics.quantiles(times, n=4, method="inclusive")
        return cls(q1, median, q3, len(times), 1e6 * len(times) / sum(times))

    def apart_from(self, other: Summary) -> bool:
        """Say whether the two ranges between the quartiles do not overlap."""
        return self.q3 < other.q1 or other.q3 < self.q1


def order(names: Sequence[str], number: int) -> list[str]:
    """Return the order of a round: there and back, and then there and back from the next variant on.

    So nobody is always the first, and nobody always follows the same one.
    """
    start = number // 2 % len(names)
    turned = [*names[start:], *names[:start]]
    return turned[::-1] if number % 2 else turned


def alternate(
    send: Mapping[str, Callable[[], None]], plan: Plan, clock: Callable[[], float] = perf_counter
) -> dict[str, list[float]]:
    """Return the times of each variant, in microseconds, without those of the first rounds."""
    times: dict[str, list[float]] = {name: [] for name in send}
    for number in range(plan.warm + plan.rounds):
        for name in order(list(send), number):
            one = send[name]
            for _ in range(plan.requests):
                start = clock()
                one()
                taken = (clock() - start) * 1e6
                if number >= plan.warm:
                    times[name].append(taken)
    return times
