"""How it is measured: in turns, without the first rounds, until it is enough. With variants that cost nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from authdemo.compare.costs.calls import Sender
from authdemo.compare.costs.measuring import in_turns
from authdemo.compare.costs.variants import Variant

NAMES = ("a", "b", "c")


class Players:
    """Three variants that write down who was played, set how; each sample's `sql` is its number."""

    def __init__(self) -> None:
        self.played: list[str] = []
        self.set_as: list[str] = []

    def variants(self) -> list[Variant]:
        return [self._variant(name) for name in NAMES]

    def _variant(self, name: str) -> Variant:
        @contextmanager
        def within() -> Iterator[None]:
            self.set_as.append(name)
            yield
            self.set_as.pop()

        def play(sender: Sender) -> None:
            assert self.set_as == [name], "the site is set as another one needs it"
            self.played.append(name)
            sender.sample.sql = len(self.played)

        def app(environ: Any, start_response: Any) -> list[bytes]:
            raise AssertionError("nothing is sent")

        return Variant(name, "", "request", name, play, app, within)


def rounds(played: list[str], at_once: int) -> list[list[str]]:
    """The order of each round."""
    size = len(NAMES) * at_once
    whole = [played[start : start + size] for start in range(0, len(played), size)]
    assert all(Counter(one) == dict.fromkeys(NAMES, at_once) for one in whole), "somebody is missing in a round"
    return [one[::at_once] for one in whole]


@pytest.mark.parametrize("at_once", [1, 2])
def test_the_order_turns_round_with_each_round(at_once):
    players = Players()
    in_turns(players.variants(), seconds=0, least=4, at_once=at_once)
    there, back = list(NAMES), list(reversed(NAMES))
    first, second, *others = rounds(players.played, at_once)
    assert sorted([first, second]) == [there, back]
    assert others == [first, second]


def test_the_first_rounds_are_thrown_away():
    players = Players()
    samples = in_turns(players.variants(), seconds=0, warm=2, least=3, at_once=2)
    assert len(rounds(players.played, 2)) == 5
    warm = 2 * 2 * len(NAMES)
    assert {name: [one.sql for one in taken] for name, taken in samples.items()} == {
        name: [number for number, played in enumerate(players.played, 1) if played == name and number > warm]
        for name in NAMES
    }
    assert {len(taken) for taken in samples.values()} == {6}


def test_there_are_never_more_than_the_most_however_long_it_may_take():
    players = Players()
    told: list[float] = []
    samples = in_turns(players.variants(), seconds=3600, warm=1, most=6, at_once=2, say=told.append)
    assert {len(taken) for taken in samples.values()} == {6}
    assert len(told) == 4
    assert told == sorted(told)
    assert 0 <= told[0] <= told[-1] < 1


def test_it_goes_on_for_as_long_as_it_was_told(monkeypatch):
    players = Players()
    told: list[float] = []
    monkeypatch.setattr("authdemo.compare.costs.measuring.monotonic", lambda: len(players.played))  # a second each
    samples = in_turns(players.variants(), seconds=8, say=told.append)
    assert told == [3 / 8, 6 / 8, 1]
    assert {len(taken) for taken in samples.values()} == {3}
