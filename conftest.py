"""Fixtures that every test may ask for: real servers, a real database, a real browser."""

import os
from typing import Any

import hypothesis
import pytest

# In CI the same examples every time: a new one is found at home, not in somebody else's change.
hypothesis.settings.register_profile("ci", derandomize=True, deadline=None)
hypothesis.settings.register_profile("home", deadline=None)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") == "true" else "home")

pytest_plugins = [f"tests.fixtures.{name}" for name in ("postgres", "demo", "browser", "redis", "people")]


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    """Hashing is slow on purpose, and no test in this process is about that."""
    of_clients = settings.PASSWORD_HASHERS[-1]
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", of_clients]


@pytest.fixture(autouse=True)
def quick_static_files(settings: Any) -> None:
    """Each test client makes the middleware anew; WhiteNoise would read all folders each time. It looks when asked."""
    settings.WHITENOISE_AUTOREFRESH = True
