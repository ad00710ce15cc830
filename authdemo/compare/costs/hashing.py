"""The hashing of passwords with a clock, so that its time can be named apart: it is slow on purpose."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import ClassVar

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class TimedHasher(PBKDF2PasswordHasher):
    """Django's own, with all its rounds. `seconds` is what this process has spent in it until now."""

    seconds: ClassVar[float] = 0.0

    def encode(self, password: str, salt: str, iterations: int | None = None) -> str:
        """Hash."""
        start = perf_counter()
        try:
            return str(super().encode(password, salt, iterations))
        finally:
            TimedHasher.seconds += perf_counter() - start

    @classmethod
    def spent(cls) -> float:
        """Return `seconds`."""
        return cls.seconds


@contextmanager
def one_round() -> Iterator[None]:
    """Hash in one round meanwhile: for sign-ins that nobody measures, of an account that was made in here, too."""
    before = TimedHasher.iterations
    TimedHasher.iterations = 1
    try:
        yield
    finally:
        TimedHasher.iterations = before
