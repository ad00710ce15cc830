"""Guess a session's ID: some real guesses, and the arithmetic for all the others."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.base import VALID_KEY_CHARS, SessionBase
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.backends.signed_cookies import SessionStore as CookieStore
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string

from sessions_app.store import store_class

from .cast import Cast, NotRun
from .runs import IN

GUESSES = 20
MANY_SESSIONS = 1_000_000
MANY_TIMES = 1_000_000  # as fast as here
YEAR = 365.25 * 24 * 60 * 60  # seconds


def guess(cast: Cast) -> dict[str, Any]:
    """Send random IDs, one after the other, and count. Raises NotRun where there are no IDs."""
    store = store_class()
    if issubclass(store, CookieStore):
        raise NotRun("Sessions are in signed cookies here. There is no ID to guess, only a signature.")
    length = key_length(store())
    guesser, found, started = cast.actor("the guesser"), 0, time.perf_counter()
    for _ in range(GUESSES):
        # Of the same letters and length as Django's, so each guess could be right.
        guesser.hand(get_random_string(length, VALID_KEY_CHARS))
        found += guesser.ask(reverse("sessions:whoami")) == IN
    seconds = time.perf_counter() - started
    # The first and the last tell all there is; the others look the same.
    del cast.story[1:-1]
    return arithmetic(store(), live_sessions(store), GUESSES / seconds) | {"guesses": GUESSES, "found": found}


def key_length(session: SessionBase) -> int:
    """Return how many characters an ID has that Django makes."""
    make: Callable[[], str] = session._get_new_session_key  # type: ignore[attr-defined]
    return len(make())


def live_sessions(store: type[SessionBase]) -> int:
    """Count the sessions that a guess could hit: rows where they are rows, else the list of devices; 1 at least."""
    if issubclass(store, DatabaseStore):
        rows = store.get_model_class().objects.filter(expire_date__gt=timezone.now())
        return max(1, int(rows.count()))
    return max(1, int(UserSession.objects.count()))


def arithmetic(session: SessionBase, live: int, rate: float) -> dict[str, Any]:
    """Return how long it takes, on average, until one of `live` IDs is hit at `rate` guesses a second.

    Powers of ten, since no number of years that stood here could be read: `years` is the exponent.
    """
    length, letters = key_length(session), len(VALID_KEY_CHARS)
    possible = length * math.log10(letters)

    def years(sessions: int, times: int) -> int:
        return math.floor(possible - math.log10(sessions) - math.log10(rate * times) - math.log10(YEAR))

    return {
        "length": length,
        "letters": letters,
        "bits": math.floor(length * math.log2(letters)),
        "possible": math.floor(possible),
        "live": live,
        "rate": round(rate),
        "years": years(live, 1),
        "many_sessions": MANY_SESSIONS,
        "many_times": MANY_TIMES,
        "many_years": years(MANY_SESSIONS, MANY_TIMES),
    }


def scale(years: int) -> str:
    """Return how long 10 to the power of `years` years are, in words of `attempts.py`."""
    return next((name for name, most in (("days", -1), ("life", 2), ("history", 10)) if years < most), "universe")
