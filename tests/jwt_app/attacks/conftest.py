"""A learner, a pair of tokens, and the naive verifiers as the network sees them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from authdemo.wire import browser
from jwt_app.attacks.models import Trial
from tests.jwt_app.conftest import alice, api, use_algorithm

__all__ = ["alice", "api", "use_algorithm"]
BASE = "/jwt/attacks/"


@pytest.fixture(autouse=True)
def labs(settings: Any) -> None:
    settings.LABS = True


@pytest.fixture
def pair(alice: Any, api: Any) -> dict[str, str]:
    found: dict[str, str] = api.sign_in()
    return found


@pytest.fixture
def naive(client: Client) -> Callable[[str, str], Any]:
    """Send a token to the naive verifier of an attack."""
    return lambda slug, token: client.get(f"{BASE}naive/{slug}/whoami/", headers={"Authorization": f"Bearer {token}"})


@pytest.fixture
def learner(db: None, settings: Any) -> Client:
    """A browser on the demo's machine."""
    settings.ALLOWED_HOSTS = settings.LOOPBACK_HOSTS
    return Client(headers={"host": "localhost"})


@pytest.fixture
def trial_of() -> Callable[..., Trial | None]:
    """The trial that a browser has of an attempt."""
    return lambda client, slug: Trial.objects.of(browser.browser_of(client.get("/healthz").wsgi_request), slug)
