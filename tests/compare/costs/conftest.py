"""A folder for figures, and figures that no machine has measured: round, so that they are found on the page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest


def spread(median: float) -> dict[str, float]:
    return {"q1": median - 10, "median": median, "q3": median + 10, "n": 40}


def row(variant: str, mechanism: str, group: str, median: float, **more: Any) -> dict[str, Any]:
    return {
        "variant": variant, "mechanism": mechanism, "group": group, "label": f"Label of {variant} {group}",
        "sql": 2, "cache": 1, "request_bytes": 119, "response_bytes": 876, "credential_bytes": 49,
        "microseconds": spread(median), "over_bare": median - 200, "ratio": median / 200, **more,
    }  # fmt: skip


def growth(variant: str, mechanism: str, medians: list[float]) -> dict[str, Any]:
    points = [
        {"live": 1000 * 10**number, "sql": 2, "cache": 0, "microseconds": spread(median), "stored_bytes": 7_400_000,
         "bare": 200.0}
        for number, median in enumerate(medians)
    ]  # fmt: skip
    return {"variant": variant, "mechanism": mechanism, "label": f"Growth of {variant}", "points": points}


def figures() -> dict[str, Any]:
    return {
        "version": 1,
        "at": "2026-01-31T12:00:00+00:00",
        "machine": {"processor": "A <fast> one", "cores": "2", "system": "Linux", "python": "3.11"},
        "versions": {"Django": "5.2"},
        "database": "SQLite 3.40",
        "redis": None,
        "rows": [
            row("bare", "", "request", 200, sql=0, cache=0),
            row("sessions.db", "sessions", "request", 654),
            row("jwt.RS256", "jwt", "request", 432, sql=0, cache=0),
            row("oauth.opaque", "oauth", "request", 765, sql=1),
            row("sessions.db", "sessions", "sign-in", 350_000, without_password=spread(4_321)),
            row("jwt", "jwt", "revoke", 3_210),
        ],
        "growth": [
            growth("sessions.db", "sessions", [650, 655, 656]),
            growth("jwt.RS256", "jwt", [430, 431, 432]),
            growth("jwt.denylist", "jwt", [500, 900, 1500]),
        ],
        "missing": [{"variant": "sessions.redis", "mechanism": "sessions", "label": "Session in Redis", "why": "No."}],
        "seconds": 61.5,
    }


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    """Where the site looks for figures, empty."""
    settings.BENCH_FOLDER = tmp_path / "bench"
    return tmp_path / "bench"


@pytest.fixture
def measured(folder: Path) -> dict[str, Any]:
    """Figures lie there."""
    found = figures()
    folder.mkdir()
    (folder / "costs.json").write_text(json.dumps(found))
    return found
