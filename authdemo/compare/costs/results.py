"""The last figures that were measured: `BENCH_FOLDER/costs.json`, as types. What cannot be read is as if absent."""

from __future__ import annotations

import json
import math
import os
import tempfile
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from django.conf import settings

VERSION = 1
GROUPS = ("request", "sign-in", "revoke")


@dataclass(frozen=True)
class Spread:
    """Microseconds of `n` times the same: the quartiles and the median."""

    q1: float
    median: float
    q3: float
    n: int

    def __post_init__(self) -> None:
        """Raise ValueError for what no measurement can have given."""
        if not (0 < self.q1 <= self.median <= self.q3 and math.isfinite(self.q3) and self.n > 0):
            raise ValueError("not a spread of times")


@dataclass(frozen=True)
class Row:
    """One variant. `over_bare` (microseconds) and `ratio` compare its median with the bare view's of the same run.

    Counts and bytes are of all its `requests` together. `without_password`: the time without the hashing of a
    password, None where none was hashed. The instrument's own header, Server-Timing, is in no count of bytes.
    """

    variant: str
    mechanism: str
    group: str
    label: str
    sql: int
    cache: int
    request_bytes: int
    response_bytes: int
    credential_bytes: int
    microseconds: Spread
    over_bare: float
    ratio: float
    requests: int = 1
    without_password: Spread | None = None

    def __post_init__(self) -> None:
        """Raise ValueError for what cannot be drawn."""
        counts = (self.sql, self.cache, self.request_bytes, self.response_bytes, self.credential_bytes, self.requests)
        if self.group not in GROUPS or not all(isinstance(count, int) and count >= 0 for count in counts):
            raise ValueError("not a row")
        if not all(isinstance(value, int | float) for value in (self.over_bare, self.ratio)):
            raise ValueError("not a row")


@dataclass(frozen=True)
class Point:
    """The same among `live` rows, which take `stored_bytes` in the database, indexes and all.

    `bare` is the median of the bare view in the same rounds. The points are measured one after the other, and the
    machine may be busier at one of them: so they are compared by how often `bare` goes into each.
    """

    live: int
    sql: int
    cache: int
    microseconds: Spread
    stored_bytes: int
    bare: float

    def __post_init__(self) -> None:
        """Raise ValueError for what cannot be drawn."""
        if not (self.live > 0 and self.bare > 0 and self.stored_bytes >= 0):
            raise ValueError("not a point")

    @property
    def relative(self) -> Spread:
        """The times, in bare views."""
        times = self.microseconds
        return Spread(times.q1 / self.bare, times.median / self.bare, times.q3 / self.bare, times.n)


@dataclass(frozen=True)
class Growth:
    """One variant among more and more live sessions or tokens, fewest first."""

    variant: str
    mechanism: str
    label: str
    points: tuple[Point, ...]

    @property
    def times(self) -> float:
        """How often the median of the fewest rows goes into that of the most, both in bare views."""
        return self.points[-1].relative.median / self.points[0].relative.median


@dataclass(frozen=True)
class Missing:
    """A variant that could not be measured here, and why."""

    variant: str
    mechanism: str
    label: str
    why: str


@dataclass(frozen=True)
class Results:
    """One run of `manage.py measure`."""

    at: datetime
    machine: dict[str, str]
    versions: dict[str, str]
    database: str
    redis: str | None
    rows: tuple[Row, ...]
    growth: tuple[Growth, ...]
    missing: tuple[Missing, ...] = ()
    seconds: float = field(default=0.0)

    @cached_property
    def _by_name(self) -> dict[tuple[str, str], Row]:
        return {(row.group, row.variant): row for row in self.rows}

    def row(self, variant: str, group: str = "request") -> Row | None:
        """Return one row, such as `row("sessions.db")` or `row("jwt", "sign-in")`; None where it was not measured."""
        return self._by_name.get((group, variant))

    def of(self, group: str) -> list[Row]:
        """Return the rows of a group, in the order in which they were measured first."""
        return [row for row in self.rows if row.group == group]

    def grown(self, variant: str) -> Growth | None:
        """Return how one variant grows; None where that was not measured."""
        return next((one for one in self.growth if one.variant == variant), None)


def path() -> Path:
    """Return where the last figures lie. `manage.py measure` and `make bench` write them."""
    return Path(settings.BENCH_FOLDER) / "costs.json"


def read() -> Results | None:
    """Return the last figures; None where nothing was measured, or the file is of another version or damaged."""
    try:
        return parsed(json.loads(path().read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def parsed(kept: dict[str, Any]) -> Results:
    """Return what the JSON says. Raises KeyError, TypeError, ValueError or AttributeError where it is another."""
    if kept["version"] != VERSION:
        raise ValueError("another version")
    results = Results(
        at=datetime.fromisoformat(kept["at"]),
        machine={str(name): str(value) for name, value in kept["machine"].items()},
        versions={str(name): str(value) for name, value in kept["versions"].items()},
        database=str(kept["database"]),
        redis=kept["redis"],
        rows=tuple(_row(row) for row in kept["rows"]),
        growth=tuple(_growth(one) for one in kept["growth"]),
        missing=tuple(Missing(**one) for one in kept.get("missing", ())),
        seconds=float(kept.get("seconds", 0)),
    )
    if results.row("bare") is None or results.at.tzinfo is None:
        raise ValueError("nothing to compare with, or no moment")
    return results


def _row(kept: dict[str, Any]) -> Row:
    without = kept.get("without_password")
    times = {
        "microseconds": Spread(**kept["microseconds"]),
        "without_password": Spread(**without) if without else None,
    }
    return Row(**{**kept, **times})


def _growth(kept: dict[str, Any]) -> Growth:
    points = tuple(Point(**{**one, "microseconds": Spread(**one["microseconds"])}) for one in kept["points"])
    if not points:
        raise ValueError("no point")
    return Growth(**{**kept, "points": points})


def write(target: Path, content: dict[str, Any]) -> None:
    """Replace a JSON file whole: whoever reads it meanwhile has the one of before or this one. Raises OSError."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=target.parent, prefix=f"{target.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(content, file, indent=1)
        Path(draft).replace(target)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
