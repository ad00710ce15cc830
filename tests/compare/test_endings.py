"""What stopped the thief, where two things could have: the revoke came just before the token's time was up."""

from __future__ import annotations

import pytest

from authdemo.compare.clocks import words
from tests.compare.runs import a_run

REVOKE, AFTER_SIGN_OUT, AFTER_REVOKE = 8, 7, 9
ADMINISTRATOR, TIME = "The revoke ended it.", "Only its expiry, after 10.0 s, ended it."


@pytest.mark.parametrize(
    ("let_in", "revoked", "refused", "outcome", "said"),
    [
        (9.0, 9.8, 9.9, "done", ADMINISTRATOR),  # before its time was up
        (9.0, 9.8, 10.2, "done", ADMINISTRATOR),  # and he came only after that: it had ended before
        (9.0, 9.8, 9.9, "nothing", TIME),  # the administrator has found nothing to end
        (9.0, 10.1, 10.2, "done", TIME),  # and came too late
        (9.0, 9.2, 9.3, "done", ADMINISTRATOR),
    ],
)
def test_the_revoke_ended_it_where_it_came_in_time(let_in, revoked, refused, outcome, said):
    """Seconds after the copy, which is good for ten."""
    run = a_run("after-revoke")
    copied = run.played[4].at
    run.expires["oauth"] = copied + 10
    for number, after in ((AFTER_SIGN_OUT, let_in), (REVOKE, revoked), (AFTER_REVOKE, refused)):
        run.played[number].at = copied + after
    run.played[REVOKE].cells["oauth"].outcome = outcome
    assert words(run, "oauth").endswith(said)


def test_a_revoke_after_which_he_was_let_in_has_not_ended_it():
    """It was said to be done, and the copy went on: so it was the time."""
    run = a_run(ended={"oauth": "expiry"})
    run.expires["oauth"] = run.played[-1].at
    assert words(run, "oauth").endswith("ended it.")
    assert "Only its expiry" in words(run, "oauth")
