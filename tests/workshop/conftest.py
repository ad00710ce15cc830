"""Browsers that take the tour, in process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from authdemo.wire import browser
from authdemo.workshop.models import TourRun


@pytest.fixture(autouse=True)
def labs(settings: Any) -> None:
    settings.LABS = True


@pytest.fixture
def begin(db: None) -> Callable[[], Client]:
    """A factory of browsers that have pressed "Start"."""

    def make() -> Client:
        client = Client()
        assert client.post("/workshop/tour/start/")["Location"] == "/workshop/tour/1/"
        return client

    return make


@pytest.fixture
def learner(begin: Callable[[], Client]) -> Client:
    return begin()


@pytest.fixture
def run_of() -> Callable[[Client], TourRun | None]:
    """The run that a browser has."""
    return lambda client: TourRun.objects.of(browser.browser_of(client.get("/healthz").wsgi_request))
