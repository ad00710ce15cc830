"""Which answer was right: told from what came back, and from nothing else. "" as long as nothing can be said."""

from __future__ import annotations

from authdemo.trials.attempts import Result

from .runs import NAIVE, ORDERS, SITE

IN, BROKEN = 200, 500
MINUTE, DAY = 60, 24 * 60 * 60  # seconds


def who_took_it(result: Result) -> str:
    """Say whether the naive verifier and the real ones (this site and, where it answered, orders) took any token."""
    cases = result.get("cases", [])
    if not cases:
        return ""
    naive = any(_status(case, NAIVE) == IN for case in cases)
    real = any(IN in {_status(case, SITE), _status(case, ORDERS)} for case in cases)
    return {(True, False): "naive", (False, True): "site", (True, True): "both", (False, False): "neither"}[
        naive, real
    ]


def what_was_read(result: Result) -> str:
    """Say whether all of a payload could be read without a key."""
    for case in result.get("cases", []):
        names = {row["name"] for row in case["payload"]}
        return "all" if {"username", "email", "pin"} <= names else "name" if "username" in names else "nothing"
    return ""


def who_broke_down(result: Result) -> str:
    """Say who could not bear it."""
    for case in result.get("cases", []):
        naive, site = (_status(case, slug) >= BROKEN for slug in (NAIVE, SITE))
        return "both" if naive and site else "naive" if naive else "site" if site else "neither"
    return ""


def how_long(result: Result) -> str:
    """Say how long the guessing took, once it is over."""
    crack = result.get("crack", {})
    if crack.get("state") == "exhausted":
        return "never"
    if crack.get("state") != "found":
        return ""
    return "seconds" if crack["seconds"] < MINUTE else "day" if crack["seconds"] < DAY else "years"


def _status(case: Result, slug: str) -> int:
    return next((int(row["status"]) for row in case["rows"] if row["slug"] == slug), 0)
