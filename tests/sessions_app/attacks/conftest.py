"""Browsers that attack, in process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from authdemo.wire import browser
from sessions_app.attacks.models import Trial


@pytest.fixture(autouse=True)
def labs(settings: Any) -> None:
    settings.LABS = True


@pytest.fixture
def learner(db: None) -> Client:
    """A browser that has predicted what the forged form will do."""
    client = Client(headers={"host": "localhost"})
    client.post("/sessions/attacks/csrf/predict/", {"prediction": "neither"})
    return client


@pytest.fixture
def name_of() -> Callable[[Client], str]:
    """The hash that a browser's trials are kept under."""
    return lambda client: browser.browser_of(client.get("/healthz").wsgi_request)


@pytest.fixture
def trial_of(name_of: Callable[[Client], str]) -> Callable[..., Trial | None]:
    """The trial that a browser has of an attempt."""
    return lambda client, slug="csrf": Trial.objects.of(name_of(client), slug)
