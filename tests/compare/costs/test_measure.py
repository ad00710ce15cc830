"""`manage.py measure` as it is run: real processes, a scratch site, a Valkey. Small, and in seconds."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from django.core.management import CommandError, call_command

from tests.compare.costs.conftest import figures
from tests.compare.costs.test_instruments import EXPECTED
from tests.fixtures.demo import ROOT, RunningDemo, clean_environment

pytestmark = pytest.mark.live
PATIENCE = 60  # seconds
Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start the command on a folder of the test's own."""
    running: list[subprocess.Popen[str]] = []

    def begin(*options: str) -> subprocess.Popen[str]:
        running.append(
            subprocess.Popen(
                [sys.executable, "manage.py", "measure", *options], cwd=ROOT, text=True,
                env=clean_environment(tmp_path, addresses=False), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
            )
        )  # fmt: skip
        return running[-1]

    yield begin
    for process in running:
        process.kill()
        process.wait()
        for stream in filter(None, (process.stdin, process.stdout)):
            stream.close()


def descendants(pid: int) -> set[int]:
    """The processes below this one, as the system tells."""
    listed = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    parents = {int(line.split()[0]): int(line.split()[1]) for line in listed.splitlines()}
    found: set[int] = set()
    while more := {child for child, parent in parents.items() if parent in found | {pid}} - found:
        found |= more
    return found


def alive(pids: set[int]) -> set[int]:
    listed = subprocess.run(["ps", "-eo", "pid=,stat="], capture_output=True, text=True, check=True).stdout
    running = {int(line.split()[0]) for line in listed.splitlines() if not line.split()[1].startswith("Z")}
    return pids & running


def until(condition: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + PATIENCE
    while not (found := condition()):
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.1)
    return found


def measuring(process: subprocess.Popen[str]) -> set[int]:
    """Wait until the scratch site and its Valkey are at work, and return all processes below."""
    assert process.stdout
    for line in process.stdout:
        if "Requests, in turns" in line:
            break
    until(lambda: len(descendants(process.pid)) >= 2)
    return descendants(process.pid)


def test_a_small_measurement_has_all_that_is_told(start, tmp_path):
    began = time.monotonic()
    process = start("--seconds", "1", "--growth", "20,10")
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 0, said
    found = json.loads((tmp_path / "bench" / "costs.json").read_text())
    for group in ("request", "sign-in", "revoke"):
        assert {row["variant"] for row in found["rows"] if row["group"] == group} == EXPECTED[group]
    assert {one["variant"] for one in found["growth"]} == EXPECTED["growth"]
    spreads = [row["microseconds"] for row in found["rows"]]
    spreads += [point["microseconds"] for one in found["growth"] for point in one["points"]]
    apart = [row["without_password"] for row in found["rows"] if row["group"] == "sign-in"]
    assert all(one["n"] >= 10 for one in apart), "a handful says nothing about an order"
    spreads += apart
    assert all(0 < one["q1"] <= one["median"] <= one["q3"] and one["n"] >= 1 for one in spreads)
    assert all([point["live"] for point in one["points"]] == [10, 20] for one in found["growth"])
    rows = {(row["group"], row["variant"]): row for row in found["rows"]}
    assert (rows["request", "sessions.db"]["sql"], rows["request", "jwt.RS256"]["sql"]) == (2, 0)
    assert rows["sign-in", "oauth"]["requests"] == 3
    assert found["redis"].startswith("Valkey ")
    assert not found["missing"]
    assert re.search(r"Session in the database +[\d,]+ µs", said)
    assert str(tmp_path / "bench" / "costs.json") in said
    assert {path.name for path in (tmp_path / "bench").iterdir()} == {"costs.json", "lock", "measuring.json"}
    assert time.monotonic() - began < 100


def test_two_at_once_are_one(start, tmp_path):
    first = start("--growth", "10")
    measuring(first)
    second = start()
    said, _ = second.communicate(timeout=PATIENCE)
    assert second.returncode == 1
    assert "under way on this machine already" in said
    assert first.poll() is None


@pytest.mark.parametrize("how", ["killed", "ended", "cancelled", "left alone"])
def test_broken_off_it_leaves_the_last_figures_and_no_process(start, tmp_path, how):
    bench = tmp_path / "bench"
    bench.mkdir()
    (bench / "costs.json").write_text(json.dumps(figures()))
    process = start("--until-closed") if how == "left alone" else start()
    below = measuring(process)
    if how == "killed":
        process.kill()
    elif how == "ended":
        process.terminate()
    elif how == "cancelled":
        (bench / "cancel").touch()
    else:
        process.stdin.close()
    process.wait(PATIENCE)
    assert process.returncode
    until(lambda: not alive(below))
    assert json.loads((bench / "costs.json").read_text()) == figures()
    state = json.loads((bench / "measuring.json").read_text())["state"]
    assert state == (
        "running" if how == "killed" else "cancelled"
    )  # of the killed one, the page sees that no lock is held


def test_a_scratch_site_that_is_killed_leaves_nothing_either(start, tmp_path, monkeypatch):
    (tmp_path / "scratch").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "scratch"))
    process = start()
    below = measuring(process)
    assert list((tmp_path / "scratch").glob("authdemo-measure-*"))
    [site] = [pid for pid in below if descendants(pid)]
    os.kill(site, signal.SIGKILL)
    assert "has ended before it was done" in process.communicate(timeout=PATIENCE)[0]
    until(lambda: not alive(below))
    assert not list((tmp_path / "scratch").iterdir())


@pytest.mark.parametrize(
    "options",
    [("--growth", "0"), ("--growth", "many"), ("--growth", "2000000"), ("--seconds", "-1"), ("--seconds", "nan")],
)
def test_wrong_options_are_one_sentence(options):
    with pytest.raises(CommandError, match=f"argument {options[0]}: .*number"):
        call_command("measure", *options)


def look(browser: requests.Session, site: str) -> str:
    return browser.get(f"{site}/compare/costs/", timeout=20).text


def press(browser: requests.Session, site: str, act: str) -> requests.Response:
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', look(browser, site))
    assert token
    form = {"csrfmiddlewaretoken": token[1]}
    return browser.post(f"{site}/compare/costs/{act}/", form, headers={"Referer": site}, timeout=20)


def test_it_ends_with_the_server_that_has_started_it(tmp_path):
    """By the button of A, seen and blocked at B; then the whole demo is ended, and nothing goes on."""
    demo = RunningDemo(clean_environment(tmp_path))
    demo.start()
    try:
        assert demo.process
        browser = requests.Session()
        before = descendants(demo.process.pid)
        assert press(browser, demo.site, "start").status_code == 200
        until(lambda: "Requests, in turns" in look(browser, demo.site_b))
        assert "It is being measured" in look(browser, demo.site_b)
        below = descendants(demo.process.pid) - before
        assert len(below) >= 3  # the command, the scratch site, its Valkey
    finally:
        demo.stop(signal.SIGTERM)
    until(lambda: not alive(below))
    assert not (tmp_path / "bench" / "costs.json").exists()


def test_cancelled_at_the_other_instance(tmp_path):
    demo = RunningDemo(clean_environment(tmp_path))
    demo.start()
    try:
        browser = requests.Session()
        press(browser, demo.site, "start")
        until(lambda: "Requests, in turns" in look(browser, demo.site_b))
        press(browser, demo.site_b, "cancel")
        until(lambda: "It was ended before" in look(browser, demo.site))
        page = look(browser, demo.site)
        assert "Nothing was measured yet" in page
        assert os.listdir(tmp_path / "bench") != []
    finally:
        demo.stop()
