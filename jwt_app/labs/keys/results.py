"""What one browser has tried, kept for an hour: statuses, names of keys and counts, no token."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import asdict
from typing import Any, TypeAlias

from django.core.cache import cache

from authdemo import experiments

from .calls import Answer
from .trials import Asked, Change, Demotion, Noise

AGE = 60 * 60  # seconds
LONGEST = 3 * 60  # seconds; more than all calls of one press can take
Result: TypeAlias = Change | Noise | Demotion
KINDS = {Change: "change", Noise: "noise", Demotion: "demotion"}


def change_of(browser: str) -> Change | None:
    """Return what came of the last new key."""
    kept = _get(Change, browser)
    if kept is None:
        return None
    asked = [Asked(**one | {"answers": _answers(one["answers"])}) for one in kept["asked"]]
    return Change(**kept | {"asked": asked})


def noise_of(browser: str) -> Noise | None:
    """Return what came of the unknown names."""
    kept = _get(Noise, browser)
    return Noise(**kept) if kept else None


def demotion_of(browser: str) -> Demotion | None:
    """Return who believed what."""
    kept = _get(Demotion, browser)
    if kept is None:
        return None
    return Demotion(**kept | {name: _answers(kept[name]) for name in ("before", "after")})


def keep(browser: str, result: Result) -> None:
    """Keep it in the place of the one before."""
    cache.set(_key(KINDS[type(result)], browser), asdict(result), AGE)


def forget(browser: str) -> None:
    """Delete all of this browser."""
    cache.delete_many([_key(kind, browser) for kind in KINDS.values()])


def one_at_a_time(browser: str) -> AbstractContextManager[None]:
    """Hold this browser's place. Raises Busy where another tab of it tries something just now."""
    return experiments.held(_key("lock", browser), LONGEST)


def _answers(kept: list[dict[str, Any]]) -> list[Answer]:
    return [Answer(**one) for one in kept]


def _get(kind: type[Result], browser: str) -> dict[str, Any] | None:
    kept = cache.get(_key(KINDS[kind], browser)) if browser else None
    return kept if isinstance(kept, dict) else None


def _key(kind: str, browser: str) -> str:
    return f"jwt_keys.{kind}.{browser}"
