"""What the administrator of a run does ends what is open: in the scenario, the user has signed out before."""

from __future__ import annotations

import json
from typing import Any

import pytest

from authdemo.compare.choices import Choices
from tests.fixtures.demo import RunningDemo

pytestmark = pytest.mark.live
# Up to the thief's first call, then at once the administrator, and the thief's call after that.
PLAY = """
import json
from django.urls import reverse
from authdemo.compare import play
from authdemo.compare.choices import Choices
from authdemo.compare.clients import Administrator, Caller, somebody
from authdemo.compare.columns import COLUMNS
from authdemo.compare.steps import BY_SLUG
for chosen in {chosen}:
    scenario = play.begin(Choices(**chosen))
    run, told = scenario.run, {{}}
    try:
        while run.next_step.slug != "sign-out":
            play.play_next(scenario, somebody())
        for name, column in COLUMNS.items():
            with Administrator(somebody()) as admin:
                revoked = column(run, scenario.held[name], somebody(), admin).play(BY_SLUG["revoke"])
            after = column(run, scenario.held[name], somebody()).play(BY_SLUG["after-revoke"])
            told[name] = [run.cell("stolen", name).outcome, revoked.outcome, after.outcome, after.call.code]
        caller = Caller(somebody(), "")
        refreshed = caller.post_json("A", reverse("jwt:refresh"), {{"refresh": scenario.held["jwt"]["refresh"]}})
        told["refresh"] = [refreshed.status_code, refreshed.json().get("code")]
    finally:
        play.end(scenario, somebody())
    print(json.dumps(told))
"""
OUT = ["in", "done", "out", "not_authenticated"]
CASES = (
    (Choices("db", denylist=True, lifetime=300), OUT, ["in", "done", "out", "token_denied"]),
    # Without the deny-list the sign-in has ended, too, and the access token goes on.
    (Choices("memory", lifetime=300), OUT, ["in", "done", "in", ""]),
    # And of a signed cookie there is no record.
    (Choices("signed_cookie", "HS256", lifetime=300), ["in", "nothing", "in", ""], ["in", "done", "in", ""]),
)


def test_it_ends_a_session_a_sign_in_and_a_grant_that_are_alive(demo: RunningDemo):
    said = demo.shell(PLAY.format(chosen=[choices.as_json() for choices, _, _ in CASES]))
    told: list[dict[str, Any]] = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    for seen, (choices, sessions, jwt) in zip(told, CASES, strict=True):
        assert seen["sessions"] == sessions, choices
        assert seen["jwt"] == jwt, choices
        assert seen["refresh"] == [401, "token_revoked"]
        assert seen["oauth"][:3] == ["in", "done", "out"]
