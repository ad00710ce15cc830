"""A scenario played by the command, against real processes."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from authdemo.compare.story import Cell, Run
from tests.fixtures.demo import ROOT, RunningDemo

Compare = Callable[..., Run]


def command(demo: RunningDemo, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `manage.py compare` beside the demo, with other addresses perhaps."""
    return subprocess.run(
        [sys.executable, "manage.py", "compare", *options], cwd=ROOT, env=demo.environment | environment, text=True,
        capture_output=True, timeout=120, check=False,
    )  # fmt: skip


def played(demo: RunningDemo, *options: str, **environment: str) -> Run:
    """Play a scenario and return it. It does not wait for the end of the tokens."""
    done = command(demo, "--json", "--no-wait", "--lifetime", "300", *options, **environment)
    assert done.returncode == 0, done.stdout + done.stderr
    return read(done.stdout)


def read(text: str) -> Run:
    kept = json.loads(text)
    del kept["clocks"]
    return Run.of_json(kept)


def story(run: Run, column: str) -> dict[str, str]:
    """What came of each step, as `column` has it."""
    return {one.slug: one.cells[column].outcome for one in run.played}


def cell(run: Run, slug: str, column: str) -> Cell:
    found = run.cell(slug, column)
    assert found is not None
    return found


# Columns do not touch each other, so one run tries one choice of each: every value is in one of them at least.
RUNS = {
    "db": ("--algorithm", "RS256", "--asks", "opaque"),
    "cached_db": ("--algorithm", "ES256", "--asks", "introspected"),
    "redis": ("--algorithm", "EdDSA", "--asks", "introspected"),
    "file": ("--algorithm", "HS256",),
    "memory": ("--algorithm", "RS256", "--denylist"),
    "signed_cookie": ("--algorithm", "HS256", "--denylist"),
}  # fmt: skip


@pytest.fixture(scope="session")
def compare(demo: RunningDemo) -> Compare:
    """Return the run with this store. Each is played once."""
    done: dict[str, Run] = {}

    def run(store: str = "db") -> Run:
        if store not in done:
            done[store] = played(demo, "--store", store, *RUNS[store])
        return done[store]

    return run


SESSIONS = {
    "sign-in": "done",
    "call": "in",
    "instance-b": "in",
    "independent": "out",
    "copy": "done",
    "stolen": "in",
    "sign-out": "done",
    "after-sign-out": "out",
    "revoke": "nothing",  # the sign-out has left nothing to end
    "after-revoke": "out",
}
JWT = SESSIONS | {"independent": "in", "after-sign-out": "in", "after-revoke": "in"}
OAUTH = SESSIONS | {"after-sign-out": "in", "revoke": "done"}
EVERYTHING: dict[str, Any] = {"sessions": SESSIONS, "jwt": JWT, "oauth": OAUTH}
