"""Do two runs say the same? Asked as one does it: with two files, at a prompt."""

from __future__ import annotations

import json

import pytest

from bench import agree


def run_of(**ranges: tuple[float, float]) -> dict[str, object]:
    rows = [
        {"peer": name, "job": "me", "microseconds": {"q1": low, "median": low, "q3": high, "n": 9}}
        for name, (low, high) in ranges.items()
    ]
    return {"version": 1, "rows": rows}


@pytest.fixture
def ask(tmp_path, capsys):
    def ask(one, other):
        for name, content in (("a", one), ("b", other)):
            (tmp_path / name).write_text(content if isinstance(content, str) else json.dumps(content))
        code = agree.main([str(tmp_path / "a"), str(tmp_path / "b")])
        said = capsys.readouterr()
        return code, (said.out or said.err).strip()

    return ask


FIRST = run_of(stock=(10, 20), ours=(30, 40), site=(35, 50))


def test_the_same_order(ask):
    code, said = ask(FIRST, run_of(stock=(100, 200), ours=(300, 400), site=(401, 500)))
    assert code == 0
    assert said.startswith("3 pairs. Apart in both runs: 2, in one of them: 1.")
    assert said.endswith("The two runs agree on the order of all that are apart in both.")


def test_another_order(ask):
    code, said = ask(FIRST, run_of(stock=(41, 42), ours=(30, 40), site=(43, 50)))
    assert code == 1
    assert said.splitlines()[1:] == ["  me stock and me ours"]


def test_overlapping_ranges_contradict_nobody(ask):
    code, said = ask(FIRST, run_of(stock=(15, 35), ours=(10, 34), site=(12, 50)))
    assert code == 0
    assert "Apart in both runs: 0" in said


def test_rows_of_the_costs_have_other_names(ask):
    costs = {
        "rows": [
            {"variant": "sessions.db", "group": group, "microseconds": {"q1": low, "q3": low + 1}}
            for group, low in (("request", 1), ("sign-in", 5))
        ]
    }
    assert ask(costs, costs)[1].startswith("1 pairs. Apart in both runs: 1")


def test_sign_ins_are_compared_without_the_hashing_that_all_of_them_do(ask):
    def signed_in(*medians: int) -> dict[str, object]:
        spread = {"q1": 400_000, "median": 400_000, "q3": 400_001, "n": 4}
        rows = [
            {"variant": str(number), "group": "sign-in", "microseconds": spread | {"q1": 400_000 - median},
             "without_password": {"q1": median, "median": median, "q3": median, "n": 10}}
            for number, median in enumerate(medians)
        ]  # fmt: skip
        return {"version": 1, "rows": rows}

    assert ask(signed_in(10, 20), signed_in(11, 19))[1].startswith("1 pairs. Apart in both runs: 1")
    assert ask(signed_in(10, 20), signed_in(20, 10))[0] == 1


@pytest.mark.parametrize("other", ["", "[]", '{"rows": [{}]}', '{"rows": [{"peer": "a", "microseconds": {}}]}'])
def test_a_file_that_is_none(ask, other, tmp_path):
    code, said = ask(FIRST, other)
    assert code == 2
    assert said == f"{tmp_path / 'b'} is no file that a run has written."


def test_nothing_in_common(ask):
    assert ask(FIRST, run_of(other=(1, 2)))[0] == 2
    assert agree.main(["one"]) == 2
