"""Figures as lengths: what the templates draw. Shares are percents of a chart's longest bar."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from .results import Growth, Point, Results, Row, Spread

TITLES = {
    "request": "One request: who is it?",
    "sign-in": "One sign-in",
    "revoke": "The end of one sign-in",
}
COUNTS = (
    ("sql", "Statements"), ("cache", "Cache calls"), ("request_bytes", "Bytes sent"),
    ("credential_bytes", "Of these the credential"), ("response_bytes", "Bytes that come back"),
)  # fmt: skip
WIDTH, HEIGHT, MARGIN = 120, 60, 12  # of one small multiple, in units of its viewBox


@dataclass(frozen=True)
class Bar:
    """One row of a chart. `times` is what is drawn: of a sign-in, the time without the hashing of the password."""

    row: Row
    times: Spread
    length: float
    low: float
    high: float
    counts: list[tuple[str, int, float]]

    @property
    def middle(self) -> float:
        """Milliseconds of the whole sign-in."""
        return self.row.microseconds.median / 1000


@dataclass(frozen=True)
class Chart:
    """One group."""

    group: str
    title: str
    bars: list[Bar]
    heads: list[str]

    @property
    def hashes(self) -> bool:
        """Whether a password is hashed in it."""
        return any(bar.row.without_password for bar in self.bars)


def charts(results: Results) -> list[Chart]:
    """Return one chart a group, fewest microseconds first."""
    return [
        Chart(group, title, _bars(results.of(group)), [head for _, head in COUNTS])
        for group, title in TITLES.items()
        if results.of(group)
    ]


def _bars(rows: Sequence[Row]) -> list[Bar]:
    drawn = {row: row.without_password or row.microseconds for row in rows}
    longest = max(times.q3 for times in drawn.values())
    most = {name: max(getattr(row, name) for row in rows) or 1 for name, _ in COUNTS}
    return [
        Bar(
            row, times, _percent(times.median, longest), _percent(times.q1, longest), _percent(times.q3, longest),
            [(head, getattr(row, name), _percent(getattr(row, name), most[name])) for name, head in COUNTS],
        )
        for row, times in sorted(drawn.items(), key=lambda one: one[1].median)
    ]  # fmt: skip


def _percent(value: float, whole: float) -> float:
    return round(100 * value / whole, 1)


@dataclass(frozen=True)
class Dot:
    """One point of a small multiple, in units of its viewBox."""

    point: Point
    x: float
    y: float
    low: float
    high: float

    @property
    def megabytes(self) -> float:
        """What the rows take in the database."""
        return self.point.stored_bytes / 1e6


@dataclass(frozen=True)
class Multiple:
    """How one variant grows. The axis of rows is logarithmic, the other one begins at zero."""

    growth: Growth
    dots: list[Dot]

    @property
    def line(self) -> str:
        """The points of its line, as SVG has them."""
        return " ".join(f"{dot.x},{dot.y}" for dot in self.dots)


def multiples(results: Results) -> list[Multiple]:
    """Return one for each variant."""
    return [Multiple(growth, _dots(growth.points)) for growth in results.growth]


def _dots(points: Sequence[Point]) -> list[Dot]:
    logs = [math.log10(point.live) for point in points]
    first, wide = min(logs), (max(logs) - min(logs)) or 1
    highest = max(point.relative.q3 for point in points)

    def y(value: float) -> float:
        return round(HEIGHT - MARGIN / 2 - (HEIGHT - MARGIN) * value / highest, 1)

    return [
        Dot(
            point, round(MARGIN + (WIDTH - 2 * MARGIN) * (log - first) / wide, 1), y(point.relative.median),
            y(point.relative.q1), y(point.relative.q3),
        )
        for point, log in zip(points, logs, strict=True)
    ]  # fmt: skip
