"""What a run leaves: `peers.json` for programs, `bench.txt` for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from . import machine
from .rounds import Summary
from .variants import JOBS, SERVERS, Variant


def document(
    variants: Sequence[Variant], times: Mapping[str, Sequence[float]], about: dict[str, Any]
) -> dict[str, Any]:
    """Return the content of `peers.json`. A ratio is that of the medians: above 1 is slower than the job's base."""
    found = {variant.key: Summary.of(times[variant.key]) for variant in variants}
    base = {variant.job: found[variant.key].median for variant in variants if variant.base}
    return {
        "version": 1,
        "at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "machine": about,
        "versions": machine.versions(),
        "rows": [row(variant, found[variant.key], base[variant.job]) for variant in variants],
    }


def row(variant: Variant, summary: Summary, base: float) -> dict[str, Any]:
    """Return one row."""
    return {
        "peer": variant.peer,
        "job": variant.job,
        "label": variant.label,
        "server": SERVERS[variant.server],
        "microseconds": {
            "q1": round(summary.q1, 1),
            "median": round(summary.median, 1),
            "q3": round(summary.q3, 1),
            "n": summary.n,
        },
        "requests_per_second": round(summary.per_second),
        "ratio": round(summary.median / base, 3),
    }


def table(found: Mapping[str, Any]) -> list[str]:
    """Return the rows as lines, job by job."""
    head = f"  {'':44}{'server':10}{'median':>8}{'quartiles':>16}{'requests/s':>12}{'ratio':>7}"
    lines = []
    for job, title in JOBS.items():
        lines += ["", title, head]
        for one in (one for one in found["rows"] if one["job"] == job):
            took = one["microseconds"]
            quartiles = f"{took['q1']:.0f}–{took['q3']:.0f}"
            lines.append(
                f"  {one['label']:44}{one['server']:10}{took['median']:>6.0f}µs{quartiles:>16}"
                f"{one['requests_per_second']:>12,}{one['ratio']:>7.2f}"
            )
    return lines
