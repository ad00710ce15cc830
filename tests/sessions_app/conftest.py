"""Users, browsers and stores."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from django.contrib.sessions.backends import file
from django.core.cache import caches
from django.test import Client

from tests.fixtures.people import PASSWORD as PASSWORD


@dataclass
class Browser:
    """A browser with a cookie jar of its own, and what it says of itself."""

    name: str = "Firefox"
    client: Client = field(init=False)

    def __post_init__(self) -> None:
        self.client = Client(headers={"user-agent": self.name})

    def get(self, path: str, **kwargs):
        return self.client.get(path, **kwargs)

    def post(self, path: str, data=None, **kwargs):
        return self.client.post(path, data or {}, **kwargs)

    def sign_in(self, username: str, password: str = PASSWORD, path: str = "/sessions/login/"):
        return self.post(path, {"username": username, "password": password})

    def user(self) -> str | None:
        """The name that `whoami` says, None for anonymous."""
        answer = self.get("/sessions/api/whoami/")
        return answer.json()["user"]["username"] if answer.status_code == 200 else None

    def cookie(self) -> str:
        return self.client.cookies["authdemo_session"].value

    def use_cookie(self, value: str) -> None:
        self.client.cookies["authdemo_session"] = value


@pytest.fixture
def browser_of(db) -> Callable[..., Browser]:
    """A factory: `browser_of("alice")` is signed in as alice, `browser_of()` is not."""

    def make(username: str | None = None, name: str = "Firefox") -> Browser:
        browser = Browser(name)
        if username:
            assert browser.sign_in(username).status_code == 302
        return browser

    return make


@pytest.fixture
def use_store(settings, tmp_path, monkeypatch, request) -> Callable[[str], None]:
    """Switch to one of the stores that SESSION_STORE names, with a cache of the test's own."""

    def use(store: str) -> None:
        settings.SESSION_ENGINE = settings.ENGINES[store]
        settings.SESSION_CACHE_ALIAS = "sessions"
        cache = {"BACKEND": "authdemo.wire.caches.LocMemCache", "LOCATION": str(tmp_path)}
        if store in {"redis", "cached_db"}:
            url = request.getfixturevalue("redis_url")
            cache = {"BACKEND": "authdemo.wire.caches.redis.RedisCache", "LOCATION": url, "KEY_PREFIX": tmp_path.name}
        settings.CACHES = settings.CACHES | {"sessions": cache}
        settings.SESSION_FILE_PATH = str(tmp_path)
        monkeypatch.setattr(file.SessionStore, "_storage_path", str(tmp_path), raising=False)
        caches["sessions"].clear()

    return use
