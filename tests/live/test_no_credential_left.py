"""After a full run no credential lies anywhere but with its owner."""

from __future__ import annotations

import pickle
from base64 import b64encode
from collections import Counter, defaultdict

import pytest
from ahocorasick_rs import BytesAhoCorasick
from django.core import signing

from tests.fixtures.demo import RunningDemo, clean_environment
from tests.live.credentials import COOKIES, FIELDS, Used, spellings
from tests.live.full_run import STEPS
from tests.live.owners import OWNERS, Owner, owners
from tests.live.places import Places, peeled, stores
from tests.live.visit import Run, environment_with_tap

PROCESSES = ("authdemo.wsgi", "authdemo.wsgi", "demo.outside.wsgi", "demo.outside.third_party.wsgi", "demo.orders.app")

EXPECTED = {*COOKIES.values(), *FIELDS.values(), *(owner.kind for owner in OWNERS)} - {""}
EXPECTED |= {"password", "wrong password", "forged token", "typed secret"}
EXPECTED |= {"token of unknown origin"}  # an access token under the name of a key that nobody has


@pytest.fixture
def run(tmp_path, browser):
    (tmp_path / "var").mkdir()
    demo = RunningDemo(environment_with_tap(clean_environment(tmp_path / "var"), tmp_path))
    demo.start()
    run = Run(demo, browser, tmp_path)
    yield run
    run.context.close()
    demo.stop()


def search(used: Used, left: Places) -> Counter[tuple[str, str]]:
    """Return how many credentials of each kind lie in each place. Never the credentials: this is printed."""
    values: dict[bytes, set[str]] = defaultdict(set)
    for value in used.kinds:
        for written in spellings(value):
            values[written].add(value)
    every = list(values)
    automaton = BytesAhoCorasick(every)  # all at once: thousands of spellings, and hundreds of megabytes
    found: Counter[tuple[str, str]] = Counter()
    for place, content in left.items():
        matches = {number for number, _, _ in automaton.find_matches_as_indexes(content, overlapping=True)}
        here: set[str] = set().union(*(values[every[number]] for number in matches))
        found.update((used.kinds[value], place) for value in here)
    return found


@pytest.mark.live
@pytest.mark.browser
@pytest.mark.minutes
@pytest.mark.timeout(1800)
def test_after_a_full_run_no_credential_lies_anywhere_but_with_its_owner(run):
    for step in STEPS:
        step(run)
        stores(run.places, run.demo)  # each time: the wire keeps the last exchanges only, and sessions end
    run.finish()

    # What was not used, tapped or read could not be found.
    commands = " ".join(process.partition("\n")[0] for process in run.tapped())
    assert [commands.count(name) for name in PROCESSES] == [PROCESSES.count(name) for name in PROCESSES]
    assert set(run.used.kinds.values()) == EXPECTED
    assert run.answers.unread - run.answers.read <= {"/wire/cards/"}
    assert {"site:wire_exchange.request", "site:events_authevent.username", "output"} <= run.places.keys()

    found = search(run.used, run.places)
    leaks = [f"{kind}: {place} ({count})" for (kind, place), count in sorted(found.items()) if not owners(kind, place)]
    assert not leaks, "\n".join(["credentials that lie where nobody owns them:", *leaks])
    needed: set[Owner] = {owner for kind, place in found for owner in owners(kind, place)}
    not_here = "none" if any(place.startswith("valkey:") for place in run.places) else "valkey:"
    assert [owner for owner in OWNERS if owner not in needed and not owner.place.startswith(not_here)] == []


def test_the_search_finds_each_value_in_each_place_once_and_values_inside_of_others_too():
    used, left = Used(), Places()
    for kind, value in [
        ("session key", "abcdefgh12345678"),
        ("token", "xx.abcdefgh12345678.yy"),
        ("code", "12345678zzzz"),
    ]:
        used.add(kind, value)
    left.add("page", "xx.abcdefgh12345678.yy and abcdefgh12345678 and abcdefgh12345678zzzz")
    left.add("log", "xx.abcdefgh12345678.y, 12345678zzz")
    left.add("empty", "")
    page = {("session key", "page"): 1, ("token", "page"): 1, ("code", "page"): 1}
    assert search(used, left) == page | {("session key", "log"): 1}


@pytest.mark.parametrize("before", ["", "a", "ab"])
@pytest.mark.parametrize("after", ["", "c", "cd", "cde"])
def test_the_search_knows_a_value_inside_of_base64(before, after):
    written = b64encode(f"{before}hEiXf-8sT_7pQ2zLk{after}".encode())
    assert any(spelling in written for spelling in spellings("hEiXf-8sT_7pQ2zLk"))


@pytest.mark.parametrize(
    "written",
    [
        'p&"ü/ 1234567',
        "p&quot;",
        "p%26%22%C3%BC%2F%201234567",
        "p%26%22%C3%BC%2F+1234567",
        'p&\\"\\u00fc/ 1234567',
        "p&amp;&quot;ü/ 1234567",
        "p%2526%2522%25C3%25BC%252F%25201234567",
    ],
)
def test_the_search_knows_a_password_however_it_is_escaped(written):
    found = any(spelling in written.encode() for spelling in spellings('p&"ü/ 1234567'))
    assert found == ("1234567" in written)


@pytest.mark.parametrize(
    "stored",
    [
        signing.dumps({"state": "hEiXf8sT7pQ2zLk", "more": "x" * 200}, compress=True).encode(),  # as sessions are
        b64encode(pickle.dumps({"code": "hEiXf8sT7pQ2zLk"})),  # as the cache's table is
        b'"' + b64encode(signing.dumps({"state": "hEiXf8sT7pQ2zLk", "more": "x" * 200}, compress=True).encode()),
    ],
)
def test_the_search_looks_inside_of_what_is_stored(stored):
    assert any(b"hEiXf8sT7pQ2zLk" in inner for inner in peeled(stored))
