"""Fixtures that every test may ask for: real servers, a real database, a real browser."""

from typing import Any

import pytest

pytest_plugins = ["tests.fixtures.postgres", "tests.fixtures.demo", "tests.fixtures.browser", "tests.fixtures.redis"]


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    """Hashing is slow on purpose, and no test in this process is about that."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
