"""The people, browsers and API clients of the three apps, and what was written about them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from authdemo.events.models import AuthEvent
from tests.jwt_app.conftest import API
from tests.oauth_app.conftest import company, visitor
from tests.sessions_app.conftest import PASSWORD, browser_of

__all__ = ["browser_of", "company", "visitor"]


@pytest.fixture
def teacher(django_user_model):
    return django_user_model.objects.create_superuser("teacher", "teacher@example.com", PASSWORD)


@pytest.fixture
def api() -> API:
    return API(Client(headers={"user-agent": "curl/8.5.0"}))


@pytest.fixture
def story(db) -> Callable[[], list[str]]:
    """All that has happened, in order: "alice session signed_in", with provider and reason where there are any."""

    def tell() -> list[str]:
        events = AuthEvent.objects.order_by("id")
        rows = events.values_list("username", "mechanism", "verb", "provider", "reason")
        return [" ".join(word for word in row if word) for row in rows]

    return tell
