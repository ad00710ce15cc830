"""Whatever becomes of the deny-list's cache, a token that was taken back is refused.

On Redis and on Django's database cache.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError
from django.utils import timezone

from jwt_app import denylist_cache
from jwt_app.denylist_cache import COPY, STAMP
from jwt_app.models import Denial

from .conftest import API, cost, refused

pytestmark = pytest.mark.django_db(transaction=True)  # the cache hears of a denial when it is committed


@pytest.mark.parametrize("lost", [[STAMP], [COPY], [STAMP, COPY]])
def test_a_cache_that_forgets_is_filled_again_from_the_rows(
    api: API, denied: str, cache: Any, lost: list[str]
) -> None:
    cache.delete_many(lost)

    refused(api.get("whoami", denied), "token_denied")
    assert cost(api, "whoami", denied)[2] == 1, "and then it is warm again"


@pytest.mark.parametrize("rubbish", [7, "text", [], {}, {"stamp": None, "denied": []}, {"stamp": "x", "denied": []}])
def test_a_copy_that_nobody_vouches_for_does_not_count(api: API, denied: str, cache: Any, rubbish: Any) -> None:
    cache.set(COPY, rubbish)

    refused(api.get("whoami", denied), "token_denied")


def test_a_copy_from_before_the_sign_out_that_is_written_after_it(
    api: API, alice: Any, cache: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slow process read the rows, then somebody signed out, then it writes what it has read."""
    pair, other = api.sign_in(), api.sign_in()
    original = type(cache).set

    def slow(self: Any, key: str, *args: Any, **kwargs: Any) -> Any:
        monkeypatch.setattr(type(cache), "set", original)
        api.post("logout", {"refresh": pair["refresh"]})
        refused(api.get("whoami", pair["access"]), "token_denied")
        return original(self, key, *args, **kwargs)

    monkeypatch.setattr(type(cache), "set", slow)
    assert api.get("whoami", other["access"]).status_code == 200
    assert type(cache).set is original, "it has happened"

    refused(api.get("whoami", pair["access"]), "token_denied")


def test_a_cache_that_went_back_in_time(api: API, denied: str, cache: Any) -> None:
    """What a snapshot held: a stamp and a copy that fit each other, from before the denial."""
    cache.set(STAMP, "of then")
    cache.set(COPY, {"stamp": "of then", "denied": []})
    assert api.get("whoami", denied).status_code == 200, "nothing in the cache shows it"

    denylist_cache.distrust()

    refused(api.get("whoami", denied), "token_denied")
    assert cost(api, "whoami", denied)[2] == 1


def test_a_process_that_starts_takes_the_caches_word_for_nothing(
    api: API, denied: str, cache: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.set(STAMP, "of then")
    cache.set(COPY, {"stamp": "of then", "denied": []})
    monkeypatch.setattr(denylist_cache, "_settled", None)

    refused(api.get("whoami", denied), "token_denied")


def test_the_copy_is_given_a_short_life(api: API, denied: str, cache: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[Any] = []
    original = type(cache).set

    def noted(self: Any, key: str, value: Any, timeout: Any) -> Any:
        given.append(timeout)
        return original(self, key, value, timeout)

    monkeypatch.setattr(type(cache), "set", noted)
    cache.delete(COPY)

    api.get("whoami", denied)

    assert given == [denylist_cache.COMPLETE_FOR] == [30]


def test_more_denials_than_a_copy_may_hold(api: API, denied: str, cache: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(denylist_cache, "MOST", 3)
    until = timezone.now() + timedelta(minutes=5)
    Denial.objects.bulk_create([Denial(identifier=str(number), expires_at=until) for number in range(3)])
    good = api.sign_in()["access"]
    cache.delete(COPY)
    refused(api.get("whoami", denied), "token_denied")
    asked = 1 if "Database" in type(cache).__name__ else 0

    assert cost(api, "whoami", denied) == (401, asked + 1, 1)
    assert cost(api, "whoami", good) == (200, asked + 1, 1)
    assert cache.get(COPY)["denied"] is None


# ---- Nobody knows


def unavailable(answer: Any) -> None:
    assert answer.status_code == 503
    assert answer.json().keys() == {"detail", "code"}
    assert answer.json()["code"] == "denylist_unavailable"
    assert answer["Retry-After"] == "5"


@pytest.fixture
def down(settings: Any, cache: Any) -> Callable[[], None]:
    """Call it, and the cache is a Redis that does not answer."""

    def go() -> None:
        gone = {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
        settings.CACHES = settings.CACHES | {"security": gone}

    return go


def test_with_the_cache_down_no_token_is_accepted(api: API, alice: Any, down: Callable[[], None]) -> None:
    token = api.sign_in()["access"]
    down()

    unavailable(api.get("whoami", token))
    unavailable(api.get("me", token))
    unavailable(api.post("verify", {"token": token}))
    refused(api.get("whoami", "rubbish"), "token_not_valid")
    assert api.sign_in()["access"], "who signs in, or refreshes, asks no deny-list"


def test_a_sign_out_with_the_cache_down_promises_nothing_and_loses_nothing(
    api: API, alice: Any, settings: Any, cache: Any, down: Callable[[], None]
) -> None:
    pair = api.sign_in()
    assert api.get("whoami", pair["access"]).status_code == 200
    up = settings.CACHES
    down()
    unavailable(api.post("logout", {"refresh": pair["refresh"]}))
    refused(api.refresh(pair["refresh"]), "token_revoked")

    settings.CACHES = up  # all the time, other processes could reach it
    assert api.post("logout", {"refresh": pair["refresh"]}).status_code == 200, "tried again"

    refused(api.get("whoami", pair["access"]), "token_denied")


def test_reuse_with_the_cache_down_still_ends_the_family(api: API, alice: Any, down: Callable[[], None]) -> None:
    pair = api.sign_in()
    newer = api.refresh(pair["refresh"]).json()
    down()

    refused(api.refresh(pair["refresh"]), "token_reused")
    refused(api.refresh(newer["refresh"]), "token_revoked")
    assert Denial.objects.get().reason == "reuse"


def test_with_the_database_down_a_cold_cache_says_nothing(
    api: API, alice: Any, cache: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = api.sign_in()["access"]

    def broken() -> Any:
        raise DatabaseError

    monkeypatch.setattr(denylist_cache, "_rows", broken)
    unavailable(api.get("whoami", token))
