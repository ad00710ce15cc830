"""Which answer was right: told from what came back, and from nothing else. "" as long as nothing can be said."""

from __future__ import annotations

from authdemo.trials.attempts import Result

from .runs import NAIVE, SITE, STOCK


def who_was_fooled(result: Result) -> str:
    """Say whether the naive app or this site took a browser for somebody (or a form for one of its own) wrongly."""
    answers = result.get("answers", [])
    if not answers:
        return ""
    naive, site = (any(one["fooled"] for one in answers if one["side"] == side) for side in (NAIVE, SITE))
    return {(True, False): "naive", (False, True): "site", (True, True): "both", (False, False): "neither"}[
        naive, site
    ]


def who_was_fooled_of_three(result: Result) -> str:
    """The same where allauth as it comes is asked, too: a library that you take as it is may be right or not."""
    stock = [one["fooled"] for one in result.get("answers", []) if one["side"] == STOCK]
    if not stock:
        return ""
    first = who_was_fooled(result)
    if first in {"site", "both"}:
        return "both"
    return {("naive", False): "naive", ("naive", True): "stock", ("neither", False): "neither"}.get(
        (first, any(stock)), ""
    )
