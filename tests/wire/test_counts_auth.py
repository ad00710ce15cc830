"""Authentication time: session, user row and DRF's authenticators, each once."""

from __future__ import annotations

import inspect
from importlib.metadata import version
from time import perf_counter
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import caches
from django.db import connection
from rest_framework.request import Request

from authdemo.wire import counters
from authdemo.wire.counters import Counters
from tests.wire.instruments import Timing

PASSWORD = "correct horse"
pytestmark = pytest.mark.django_db


@pytest.fixture
def alice():
    return get_user_model().objects.create_user("alice", "alice@example.com", PASSWORD)


def spend(seconds: float) -> None:
    end = perf_counter() + seconds
    while perf_counter() < end:
        pass


def slow(table: str, seconds: float) -> Any:
    """A wrapper for statements about this table."""

    def wrapper(execute, sql, params, many, context):
        if table in sql:
            spend(seconds)
        return execute(sql, params, many, context)

    return wrapper


def test_drf_is_the_version_whose_private_method_is_measured():
    """Read `Request._authenticate` again before this number is raised: it must be what calls the authenticators."""
    assert version("djangorestframework").startswith("3.18.")
    assert "authenticator.authenticate(self)" in inspect.getsource(inspect.unwrap(Request._authenticate))  # type: ignore[attr-defined]


def test_a_page_that_nobody_signed_in_to_spends_nothing_on_it(client):
    assert Timing.of(client.get("/jwt/.well-known/jwks.json")).ms["auth"] < 1
    assert Timing.of(client.get("/healthz")).ms["auth"] == 0


@pytest.mark.parametrize(("table", "path"), [("django_session", "/session/"), ("accounts_user", "/user/")])
def test_the_session_and_the_user_are_authentication(client, alice, settings, table, path):
    """Whichever of both is slow, that is time of authentication; and it is no time of our own."""
    client.force_login(alice)
    settings.ROOT_URLCONF = "tests.wire.counted_urls"
    with connection.execute_wrapper(slow(table, 0.5)):  # far longer than a busy machine takes for all the rest
        timing = Timing.of(client.get(path))
    assert timing.ms["sql"] >= 500
    assert timing.ms["auth"] >= 500
    assert timing.ms["app"] < 500


@pytest.mark.parametrize("path", ["whoami", "me"])
def test_the_authenticators_of_drf(client, alice, path):
    pair = client.post("/jwt/api/token/", {"username": "alice", "password": PASSWORD}, "application/json").json()
    response = client.get(f"/jwt/api/{path}/", headers={"Authorization": f"Bearer {pair['access']}"})
    timing = Timing.of(response)
    assert timing.ms["auth"] > 0
    assert timing.ms["auth"] >= timing.ms["sql"]


def test_a_refused_token_took_time_as_well(client):
    response = client.get("/jwt/api/whoami/", headers={"Authorization": "Bearer rubbish"})
    assert response.status_code == 401
    assert Timing.of(response).ms["auth"] > 0


def test_what_is_within_is_not_measured_twice():
    counts = Counters()
    with counts, counters.authenticating():
        spend(0.01)
        with counters.authenticating():
            spend(0.01)
    assert 0.02 <= counts.auth_seconds <= counts.seconds


def test_authentication_that_fails_ends_its_measurement():
    counts = Counters()
    with counts:
        with pytest.raises(ValueError, match="no"), counters.authenticating():
            raise ValueError("no")
        before = counts.auth_seconds
        with counters.authenticating():
            spend(0.01)
    assert counts.auth_seconds - before >= 0.01


def test_a_request_sent_while_another_authenticates_or_asks_a_cache_is_measured_from_the_start():
    outer, inner = Counters(), Counters()

    def another() -> None:
        with inner, counters.authenticating():
            caches["memory"].get("nothing")

    with outer, counters.authenticating():
        counters.count_cache_call(lambda: "memory", "get", another)
    assert (outer.cache_count, inner.cache_count) == (1, 1)
    assert inner.auth_seconds > 0
