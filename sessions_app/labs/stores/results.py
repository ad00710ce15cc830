"""What one browser has tried, kept for an hour: statuses, counts and sizes, no credential."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import asdict
from typing import Any

from django.core.cache import cache

from authdemo import experiments

from .calls import Answer
from .measure import Comparison, Row, Run

AGE = 60 * 60  # seconds
LONGEST = 5 * 60  # seconds; more than all steps together can take


def run_of(browser: str) -> Run | None:
    """Return the table of this browser, None where it has none (any more)."""
    kept = _get("run", browser)
    if kept is None:
        return None
    return Run(**kept | {"rows": [_row(row) for row in kept["rows"]]})


def _row(kept: dict[str, Any]) -> Row:
    return Row(**kept | {name: Answer(**kept[name]) for name in ("on_a", "on_b", "after_the_end")})


def comparison_of(browser: str) -> Comparison | None:
    """Return what the two instances said."""
    kept = _get("instances", browser)
    if kept is None:
        return None
    answers = {name: [Answer(**one) for one in kept[name]] for name in ("before", "after")}
    return Comparison(**kept | answers)


def keep(browser: str, result: Run | Comparison) -> None:
    """Keep it in the place of the one before."""
    cache.set(_key("run" if isinstance(result, Run) else "instances", browser), asdict(result), AGE)


def forget(browser: str) -> None:
    """Delete all of this browser."""
    cache.delete_many([_key("run", browser), _key("instances", browser)])


def one_at_a_time(browser: str) -> AbstractContextManager[None]:
    """Hold this browser's place. Raises Busy where another tab of it tries something just now."""
    return experiments.held(_key("lock", browser), LONGEST)


def _get(kind: str, browser: str) -> dict[str, Any] | None:
    kept = cache.get(_key(kind, browser)) if browser else None
    return kept if isinstance(kept, dict) else None


def _key(kind: str, browser: str) -> str:
    return f"session_stores.{kind}.{browser}"
