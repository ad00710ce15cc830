"""For every choice, what comes of every step: really sent, to the running demo."""

from __future__ import annotations

import pytest

from authdemo.compare.story import COLUMNS
from tests.compare.conftest import EVERYTHING, JWT, OAUTH, SESSIONS, cell, command, read, story
from tests.fixtures.demo import RunningDemo

pytestmark = pytest.mark.live


def test_as_it_comes(compare):
    run = compare()
    assert {column: story(run, column) for column in COLUMNS} == EVERYTHING
    # Who is calling is what the server says, and it took the thief for the user.
    for column in COLUMNS:
        assert [cell(run, slug, column).calls[-1].user for slug in ("call", "stolen")] == ["alice", "alice"]
        assert cell(run, "stolen", column).calls[-1].who == "a thief"


@pytest.mark.parametrize("store", ["cached_db", "redis", "file"])
def test_a_store_that_both_instances_share_ends_a_copy_with_the_sign_out(compare, store):
    run = compare(store)
    assert story(run, "sessions") == SESSIONS
    assert cell(run, "call", "sessions").calls[-1].path == f"/sessions/stores/{store}/whoami/"
    assert cell(run, "after-sign-out", "sessions").calls[-1].code == "not_authenticated"


def test_memory_is_known_to_one_instance_alone(compare):
    run = compare("memory")
    assert story(run, "sessions") == SESSIONS | {"instance-b": "out"}
    assert "memory of instance A" in cell(run, "instance-b", "sessions").note


def test_a_signed_cookie_outlives_the_sign_out_and_the_administrator(compare):
    run = compare("signed_cookie")
    assert story(run, "sessions") == SESSIONS | {"after-sign-out": "in", "after-revoke": "in"}
    assert cell(run, "revoke", "sessions").calls[-1].code == "no_record"
    assert run.clock("sessions").goes_on


@pytest.mark.parametrize(("store", "algorithm"), [("cached_db", "ES256"), ("redis", "EdDSA")])
def test_a_token_outlives_sign_out_and_administrator_whatever_it_is_signed_with(compare, store, algorithm):
    run = compare(store)
    assert story(run, "jwt") == JWT
    assert cell(run, "call", "jwt").calls[-1].path == f"/jwt/algorithms/{algorithm}/whoami/"
    assert run.clock("jwt").goes_on


def test_hs256_is_for_who_has_the_secret(compare):
    run = compare("file")
    assert story(run, "jwt") == JWT | {"independent": "out"}
    call = cell(run, "independent", "jwt").calls[-1]
    assert (call.to, call.status, call.code) == ("orders", 401, "unknown_key")
    assert "no public key" in cell(run, "independent", "jwt").note


@pytest.mark.parametrize(("store", "orders"), [("memory", "in"), ("signed_cookie", "out")])
def test_with_the_denylist_a_copy_ends_with_the_sign_out_and_each_call_costs_a_cache_call(compare, store, orders):
    run = compare(store)
    assert story(run, "jwt") == SESSIONS | {"independent": orders}
    assert cell(run, "after-sign-out", "jwt").calls[-1].code == "token_denied"
    assert cell(run, "stolen", "jwt").calls[-1].cache == 1


def test_without_it_nothing_is_looked_up(compare):
    run = compare()
    calls = [cell(run, slug, "jwt").calls[-1] for slug in ("call", "instance-b", "stolen", "after-sign-out")]
    assert [(call.sql, call.cache) for call in calls] == [(0, 0)] * 4


@pytest.mark.parametrize("store", ["cached_db", "redis"])
def test_an_opaque_token_is_good_where_the_site_is_asked(compare, store):
    run = compare(store)
    assert story(run, "oauth") == OAUTH | {"independent": "in"}
    call = cell(run, "independent", "oauth").calls[-1]
    assert (call.path, call.user, call.asked) == ("/orders/asked/", "alice", 1)
    assert call.asked_sql > 0


def test_the_tokens_end_by_themselves_and_the_clock_says_when(demo: RunningDemo):
    """The only thing that is waited for: twenty seconds."""
    done = command(demo, "--json", "--lifetime", "20", "--store", "signed_cookie")
    assert done.returncode == 0, done.stderr
    run = read(done.stdout)
    assert "The tokens are good for" in done.stderr
    outcomes = {column: story(run, column)["expiry"] for column in COLUMNS}
    assert outcomes == {"sessions": "in", "jwt": "out", "oauth": "out"}
    assert cell(run, "expiry", "jwt").calls[-1].code == "token_expired"
    jwt = run.clock("jwt")
    assert jwt.first_out is not None
    assert jwt.first_out <= 21
    # The signed cookie is good for an hour, and nobody can end it.
    until = run.clock("sessions").until
    assert until is not None
    assert 3500 < until - run.played[0].at < 3700


@pytest.mark.postgres
def test_the_same_on_postgresql(demo_postgres: RunningDemo):
    done = command(demo_postgres, "--json", "--no-wait", "--lifetime", "300")
    assert done.returncode == 0, done.stderr
    run = read(done.stdout)
    assert {column: story(run, column) for column in COLUMNS} == EVERYTHING
