"""`manage.py prune` on what is no model: each place where sessions may lie, and the cache's table."""

from __future__ import annotations

import os
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.backends import file
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.utils import timezone

from authdemo.accounts.models import User
from authdemo.housekeeping import stores
from authdemo.settings.sessions import ENGINES
from sessions_app.labs.stores.engines import FileStore
from sessions_app.store import store_class
from tests.fixtures.people import PASSWORD
from tests.housekeeping.test_prune import prune

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where sessions lie as files. Django remembers it for as long as the process lives."""
    monkeypatch.setattr(file.SessionStore, "_storage_path", str(tmp_path), raising=False)
    return tmp_path


@pytest.fixture(params=[name for name in ENGINES if name != "redis"])
def engine(request: pytest.FixtureRequest, settings: Any, folder: Path) -> Any:
    settings.SESSION_ENGINE = ENGINES[request.param]
    if request.param == "memory":
        settings.SESSION_CACHE_ALIAS = "memory"
    return request.param


def whoami(browser: Client) -> int:
    return browser.get("/sessions/api/whoami/").status_code


def test_wherever_sessions_lie_who_is_signed_in_stays_and_what_has_expired_goes(engine: str, alice: User) -> None:
    browser, store = Client(), store_class()
    browser.post("/sessions/login/", {"username": "alice", "password": PASSWORD})
    keys = []
    for _ in range(3):
        expired = store()
        expired.set_expiry(timezone.now() - timedelta(seconds=1))
        expired.create()
        keys.append(expired.session_key)
    if engine in {"db", "cached_db", "file"}:
        assert "         3 expired sessions\n" in prune(batch_size=2)
        assert not any(store().exists(key) for key in keys if key)
    else:  # a cache forgets by itself, a cookie is not here
        assert "Nothing was over." in prune()
    assert whoami(browser) == 200


def session_file(expires: datetime) -> Path:
    session: Any = FileStore()
    session.set_expiry(expires)
    session.create()
    return Path(session._key_to_file())


def test_files_of_the_store_lab(settings: Any, tmp_path: Path) -> None:
    settings.STORE_LAB_FOLDER = tmp_path
    over = [session_file(timezone.now() - timedelta(seconds=1)) for _ in range(5)]
    alive = session_file(timezone.now() + timedelta(hours=1))
    someone_elses = tmp_path / "notes.txt"
    someone_elses.touch()
    for long_ago in (alive, someone_elses):
        os.utime(long_ago, (0, 0))
    assert "         5 expired sessions of the store lab\n" in prune(batch_size=2)
    assert sorted(tmp_path.iterdir()) == sorted([alive, someone_elses])
    assert not any(path.exists() for path in over)


@pytest.mark.parametrize("name", ["{}", "{}_out_x1y2"])
def test_a_file_that_was_half_written_goes_when_nobody_can_be_writing_it(
    settings: Any, tmp_path: Path, name: str
) -> None:
    settings.STORE_LAB_FOLDER = tmp_path
    left = tmp_path / name.format(settings.SESSION_COOKIE_NAME + "a" * 32)
    left.touch()
    assert "Nothing was over." in prune()
    assert left.exists()
    long_ago = time.time() - stores.HALF_WRITTEN_FOR.total_seconds() - 1
    os.utime(left, (long_ago, long_ago))
    assert "         1 expired sessions of the store lab\n" in prune()
    assert not left.exists()


def test_expired_entries_of_the_cache_go_and_those_in_use_stay() -> None:
    caches["security"].set("alive", "lock", 60)
    caches["default"].set("for_ever", "yes", None)
    for number in range(5):
        caches["default"].set(f"key{number}", "old")
        caches["sessions"].set(f"key{number}", "young")
    with connection.cursor() as cursor:
        long_ago = connection.ops.adapt_datetimefield_value(timezone.now() - timedelta(hours=2))
        just_now = connection.ops.adapt_datetimefield_value(timezone.now() - timedelta(minutes=1))
        change = "UPDATE django_cache SET expires = %s WHERE cache_key LIKE %s"
        cursor.execute(change, [long_ago, "authdemo:1:key%"])
        cursor.execute(change, [just_now, "sessions:1:key%"])
        assert "         5 expired entries of the cache\n" in prune(batch_size=2)
        cursor.execute("SELECT count(*) FROM django_cache WHERE cache_key LIKE 'sessions:1:key%'")
        assert cursor.fetchone() == (5,)
    assert caches["security"].get("alive") == "lock"
    assert caches["default"].get("for_ever") == "yes"
