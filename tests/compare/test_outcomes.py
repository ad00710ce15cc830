"""For every choice, and each pair of them, what comes of every step: really sent, to the running demo."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest

from authdemo.compare.choices import ALGORITHMS, ASKS, LIFETIMES, STORES, Choices
from authdemo.compare.story import COLUMNS, Call, Run
from tests.compare.combinations import ALL, expected, pairs
from tests.compare.conftest import EVERYTHING, cell, command, played, read, story
from tests.fixtures.demo import RunningDemo

pytestmark = pytest.mark.live
# In one process: to start the command takes longer than to play. `at` and `until` are of the credentials themselves.
PLAY = """
import base64, json, time
from allauth.idp.oidc.models import Token
from authdemo.compare import play
from authdemo.compare.choices import Choices
from authdemo.compare.clients import somebody
for chosen in {chosen}:
    scenario = play.begin(Choices(**chosen))
    try:
        play.play_next(scenario, somebody())
        payload = scenario.held["jwt"]["access"].split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
        row = Token.objects.by_value(scenario.held["oauth"]["access"]).get()
        while scenario.run.next_step.slug != "expiry":
            play.play_next(scenario, somebody())
        over = time.time()
    finally:
        play.end(scenario, somebody())
    opaque = [row.created_at.timestamp(), row.expires_at.timestamp()]
    times = {{"jwt": [claims["iat"], claims["exp"]], "oauth": opaque}}
    print(json.dumps([scenario.run.as_json(), times, over]))
"""


@dataclass
class Outcome:
    """A run, from when until when its tokens say that they are good, by column, and when it was over (Unix time)."""

    run: Run
    times: dict[str, tuple[float, float]]
    over: float

    def last(self, slug: str, column: str) -> Call:
        """The call that matters there."""
        return cell(self.run, slug, column).calls[-1]

    def in_time(self, slug: str, column: str) -> bool:
        """Whether the step was over while the credential was good: ten seconds may be too few for a slow machine."""
        ends = [step.at for step in self.run.played[1:]] + [self.over]
        return ends[list(story(self.run, column)).index(slug)] < self.run.expires[column]


def outcomes(demo: RunningDemo, chosen: list[Choices]) -> list[Outcome]:
    """Play each of them but for the last step, which is the end of the tokens."""
    said = demo.shell(PLAY.format(chosen=[one.as_json() for one in chosen]))
    found: list[list[Any]] = [json.loads(line) for line in said.splitlines() if line.startswith("[")]
    assert len(found) == len(chosen), said
    return [Outcome(Run.of_json(run), times, over) for run, times, over in found]


def test_as_it_comes(demo: RunningDemo):
    run = played(demo)
    assert {column: story(run, column) for column in COLUMNS} == EVERYTHING
    # Who is calling is what the server says, and it took the thief for the user.
    for column in COLUMNS:
        assert [cell(run, slug, column).calls[-1].user for slug in ("call", "stolen")] == ["alice", "alice"]
        assert cell(run, "stolen", column).calls[-1].who == "a thief"


def test_no_pair_of_values_is_left_out():
    every = product(STORES, ALGORITHMS, (False, True), LIFETIMES, ASKS)
    assert pairs(ALL) == pairs([Choices(*one) for one in every])


@pytest.mark.parametrize("stores", [("db", "cached_db"), ("redis", "memory"), ("file", "signed_cookie")])
def test_what_comes_of_each_is_what_comes_of_it_beside_any_other(demo: RunningDemo, stores: tuple[str, ...]):
    chosen = [one for one in ALL if one.store in stores]
    for one in outcomes(demo, chosen):
        choices, run = one.run.choices, one.run
        for column, steps in expected(choices).items():
            seen = story(run, column)
            late = {slug for slug, outcome in steps.items() if outcome == "in" and not one.in_time(slug, column)}
            assert {slug: seen[slug] for slug in steps if slug not in late} == {
                slug: outcome for slug, outcome in steps.items() if slug not in late
            }, (choices, column)
            assert {seen[slug] for slug in late} <= {"in", "out"}
            assert not late or choices.lifetime < 60, "that was no slow machine"
        the_sessions_say_why(one)
        the_jwts_say_why(one)
        the_opaque_tokens_say_why(one)


def the_sessions_say_why(one: Outcome) -> None:
    store = one.run.choices.store
    assert one.last("call", "sessions").path == f"/sessions/stores/{store}/whoami/"
    if store == "signed_cookie":
        assert one.last("revoke", "sessions").code == "no_record"
        assert one.run.clock("sessions").goes_on
    else:
        assert one.last("after-sign-out", "sessions").code == "not_authenticated"
        assert not one.run.clock("sessions").goes_on
    if store == "memory":
        assert "memory of instance A" in cell(one.run, "instance-b", "sessions").note


def the_jwts_say_why(one: Outcome) -> None:
    choices, run = one.run.choices, one.run
    assert one.last("call", "jwt").path == f"/jwt/algorithms/{choices.algorithm}/whoami/"
    since, until = one.times["jwt"]
    assert until - since == choices.lifetime
    assert run.expires["jwt"] == until
    if choices.algorithm == "HS256":
        call = one.last("independent", "jwt")
        assert (call.to, call.status, call.code) == ("orders", 401, "unknown_key")
        assert "no public key" in cell(run, "independent", "jwt").note
    if not one.in_time("after-sign-out", "jwt"):
        return
    assert run.clock("jwt").goes_on == (not choices.denylist and story(run, "jwt")["after-revoke"] == "in")
    if choices.denylist:
        assert one.last("after-sign-out", "jwt").code == "token_denied"
        assert one.last("stolen", "jwt").cache == 1
    else:
        calls = [one.last(slug, "jwt") for slug in ("call", "instance-b", "stolen", "after-sign-out")]
        assert [(call.sql, call.cache) for call in calls] == [(0, 0)] * 4, "nothing is looked up"


def the_opaque_tokens_say_why(one: Outcome) -> None:
    choices, run = one.run.choices, one.run
    since, until = one.times["oauth"]
    assert 0 <= until - since - choices.lifetime < 5, "its end is counted from a moment after it was given"
    assert abs(run.expires["oauth"] - until) < 0.001
    call = one.last("independent", "oauth")
    if choices.asks == "opaque":
        assert (call.path, call.user, call.asked) == ("/orders/", "", 0)
    elif one.in_time("independent", "oauth"):
        assert (call.path, call.user, call.asked) == ("/orders/asked/", "alice", 1)
        assert call.asked_sql > 0


def test_the_tokens_end_by_themselves_and_the_clock_says_when(demo: RunningDemo):
    """The only thing that is waited for: ten seconds."""
    done = command(demo, "--json", "--lifetime", "10", "--store", "signed_cookie")
    assert done.returncode == 0, done.stderr
    run = read(done.stdout)
    assert "The tokens are good for" in done.stderr
    outcomes = {column: story(run, column)["expiry"] for column in COLUMNS}
    assert outcomes == {"sessions": "in", "jwt": "out", "oauth": "out"}
    assert cell(run, "expiry", "jwt").calls[-1].code == "token_expired"
    jwt = run.clock("jwt")
    assert jwt.first_out is not None
    assert jwt.first_out <= 11
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
