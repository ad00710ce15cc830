"""Results of a measurement that never was, for what pages make of them."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest


def measured(monkeypatch: pytest.MonkeyPatch, costs: dict[str, float] | None) -> None:
    """Let these be the last results: microseconds by variant, and 100 for a bare view. None: nothing was measured."""
    rows = {name: row(name, time) for name, time in {"bare": 100.0, **(costs or {})}.items()}
    grown = {name: growth(name, time) for name, time in (costs or {}).items()}
    results = SimpleNamespace(row=rows.get, grown=grown.get, at=datetime(2026, 11, 28, 4, 5, tzinfo=UTC))
    monkeypatch.setattr("authdemo.overview.figures._results", lambda: results if costs is not None else None)


def row(name: str, time: float) -> SimpleNamespace:
    """One request, with a label that shows that it is read, and not written down somewhere."""
    return SimpleNamespace(
        variant=name,
        mechanism=name.split(".")[0],
        label=f"Label of {name}",
        sql=2,
        cache=1,
        credential_bytes=70,
        microseconds=SimpleNamespace(q1=time - 10, median=time, q3=time + 10),
    )


def growth(name: str, time: float) -> SimpleNamespace:
    """The same among a thousand, and among 100,000, where it takes twice as long."""
    points = [(1000, time), (100_000, 2 * time)]
    return SimpleNamespace(
        variant=name,
        label=f"Growth of {name}:",
        points=tuple(
            SimpleNamespace(live=live, microseconds=SimpleNamespace(median=median)) for live, median in points
        ),
    )
