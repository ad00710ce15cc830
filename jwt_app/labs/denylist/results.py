"""What one browser has tried, kept for an hour: statuses, counts, and the two copies, encrypted.

A copy is a token of a demo account with a life of half a minute. Whoever reads the cache shall not have it even so.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import asdict
from typing import Any

from django.core.cache import cache

from authdemo import experiments
from authdemo.sealed import seal, unseal

from .replay import Answer, Replay, Row

AGE = 60 * 60  # seconds
LONGEST = 3 * 60  # seconds; more than all calls of one press can take
PURPOSE = "jwt_denylist.copies"


def replay_of(browser: str) -> Replay | None:
    """Return what this browser has tried, None where it has nothing (any more)."""
    kept = cache.get(_key("replay", browser)) if browser else None
    if not isinstance(kept, dict):
        return None
    try:
        copies = unseal(PURPOSE, browser, kept["copies"])
    except ValueError:  # another SECRET_KEY
        return None
    return Replay(**kept | {"copies": copies, "rows": [_row(row) for row in kept["rows"]]})


def keep(browser: str, result: Replay) -> None:
    """Keep it in the place of the one before."""
    copies = {"copies": seal(PURPOSE, browser, result.copies)}
    cache.set(_key("replay", browser), asdict(result) | copies, AGE)


def forget(browser: str) -> None:
    """Delete all of this browser."""
    cache.delete(_key("replay", browser))


def one_at_a_time(browser: str) -> AbstractContextManager[None]:
    """Hold this browser's place. Raises Busy where another tab of it tries something just now."""
    return experiments.held(_key("lock", browser), LONGEST)


def _row(kept: dict[str, Any]) -> Row:
    answers = {name: Answer(**kept[name]) for name in ("first", "before", "after")}
    later = Answer(**kept["later"]) if kept["later"] else None
    return Row(**kept | answers | {"later": later})


def _key(kind: str, browser: str) -> str:
    return f"jwt_denylist.{kind}.{browser}"
