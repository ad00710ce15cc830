"""The lab in process, with a real Valkey, and a folder and caches of the test's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client

from authdemo.accounts.models import User
from sessions_app.labs.stores.stores import BY_NAME, STORES, Store
from tests.sessions_app.conftest import PASSWORD

NAMES = [store.name for store in STORES]
RECORDS = [store.name for store in STORES if store.keeps_records]


@pytest.fixture
def lab(settings: Any, tmp_path: Any, redis_url: str, db: None) -> None:
    """All six stores are there."""
    settings.LABS = True
    settings.STORE_LAB_FOLDER = tmp_path / "lab"
    redis: dict[str, Any] = {
        "BACKEND": "authdemo.wire.caches.redis.RedisCache",
        "LOCATION": redis_url,
        "OPTIONS": {"SERIALIZER": "django_redis.serializers.json.JSONSerializer", "SOCKET_CONNECT_TIMEOUT": 1},
    }
    own = {alias: redis | {"KEY_PREFIX": f"{alias}-{tmp_path.name}"} for alias in ("lab_redis", "lab_cached_db")}
    own["lab_cached_db"]["OPTIONS"] = {**redis["OPTIONS"], "IGNORE_EXCEPTIONS": True}
    settings.CACHES = settings.CACHES | own
    caches["lab_memory"].clear()


@dataclass
class Visitor:
    """A browser at one store."""

    store: Store
    client: Client = field(default_factory=Client)

    def path(self, page: str) -> str:
        return f"/sessions/stores/{self.store.name}/{page}/"

    def sign_in(self, username: str = "alice", password: str = PASSWORD, **more: str) -> Any:
        return self.client.post(self.path("login"), {"username": username, "password": password, **more})

    def sign_out(self) -> Any:
        return self.client.post(self.path("logout"))

    def whoami(self) -> Any:
        return self.client.get(self.path("whoami"))

    def user(self) -> str | None:
        answer = self.whoami()
        assert answer.status_code in {200, 401}, answer.status_code
        return answer.json()["user"]["username"] if answer.status_code == 200 else None

    @property
    def cookie(self) -> str:
        return self.client.cookies[self.store.cookie].value

    @cookie.setter
    def cookie(self, value: str) -> None:
        self.client.cookies[self.store.cookie] = value


@pytest.fixture
def visitor(lab: None, alice: User, bob: User) -> Callable[..., Visitor]:
    """A factory: `visitor("db", "alice")` has signed in there, `visitor("db")` has not."""

    def make(store: str, username: str = "") -> Visitor:
        made = Visitor(BY_NAME[store])
        if username:
            assert made.sign_in(username).status_code == 302
        return made

    return make
