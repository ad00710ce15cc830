"""Which answer was right: told from what came back, and from nothing else. "" as long as nothing can be said."""

from __future__ import annotations

from authdemo.trials.attempts import Result

from .runs import NAIVE, SITE


def who_was_fooled(result: Result) -> str:
    """Say whether the naive app or this site took a browser for somebody (or a form for one of its own) wrongly."""
    answers = result.get("answers", [])
    if not answers:
        return ""
    naive, site = (any(one["fooled"] for one in answers if one["side"] == side) for side in (NAIVE, SITE))
    return {(True, False): "naive", (False, True): "site", (True, True): "both", (False, False): "neither"}[
        naive, site
    ]
