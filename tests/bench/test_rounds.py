"""How the bench measures: turns, rounds that are thrown away, quartiles."""

from __future__ import annotations

from collections import Counter
from functools import partial
from itertools import pairwise

import pytest

from bench.rounds import Limit, Plan, Problem, Summary, alternate, order

NAMES = ["a", "b", "c", "d"]


def test_nobody_is_always_the_first_and_nobody_always_follows_the_same_one():
    rounds = [order(NAMES, number) for number in range(8)]
    assert all(sorted(one) == NAMES for one in rounds)
    assert set(Counter(one[0] for one in rounds)) == set(NAMES)
    neighbours = {pair for one in rounds for pair in pairwise(one)}
    assert {("a", "b"), ("b", "a"), ("c", "d"), ("d", "c")} <= neighbours


def test_the_first_rounds_are_thrown_away():
    sent: list[str] = []
    now = iter(range(1000))
    plan = Plan(rounds=3, requests=2, warm=1)

    times = alternate({name: partial(sent.append, name) for name in NAMES}, plan, clock=lambda: next(now))

    assert Counter(sent) == dict.fromkeys(NAMES, 8)  # four rounds
    assert times == dict.fromkeys(NAMES, [1e6] * 6)  # of which three count
    assert sent[:4] == ["a", "a", "b", "b"]


def test_a_summary_has_quartiles_and_requests_a_second():
    assert Summary.of([100, 200, 300, 400, 500]) == Summary(200, 300, 400, 5, 1e6 / 300)


@pytest.mark.parametrize(
    ("low", "high", "apart"), [(401, 500, True), (10, 199, True), (400, 500, False), (1, 999, False)]
)
def test_ranges_are_apart_where_they_do_not_touch(low, high, apart):
    one, other = Summary(200, 300, 400, 5, 1), Summary(low, (low + high) / 2, high, 5, 1)
    assert one.apart_from(other) is other.apart_from(one) is apart


def test_a_limit_ends_the_run():
    assert 0 < Limit(60).left() <= 60
    with pytest.raises(Problem, match="ended after 0 seconds"):
        Limit(0).left()
