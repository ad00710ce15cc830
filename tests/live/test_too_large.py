"""Who sends too much is answered, and costs one line of the log."""

from __future__ import annotations

import threading
import time
import uuid
from typing import Any

import pytest
import requests

from tests.fixtures.demo import RunningDemo

pytestmark = pytest.mark.live

PATIENCE = 20  # seconds
TOO_MUCH: dict[str, dict[str, Any]] = {
    "bytes": {"data": {"a": "x" * 3_000_000}},
    "fields": {"data": [("a", "x")] * 1500},
    "files": {"files": [("f", ("x", "y"))] * 150},
}


def logged(demo: RunningDemo, since: int) -> list[str]:
    """Return the lines since then, without their beginning; each of them has been read when ours is there."""
    mark, pause, deadline = f"/{uuid.uuid4().hex[:8]}/", threading.Event(), time.monotonic() + PATIENCE
    requests.get(demo.site + mark, timeout=PATIENCE)
    while mark not in demo.output:
        assert time.monotonic() < deadline, demo.lines[since:]
        pause.wait(0.05)
    lines = [line.partition("| ")[2].strip() for line in demo.lines[since:] if "site A" in line]
    return [line for line in lines if mark not in line]


@pytest.mark.parametrize("path", ["/identity/o/authorize", "/identity/o/api/token"])
@pytest.mark.parametrize("what", TOO_MUCH)
def test_too_much_is_400_and_one_line(demo: RunningDemo, path: str, what: str) -> None:
    since = len(demo.lines)
    answer = requests.post(demo.site + path, timeout=PATIENCE, allow_redirects=False, **TOO_MUCH[what])
    assert answer.status_code == 400
    assert logged(demo, since) == [f"INFO POST {path} 400"]
