"""A scenario played by the command, against real processes."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from authdemo.compare.story import Cell, Run
from tests.fixtures.demo import ROOT, RunningDemo


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
