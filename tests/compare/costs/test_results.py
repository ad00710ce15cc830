"""What is read of the last figures; and a file that is damaged, old or absent is as if nothing had been measured."""

from __future__ import annotations

import copy
import json

import pytest

from authdemo.compare.costs import results, sentences
from tests.compare.costs.conftest import figures


def test_the_figures_are_read_as_they_were_written(measured):
    found = results.read()
    assert found is not None
    row = found.row("sessions.db")
    assert row is not None
    assert (row.sql, row.credential_bytes, row.microseconds.median) == (2, 49, 654)
    assert row.without_password is None
    signed_in = found.row("sessions.db", "sign-in")
    assert signed_in is not None
    assert signed_in.without_password is not None
    assert signed_in.without_password.median == 4_321
    grown = found.grown("jwt.denylist")
    assert grown is not None
    assert [point.live for point in grown.points] == [1_000, 10_000, 100_000]
    assert grown.times == 3
    assert found.row("sessions.redis") is None
    assert [one.variant for one in found.missing] == ["sessions.redis"]


def test_before_the_first_run_there_is_nothing(folder):
    assert results.read() is None


def changed(change):
    found = copy.deepcopy(figures())
    change(found)
    return json.dumps(found)


@pytest.mark.parametrize(
    "content",
    [
        "", "{", "[]", "null", "12", "{}", "[" * 100_000,
        changed(lambda found: found.update(version=2)),
        changed(lambda found: found.pop("machine")),
        changed(lambda found: found.update(rows=None)),
        changed(lambda found: found["rows"].pop(0)),
        changed(lambda found: found["rows"][1].pop("sql")),
        changed(lambda found: found["rows"][1].update(sql="<b>")),
        changed(lambda found: found["rows"][1].update(group="another")),
        changed(lambda found: found["rows"][1].update(surplus=1)),
        changed(lambda found: found["rows"][1]["microseconds"].update(q3=1)),
        changed(lambda found: found["rows"][1]["microseconds"].update(median="fast")),
        changed(lambda found: found["growth"][0].update(points=[])),
        changed(lambda found: found["growth"][0]["points"][0].update(live=0)),
        changed(lambda found: found["growth"][0]["points"][0].update(bare=0)),
        changed(lambda found: found.update(at="yesterday")),
        changed(lambda found: found.update(at="2026-01-31T12:00:00")),
    ],
)  # fmt: skip
def test_a_file_that_is_no_such_file_is_as_if_it_were_not_there(client, settings, folder, content):
    settings.LABS = True
    folder.mkdir()
    (folder / "costs.json").write_text(content)
    assert results.read() is None
    answer = client.get("/compare/costs/")
    assert answer.status_code == 200
    assert "Nothing was measured yet" in answer.content.decode()


def test_a_file_that_cannot_be_written_leaves_the_one_of_before(measured, folder):
    with pytest.raises(TypeError):
        results.write(folder / "costs.json", {"version": object()})
    assert results.read() is not None
    assert [path.name for path in folder.iterdir()] == ["costs.json"]


def test_the_sentences_say_what_the_figures_say(measured):
    found = results.read()
    assert found is not None
    assert sentences.per_request(found) == [
        "A session in the database costs 2 statements, 1 cache call and 454 µs more than the bare page, which asks "
        "nobody.",
        "A JWT costs no statement and 232 µs more than the bare page, which asks nobody.",
        "An opaque token costs 1 statement, 1 cache call and 565 µs more than the bare page, which asks nobody.",
    ]
    apart, sessions, tokens, denials = sentences.scales(found)
    assert "took 222 µs longer than one with the JWT" in apart
    assert "1,500 a second with the session and 2,300 with the JWT" in apart
    assert sessions == (
        "Among 1,000 live sessions the session took 650 µs (3.2 × bare), among 100,000 656 µs (3.3 × bare): "
        "the middle halves overlap, so between these two no growth was seen."
    )
    assert tokens.startswith("Among 1,000 live sign-ins the JWT took 430 µs")
    assert denials.endswith("among 100,000 1,500 µs (7.5 × bare): 3 times as much.")


def test_the_worst_in_the_middle_is_not_hidden(folder):
    """As it was measured: the copy of the deny-list grows, until beyond some number a row is asked in its place."""
    found = figures()
    denials = found["growth"][2]["points"]
    for point, median, sql in zip(denials, (500, 2_000, 900), (0, 0, 1), strict=True):
        point["microseconds"] = {"q1": median - 10, "median": median, "q3": median + 10, "n": 40}
        point |= {"sql": sql, "cache": 1}
    said = sentences.scales(results.parsed(found))[3]
    assert "among 100,000 900 µs (4.5 × bare): 1.8 times as much." in said
    assert "It took the most among 10,000: 2,000 µs (10.0 × bare)." in said
    assert "It asked no statement, 1 cache call among 1,000, no statement, 1 cache call among 10,000 and" in said
    assert said.endswith("1 statement, 1 cache call among 100,000.")


def spread(point, median):
    point["microseconds"] = {"q1": median - 10, "median": median, "q3": median + 10, "n": 40}


def test_growth_is_told_by_the_bare_page_of_the_same_moment(folder):
    """The machine was three times as busy at the last size, so all took three times as long there."""
    found = figures()
    sessions = found["growth"][0]["points"]
    for point, median, bare in zip(sessions, (600, 600, 1_800), (200.0, 200.0, 600.0), strict=True):
        spread(point, median)
        point["bare"] = bare
    assert sentences.scales(results.parsed(found))[1] == (
        "Among 1,000 live sessions the session took 600 µs (3.0 × bare), among 100,000 1,800 µs (3.0 × bare): "
        "the middle halves overlap, so between these two no growth was seen."
    )
    # And the other way round: the same time on a machine that has become quicker is more.
    spread(sessions[-1], 600)
    sessions[-1]["bare"] = 100.0
    assert sentences.scales(results.parsed(found))[1] == (
        "Among 1,000 live sessions the session took 600 µs (3.0 × bare), among 100,000 600 µs (6.0 × bare): "
        "2 times as much."
    )


@pytest.mark.parametrize(
    ("median", "bare", "said"),
    [
        (1_810, 600.0, ""),  # all took three times as long there
        (600, 100.0, " It took the most among 10,000: 600 µs (6.0 × bare)."),  # the machine was quicker there
    ],
)
def test_where_it_took_the_most_is_told_by_the_bare_page_too(folder, median, bare, said):
    found = figures()
    sessions = found["growth"][0]["points"]
    for point in sessions:
        spread(point, 600)
    spread(sessions[1], median)
    sessions[1]["bare"] = bare
    assert sentences.scales(results.parsed(found))[1].endswith(f"no growth was seen.{said}")


def test_where_the_quartiles_overlap_nobody_is_called_faster(folder):
    found = figures()
    found["rows"][2]["microseconds"] = {"q1": 600, "median": 640, "q3": 700, "n": 40}
    assert "no difference was seen" in sentences.scales(results.parsed(found))[0]


def test_a_busy_machine_is_named(folder):
    found = figures()
    assert sentences.noise(results.parsed(found)) == ""
    found["rows"][0]["microseconds"] = {"q1": 100, "median": 200, "q3": 900, "n": 40}
    assert "from 100 to 900 µs" in sentences.noise(results.parsed(found))
