"""What an answer says, where there is one: None is nobody's answer."""

from __future__ import annotations

from typing import Any

import requests

from authdemo.wire import outgoing


def body_of(response: requests.Response | None) -> dict[str, Any]:
    """Return the JSON object of an answer, {} where it has none."""
    try:
        found = response.json() if response is not None else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def fate_of(response: requests.Response | None) -> str:
    """Return how a call has ended, for a sentence that begins with what was called."""
    return "was not answered" if response is None else f"was answered with {response.status_code}"


def cost_of(response: requests.Response) -> dict[str, int | None]:
    """Return the statements (`sql`) and the cache calls (`cache`) of an answer; None where it does not say."""
    cost: dict[str, str] = dict(outgoing.COST.findall(response.headers.get("Server-Timing", "")))
    return {name: int(cost[name]) if name in cost else None for name in ("sql", "cache")}
