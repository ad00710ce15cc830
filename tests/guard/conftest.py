"""Ways in, people, and somebody who guesses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.test import Client

from authdemo.accounts.models import User
from authdemo.guard.models import Failures

PASSWORD = "correct horse"
WRONG = "wrong"
HERE, THERE = "192.0.2.7", "198.51.100.9"
WAYS_IN = ("/sessions/login/", "/jwt/api/token/", "/admin/login/")


@dataclass
class Visitor:
    """Somebody at one address, with a browser of their own."""

    address: str = HERE
    client: Client = field(default_factory=lambda: Client(headers={"user-agent": "Firefox"}))

    def tries(self, name: str, password: str = WRONG, way_in: str = "/sessions/login/", **more: str) -> Any:
        """Send name and password; the API takes JSON."""
        data = {"username": name, "password": password} | more
        if "/api/" in way_in:
            return self.client.post(way_in, data, content_type="application/json", REMOTE_ADDR=self.address)
        return self.client.post(way_in, data, REMOTE_ADDR=self.address)

    def locks(self, name: str) -> Any:
        """Try until there is a lock; return the answer that says so."""
        for _ in range(5):
            answer = self.tries(name)
        assert answer.status_code == 429
        return answer


def let_time_pass(**how_long: int) -> None:
    """As if the failures had happened so much earlier."""
    Failures.objects.update(attempt_time=F("attempt_time") - timedelta(**how_long))


@pytest.fixture
def alice(db: None) -> User:
    return User.objects.create_superuser("alice", "alice@example.com", PASSWORD)


@pytest.fixture
def bob(db: None) -> User:
    return User.objects.create_user("bob", "bob@example.com", PASSWORD)


@pytest.fixture
def visitor(db: None) -> Callable[..., Visitor]:
    """A factory: each has a cookie jar of its own."""
    return Visitor


@pytest.fixture
def demo_settings(settings: Any) -> Any:
    """What `manage.py demo` sets."""
    settings.DEBUG, settings.LABS, settings.ALLOWED_HOSTS = False, True, [*settings.LOOPBACK_HOSTS, "testserver"]
    settings.LOOPBACK_HOSTS = settings.ALLOWED_HOSTS
    return settings
