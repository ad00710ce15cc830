"""The client against real servers: it measures who answers rightly, and says in one sentence who does not."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench import report
from bench.client import Call, as_input
from bench.projects import ROOT, clean
from bench.rounds import Limit, Plan, Problem
from bench.run import program
from bench.servers import Server, running
from bench.variants import Variant
from demo.processes import free_port

pytestmark = pytest.mark.live

PLAN = Plan(rounds=4, requests=3, warm=1)
VARIANTS = [
    Variant("whoami", "stock", "the quick one", "stock", "/good", base=True),
    Variant("whoami", "ours", "the slow one", "site, waitress", "/slow"),
]


def server(**environment: str) -> Server:
    folder = ROOT
    program = "tests.bench.programs:application"
    return Server("it", "waitress", program, free_port(), "/good", folder, clean(PYTHONPATH=str(ROOT), **environment))


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    one = server()
    with running([one], tmp_path_factory.mktemp("logs"), Limit(60)):
        yield one.base


def run(calls: list[Call]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bench.client"], cwd=ROOT, input=as_input(calls, PLAN), text=True,
        capture_output=True, timeout=60, check=False,
    )  # fmt: skip


def start(servers: list[Server], logs: Path) -> None:
    with running(servers, logs, Limit(60)):
        pass


def call(base: str, path: str, key: str) -> Call:
    return Call(key, f"The program at {path}", base + path, "alice", like="whoami.stock")


def test_a_run_becomes_a_table_and_a_file(base):
    done = run([call(base, one.path, one.key) for one in VARIANTS])
    assert done.returncode == 0, done.stderr
    times = json.loads(done.stdout)
    assert {key: len(taken) for key, taken in times.items()} == {"whoami.stock": 12, "whoami.ours": 12}

    found = report.document(VARIANTS, times, {"processor": "P", "cores": 2, "load": 0.1})
    quick, slow = json.loads(json.dumps(found))["rows"]
    assert set(found) == {"version", "at", "machine", "versions", "rows"}
    assert (quick["peer"], quick["job"], quick["server"], quick["ratio"]) == ("stock", "whoami", "granian", 1)
    assert slow["ratio"] > 1
    assert slow["microseconds"]["median"] > 2000  # it sleeps for two milliseconds
    assert slow["microseconds"]["n"] == 12
    assert slow["requests_per_second"] < 500
    text = "\n".join(report.table(found))
    assert "Who am I, by a token alone" in text
    [line] = [line for line in text.splitlines() if "the slow one" in line]
    assert f"{slow['microseconds']['median']:.0f}µs" in line
    assert f"{slow['ratio']:.2f}" in line


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("/refused", "answered 401 Unauthorized and not 200, so nothing was measured."),
        ("/other-user", "took the caller for mallory and not for alice, so nothing was measured."),
        ("/page", "did not say who the user is, so nothing was measured."),
        ("/other-answer", "does not answer what the others of its job do, so nothing was measured."),
        ("/tired", "answered 401 Unauthorized in the middle of the run."),
    ],
)
def test_a_wrong_answer_ends_the_run_with_one_sentence(base, path, sentence):
    done = run([call(base, "/good", "whoami.stock"), call(base, path, "whoami.ours")])
    assert done.returncode == 1
    assert done.stderr == f"The program at {path} {sentence}\n"
    assert not done.stdout


def test_nobody_listens():
    done = run([call(f"http://localhost:{free_port()}", "/good", "whoami.stock")])
    assert done.returncode == 1
    assert done.stderr.startswith("The program at /good cannot be reached at http://localhost:")


def test_a_port_in_use(base, tmp_path):
    taken = Server("Orders", "waitress", "x:y", int(base.rpartition(":")[2]), "/", ROOT, clean())
    with pytest.raises(Problem, match=rf"^Port {taken.port} is in use, so Orders cannot start\.$"):
        start([taken], tmp_path)


def test_a_server_that_does_not_start_is_quoted_and_the_others_end(tmp_path):
    first, second = server(), server(REFUSE_TO_START="1")
    with pytest.raises(Problem, match=r"^it did not start and said: No key is set\.$"):
        start([first, second], tmp_path)
    assert run([call(first.base, "/good", "whoami.stock")]).returncode == 1  # nobody listens any more


def test_without_the_packages_of_the_peers_it_says_where_they_are(tmp_path: Path):
    done = subprocess.run(
        [sys.executable, "-m", "bench.run"], cwd=ROOT, env=clean(VAR_DIR=str(tmp_path), ENV_FILE="/dev/null"),
        text=True, capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.startswith("Not installed here: Flask, fastapi, granian")
    assert done.stderr.endswith("`make bench` makes an environment that has them.\n")
    assert not list(tmp_path.iterdir())


def test_a_part_that_takes_too_long_is_ended_and_a_part_that_fails_is_quoted():
    slow = "import time; time.sleep(60)"
    with pytest.raises(Problem, match=r"was ended after 1 seconds\.$"):
        program(Limit(60), 1, "-c", slow)
    with pytest.raises(Problem, match=r"^No site here\.$"):
        program(Limit(60), 30, "-c", "raise SystemExit('No site here.')")
    assert program(Limit(60), 30, "-c", "print(input())", given="heard") == "heard"
