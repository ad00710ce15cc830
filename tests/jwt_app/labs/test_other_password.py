"""The demo account has a password of its owner by now: no experiment counts as wrong passwords of theirs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from authdemo.accounts.models import User
from authdemo.guard.models import Failures
from jwt_app.backend import token_backend

pytestmark = pytest.mark.django_db(transaction=True)
BUTTONS = {
    "/jwt/denylist/run/": {},
    "/jwt/keys/change/": {},
    "/jwt/keys/again/": {},
    "/jwt/keys/noise/": {},
    "/jwt/labs/race/": {"grace": 0, "times": 2},
}


@pytest.fixture
def browser(live_server: Any, settings: Any, tmp_path: Path) -> Any:
    """A browser at this machine; the site can be called, and has a ring of its own."""
    settings.LABS, settings.JWT_KEY_RING = True, tmp_path / "ring.json"
    settings.SITE_URL = settings.ORDERS_URL = live_server.url  # which says how often it fetched keys: not at all
    settings.ALLOWED_HOSTS = settings.LOOPBACK_HOSTS = ["localhost", "127.0.0.1", "testserver"]
    settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if not one.endswith("CanonicalHostMiddleware")]
    token_backend.cache_clear()
    User.objects.create_user("alice", "alice@example.com", "a phrase of her own")
    yield Client()
    token_backend.cache_clear()


@pytest.mark.parametrize("path", BUTTONS)
def test_an_account_with_a_password_of_its_own_is_not_locked_out(browser: Client, path: str) -> None:
    for _ in range(6):
        answer = browser.post(path, BUTTONS[path], content_type="application/json", follow=True)

        assert "alice has another password than the demo" in answer.content.decode()
    assert Failures.objects.count() == 0
