"""The guessing of a secret, piece by piece: what is guessed at lies in the cache for ten minutes, the rest is counted.

Only a signature and what it signs lie there. The secret is not known to anybody until it is found; what a learner has
typed signs once and is forgotten.
"""

from __future__ import annotations

import hmac
from typing import Any

from django.core.cache import caches
from django.utils.crypto import salted_hmac

from authdemo.trials.attempts import NotRun, Result

from . import guesses
from .cast import Cast
from .compact import encoded, split
from .means import Means
from .models import Trial
from .runs import case_of, naive_token, origin

SLUG = "weak-secret"
KEPT_FOR = 10 * 60  # seconds
RUNNING, FOUND, EXHAUSTED, STOPPED = "running", "found", "exhausted", "stopped"


def start(cast: Cast) -> Result:
    """Get one token of the naive service, and begin. Raises NotRun."""
    token = naive_token(cast, cast.real())
    keep(cast.browser, token)
    return {"crack": counted(0, 0.0, RUNNING), "own": None, "cases": [], **origin(cast)}


def start_with(browser: str, secret: str) -> Result:
    """Sign something with a secret that the learner has typed, forget it, and begin."""
    data = f"{encoded({'alg': 'HS256', 'typ': 'JWT'})}.{encoded({'sub': 'a secret of your own'})}"
    keep(browser, f"{data}.{encoded(hmac.digest(secret.encode(), data.encode(), 'sha256'))}")
    return {"own": counted(0, 0.0, RUNNING)}


def go_on(cast: Cast, result: Result) -> Result:
    """Guess for a while, and return what has changed. Where the naive secret was found, forge with it."""
    if not is_running(result):
        return {}  # this was asked for before the button, and comes after it
    which = "own" if is_running(result, "own") else "crack"
    before, token = result[which], kept(cast.browser)
    if token is None:
        return {which: before | {"state": STOPPED}}
    parts = split(token)
    step = guesses.go_on(parts.signed, parts.signature, before["tried"])
    is_stopped = kept(cast.browser) is None  # meanwhile, by the button
    state = FOUND if step.found else EXHAUSTED if step.is_over else STOPPED if is_stopped else RUNNING
    now = counted(step.tried, before["seconds"] + step.seconds, state)
    if step.is_over:
        forget(cast.browser)
    if which == "own" or state != FOUND:
        return {which: now}
    real = cast.real()
    means = Means("", lambda *_: "", step.found)
    return {"crack": now | {"secret": step.found}, "cases": case_of(cast, SLUG, real, means), **origin(cast)}


def is_running(result: Result, which: str = "") -> bool:
    """Tell whether something is left to do."""
    return any((result.get(one) or {}).get("state") == RUNNING for one in ([which] if which else ["crack", "own"]))


def stopped(result: Result) -> Result:
    """Return what changes when it is to stop."""
    return {one: result[one] | {"state": STOPPED} for one in ("crack", "own") if is_running(result, one)}


def counted(tried: int, seconds: float, state: str) -> dict[str, Any]:
    """Return how far it is, how fast, and how long a random secret would take at that."""
    rate = tried / seconds if seconds else 0.0
    return {
        "state": state,
        "tried": tried,
        "of": guesses.how_many(),
        "seconds": round(seconds, 3),
        "rate": round(rate),
        "years": guesses.years_for_a_random_one(rate),
        "words": {"tried": f"{tried:,}", "of": f"{guesses.how_many():,}", "rate": f"{round(rate):,}"},
    }


def _key(browser: str) -> str:
    return salted_hmac("jwt_app.attacks.cracking", browser, algorithm="sha256").hexdigest()


def keep(browser: str, token: str) -> None:
    """Remember what is guessed at."""
    caches["default"].set(_key(browser), token, KEPT_FOR)


def kept(browser: str) -> str | None:
    """Return it, None where it was too long ago."""
    token = caches["default"].get(_key(browser))
    return token if isinstance(token, str) else None


def forget(browser: str) -> None:
    """Forget it."""
    caches["default"].delete(_key(browser))


def trial_of(browser: str) -> Trial:
    """Return the trial of this browser. Raises NotRun where there is nothing to go on with."""
    trial: Trial | None = Trial.objects.of(browser, SLUG)
    if trial is None or not trial.prediction or not trial.result:
        raise NotRun("There is nothing to go on with. Begin again.")
    return trial
