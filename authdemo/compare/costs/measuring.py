"""Variants in turns, medians and quartiles. Whatever else the machine does meanwhile, it does to all of them."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Sequence
from time import monotonic
from typing import Any, Protocol

from .calls import Sample, Sender
from .hashing import TimedHasher
from .variants import Variant

Say = Callable[[float], None]


class Report(Protocol):
    """Who is told how far it is."""

    def step(self, start: float, end: float, text: str) -> None:
        """Begin a step, which goes from one share of the whole to another."""

    def within(self, share: float) -> None:
        """Say how much of the step is done."""


def in_turns(
    variants: Sequence[Variant],
    *,
    seconds: float,
    at_once: int = 1,
    least: int = 1,
    most: int = 2_000,
    warm: int = 0,
    say: Say = lambda share: None,
) -> dict[str, list[Sample]]:
    """Return the samples of each variant, by its slug.

    A round is `at_once` samples of each, and the order turns round with each round, so that nobody is always first.
    Rounds go on for `seconds`, but there are `least` at least, and no more than `most` samples. The first `warm`
    rounds do not count. Raises NotMeasured.
    """
    samples: dict[str, list[Sample]] = {variant.slug: [] for variant in variants}
    start, number = monotonic(), 0
    while number < warm + least or (monotonic() - start < seconds and (number - warm) * at_once < most):
        for variant in variants if number % 2 else reversed(variants):
            taken = samples[variant.slug]
            with variant.within():
                for _ in range(at_once):
                    taken.append(one(variant))
            if number < warm:
                taken.clear()
        number += 1
        say(min(1.0, (monotonic() - start) / seconds if seconds else 1.0))
    return samples


def one(variant: Variant) -> Sample:
    """Return one sample. Raises NotMeasured."""
    sender = Sender(variant.app, TimedHasher.spent)
    variant.play(sender)
    return sender.sample


def spread(seconds: Iterable[float]) -> dict[str, float]:
    """Return the quartiles in microseconds, to a tenth."""
    taken = sorted(value * 1e6 for value in seconds)
    low, middle, high = statistics.quantiles(taken, n=4, method="inclusive") if len(taken) > 1 else taken * 3
    return {"q1": round(low, 1), "median": round(middle, 1), "q3": round(high, 1), "n": len(taken)}


def usual(samples: Sequence[Sample], what: str) -> int:
    """Return the count that most of them have: now and then one writes "last used", once a minute."""
    return statistics.mode(int(getattr(sample, what)) for sample in samples)


def row(
    variant: Variant, samples: Sequence[Sample], bare: float | None = None, quick: Sequence[Sample] | None = None
) -> dict[str, Any]:
    """Return the figures of one variant. `bare` is the median of the bare view, None where this is the bare view.

    `quick`: the same with passwords that are hashed in one round, where `samples` have hashed them in all. There are
    many of those in the time that a few of these take, and the time without the hashing is theirs.
    """
    times = spread(sample.seconds for sample in samples)
    compared = times["median"] if bare is None else bare
    counts = ("sql", "cache", "request_bytes", "response_bytes", "credential_bytes", "requests")
    return {
        "variant": variant.slug,
        "mechanism": variant.mechanism,
        "group": variant.group,
        "label": variant.label,
        **{name: usual(samples, name) for name in counts},
        "microseconds": times,
        "over_bare": round(times["median"] - compared, 1),
        "ratio": round(times["median"] / compared, 3),
        "without_password": spread(sample.seconds - sample.hashing for sample in quick) if quick else None,
    }
