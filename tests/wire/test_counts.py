"""Counts where they could go wrong: several databases, threads that are used again, streams, failures."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from time import perf_counter
from typing import Any, cast
from uuid import uuid4

import pytest
from django.core.cache import caches
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from redis.exceptions import ConnectionError as NobodyThere

from authdemo.wire import counters, recorder
from authdemo.wire.counters import CacheCall, Counters
from tests.wire import counted_urls
from tests.wire.instruments import Timing, Valkey, statements


@pytest.fixture(autouse=True)
def known_views(settings) -> None:
    settings.ROOT_URLCONF = "tests.wire.counted_urls"


@pytest.fixture
def second(tmp_path, monkeypatch, db) -> Iterator[BaseDatabaseWrapper]:
    """Another database, in a file."""
    monkeypatch.setattr(counted_urls, "second_file", str(tmp_path / "second.sqlite3"))
    yield counted_urls.second()
    counted_urls.second().close()
    del connections["second"]


@pytest.fixture
def recorded(monkeypatch) -> list[Counters]:
    """What the recorder is given, once for each response that was closed."""
    kept: list[Counters] = []

    def record(request: Any, response: Any, counted: Counters) -> None:
        assert counters.current.get() is None
        kept.append(counted)

    monkeypatch.setattr(recorder, "wanted", lambda request: True)
    monkeypatch.setattr(recorder, "record", record)
    return kept


@pytest.mark.django_db
def test_each_database_counts(client, second, recorded):
    assert Timing.of(client.get("/known/?default=2&second=3&cache=1")).counts == (5, 1)
    assert [one.alias for one in recorded[0].statements] == ["default"] * 2 + ["second"] * 3
    assert [(one.alias, one.operation) for one in recorded[0].cache_calls] == [("memory", "get")]


@pytest.mark.django_db
def test_a_connection_that_is_closed_and_opened_again_counts_once(client, second):
    for _ in range(3):
        assert Timing.of(client.get("/known/?second=2")).counts == (2, 0)
        second.close()


@pytest.mark.django_db
def test_a_wrapper_of_somebody_else_that_is_there_when_it_connects_is_the_one_that_goes(client, second):
    def other(execute, sql, params, many, context):
        return execute(sql, params, many, context)

    with second.execute_wrapper(other):
        client.get("/known/?second=1")
    assert second.execute_wrappers == [counters.count_statement]


@pytest.mark.django_db(transaction=True)
def test_begin_savepoint_and_commit_do_not_count(client):
    with CaptureQueriesContext(connection) as queries:
        timing = Timing.of(client.get("/in-transactions/"))
    assert timing.counts == (2, 0)
    said = [query["sql"].split()[0] for query in queries.captured_queries]
    assert {"BEGIN", "SAVEPOINT", "RELEASE"} <= set(said)


@pytest.mark.django_db
def test_a_thread_counts_only_with_the_context_of_its_request(client, second):
    assert Timing.of(client.get("/with-threads/")).counts == (1, 0)


@pytest.mark.django_db
def test_a_request_within_a_request_has_counts_of_its_own(client):
    response = client.get("/sends-another/", {"key": uuid4().hex})
    assert Timing.of(response).counts == (1, 1)
    assert Timing.of({"Server-Timing": response.content.decode()}).counts == (3, 2)


@pytest.mark.django_db
def test_an_answer_that_failed_has_its_counts(settings):
    client = Client(raise_request_exception=False)
    response = client.get("/fails/")
    assert response.status_code == 500
    assert Timing.of(response).counts == (1, 0)
    with CaptureQueriesContext(connection) as queries:
        response = client.get("/fails-in-sql/")
    assert response.status_code == 500
    assert Timing.of(response).sql == len(statements(queries)) == 1
    assert counters.current.get() is None


@pytest.mark.django_db
class TestStream:
    """One statement before the first byte, one with a cache call for each of three chunks, one when it is closed."""

    def test_the_header_has_what_came_before_and_the_recorder_all(self, client, recorded):
        response = client.get("/stream/")
        assert Timing.of(response).counts == (1, 0)
        assert recorded == []
        assert b"".join(response.streaming_content) == b"012"
        assert [(one.statement_count, one.cache_count) for one in recorded] == [(5, 3)]

    def test_another_request_in_between_keeps_its_own_counts(self, client, recorded):
        response = client.get("/stream/")
        stream = iter(response.streaming_content)
        next(stream)
        assert Timing.of(client.get("/known/?default=7")).counts == (7, 0)
        assert list(stream) == [b"1", b"2"]
        assert [one.statement_count for one in recorded] == [7, 5]

    def test_a_reader_who_goes_away(self, client, recorded):
        response = client.get("/stream/")
        next(iter(response.streaming_content))
        assert counters.current.get() is None
        response.close()
        assert [(one.statement_count, one.cache_count) for one in recorded] == [(3, 1)]

    def test_the_time_in_which_the_reader_does_nothing_is_not_ours(self, client, recorded):
        response = client.get("/stream/")
        stream = iter(response.streaming_content)
        next(stream)
        end = perf_counter() + 0.2
        while perf_counter() < end:
            pass
        list(stream)
        assert recorded[0].seconds < 0.2


@pytest.mark.django_db(transaction=True)
def test_two_threads_that_are_used_again_never_mix_up_their_requests(second, recorded, monkeypatch):
    """Two requests are always under way at once: each waits half-way for the other."""
    monkeypatch.setattr(counted_urls, "meeting", threading.Barrier(2))
    handler, factory = WSGIHandler(), RequestFactory()

    def send(number: int) -> tuple[tuple[int, int], tuple[int, int]]:
        expected = (number % 3 + number % 5, number % 7)
        query = {"default": number % 3, "second": number % 5, "cache": number % 7}
        headers: list[tuple[str, str]] = []
        environ = factory.get("/known/", query).environ
        with closing(cast("Any", handler)(environ, lambda status, sent: headers.extend(sent))) as response:
            list(response)
        counted_urls.select()  # after the request, in its thread: counts to nobody
        assert counters.current.get() is None
        return Timing.of(dict(headers)).counts, expected

    def finish(together: threading.Barrier) -> None:
        together.wait(timeout=30)
        connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(send, range(300)))
        list(pool.map(finish, [threading.Barrier(2)] * 2))
    assert [counted for counted, _ in results] == [expected for _, expected in results]
    assert len({expected for _, expected in results}) > 30
    assert len(recorded) == 300


@pytest.mark.django_db
def test_details_are_kept_only_for_the_recorder(client):
    counts = Counters()
    with counts:
        counted_urls.select()
        caches["memory"].get("nothing")
    assert (counts.statement_count, counts.cache_count) == (1, 1)
    assert (counts.statements, counts.cache_calls) == ([], [])


@pytest.mark.django_db
def test_no_parameter_and_no_key_is_kept():
    counts = Counters(detailed=True)
    with counts:
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s", ["a-secret-value"])
        caches["memory"].set("a-secret-key", "a-secret-value")
    assert [one.sql for one in counts.statements] == ["SELECT %s"]
    assert "a-secret" not in repr((counts.statements, counts.cache_calls))


def test_a_recorder_that_fails_spoils_no_answer(client, monkeypatch):
    def broken(*args: Any) -> None:
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr(recorder, "wanted", lambda request: True)
    monkeypatch.setattr(recorder, "record", broken)
    assert client.get("/known/").content == b"known"


def counted_calls(*calls: Any) -> list[str]:
    counts = Counters(detailed=True)
    with counts:
        for call in calls:
            call()
    return [one.operation for one in counts.cache_calls]


@pytest.fixture(params=["memory", "database", "redis"])
def cache(request, settings, db) -> Any:
    """A counted cache of each kind."""
    if request.param == "redis":
        settings.CACHES = settings.CACHES | {"default": Valkey(request.getfixturevalue("redis_url")).cache("default")}
    return caches["memory" if request.param == "memory" else "default"]


def test_one_call_of_the_application_is_one_count(cache):
    cache.set("n", 1)
    calls = {
        "get": lambda: cache.get("n"),
        "get_many": lambda: cache.get_many(["n", "m"]),
        "set_many": lambda: cache.set_many({"n": 1, "m": 2}),
        "incr": lambda: cache.incr("n"),
        "decr": lambda: cache.decr("n"),
        "has_key": lambda: "n" in cache,
        "touch": lambda: cache.touch("n", 60),
        "add": lambda: cache.add("n", 5),
        "get_or_set": lambda: cache.get_or_set("new", 1),
        "incr_version": lambda: cache.incr_version("new"),
        "delete_many": lambda: cache.delete_many(["n", "m"]),
        "delete": lambda: cache.delete("new", version=2),
    }
    assert counted_calls(*calls.values()) == list(calls)


def test_what_get_or_set_calls_back_counts_by_itself(cache):
    def value() -> int:
        counted_urls.select()
        caches["memory"].get("nothing")
        return 5

    counts = Counters(detailed=True)
    with counts:
        assert cache.get_or_set("missing", value) == 5
    assert sorted(one.operation for one in counts.cache_calls) == ["get", "get_or_set"]
    assert "SELECT 1" in [one.sql for one in counts.statements]


@pytest.mark.parametrize("operation", ["get", "set", "add", "touch", "delete", "incr", "has_key", "get_many"])
def test_a_call_is_one_command_at_the_server(redis_url, settings, operation):
    """django-redis sends one command for each of these, so both counts are the same."""
    valkey = Valkey(redis_url)
    settings.CACHES = settings.CACHES | {"default": valkey.cache("default")}
    cache = caches["default"]
    cache.set("n", 1)
    arguments: dict[str, tuple[Any, ...]] = {"set": ("n", 2), "add": ("m", 1), "get_many": (["n", "m"],)}
    counts = Counters()
    with valkey.commands() as commands, counts:
        getattr(cache, operation)(*arguments.get(operation, ("n",)))
    assert counts.cache_count == len(commands) == 1, commands


def test_what_only_redis_can_do_counts_too(redis_url, settings):
    settings.CACHES = settings.CACHES | {"default": Valkey(redis_url).cache("default")}
    cache: Any = caches["default"]
    assert counted_calls(lambda: cache.sadd("s", 1), lambda: cache.ttl("s"), lambda: cache.keys("*")) == [
        "sadd", "ttl", "keys",
    ]  # fmt: skip


def test_a_cache_that_cannot_be_reached_was_called_all_the_same(settings, db):
    dead = Valkey("redis://127.0.0.1:1/0").cache("default")
    settings.CACHES = settings.CACHES | {"default": dead}
    counts = Counters()
    with counts, pytest.raises(NobodyThere):
        caches["default"].get("n")
    assert counts.cache_count == 1


def test_the_statements_of_a_cache_in_the_database_are_not_its_own_time_as_well(db):
    counts = Counters(detailed=True)
    with counts:
        caches["default"].get("n")
    assert (counts.statement_count, counts.cache_count) == (1, 1)
    assert counts.cache_calls == [CacheCall("default", "get", counts.cache_seconds)]
    assert counts.sql_seconds + counts.cache_seconds + counts.app_seconds <= counts.seconds
