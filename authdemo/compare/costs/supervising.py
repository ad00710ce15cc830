"""One measurement at a time on this machine: started, watched, ended. `manage.py measure` does it.

Several instances of the site and a terminal may want to. A lock of the system says that one is under way, and is gone
with the process that holds it; a small file says how far it is. Whoever wants it to end leaves another file.
"""

from __future__ import annotations

import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.files import locks

from . import results

ROOT = Path(__file__).resolve().parents[3]
SECONDS = 60.0  # what is measured takes so long; to make the site and its rows comes on top
SIZES = (1_000, 10_000, 100_000)
PATIENCE = 240.0  # seconds; whatever is not done then is ended
GRACE = 10.0  # seconds to end in good order
BEGINS = 20.0  # seconds until a process that was started must hold the lock
LOOKED_AT = 2.0  # seconds; a page that only looks at the lock has it for a moment, on a busy machine for longer
RUNNING, DONE, FAILED, CANCELLED = "running", "done", "failed", "cancelled"
BROKEN_OFF = "The last measurement was ended from outside before it was done. Its figures are lost; those below stay."


class Failed(Exception):
    """It was not measured. One sentence."""


class Cancelled(Failed):
    """Somebody has ended it."""


@dataclass(frozen=True)
class State:
    """How far the last measurement is. `share` is of the whole, `at` Unix time, `text` the step or why it failed."""

    state: str
    share: float = 0.0
    text: str = ""
    at: float = 0.0

    @property
    def is_running(self) -> bool:
        """Whether one is under way."""
        return self.state == RUNNING

    @property
    def percent(self) -> int:
        """How much is done."""
        return round(self.share * 100)


def state() -> State | None:
    """Return how far the last measurement is, or how it ended; None where there was none."""
    try:
        found = State(**json.loads(_file("measuring.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        found = None
    if is_held():
        return found if found and found.is_running else State(RUNNING, text="It begins", at=time.time())
    if found and found.is_running and time.time() - found.at > (BEGINS if not found.share else 0):
        return State(FAILED, text=BROKEN_OFF, at=found.at)
    return found


def note(name: str, share: float = 0.0, text: str = "") -> None:
    """Write down how far it is. A full disk is no reason to stop measuring."""
    with suppress(OSError):
        results.write(_file("measuring.json"), asdict(State(name, share, text, time.time())))


def cancel() -> None:
    """Ask the measurement that is under way, or begins, to end, whoever has started it."""
    found = state()
    if found and found.is_running:
        _file("cancel").touch()


def forget_cancel() -> None:
    """Take away what somebody has left for a measurement that is over."""
    _file("cancel").unlink(missing_ok=True)


@contextmanager
def alone() -> Iterator[None]:
    """Hold the lock. Raises Failed where another process has it."""
    settings.BENCH_FOLDER.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _file("lock").open("w") as file:
        deadline = time.monotonic() + LOOKED_AT
        while not locks.lock(file, locks.LOCK_EX | locks.LOCK_NB):
            if time.monotonic() < deadline:
                time.sleep(0.05)
                continue
            raise Failed("A measurement is under way on this machine already. Two at once would measure each other.")
        try:
            yield
        finally:
            forget_cancel()


def measure(seconds: float, sizes: list[int], say: Callable[[float, str], None]) -> dict[str, Any]:
    """Have it measured by a process of its own, and return the figures. Raises Failed. To be called with the lock."""
    folder = tempfile.mkdtemp(prefix="authdemo-measure-")
    command = [sys.executable, "-m", "authdemo.compare.costs.scratch", str(seconds), ",".join(map(str, sizes)), folder]
    deadline, lines = time.monotonic() + PATIENCE, queue.Queue[str | None]()
    # Its input is a pipe of ours: however this process ends, the other one sees that and ends, too. However that one
    # ends, its group and its folder are found here.
    process = subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    threading.Thread(target=_read, args=(process.stdout, lines), daemon=True).start()
    try:
        while True:
            if _file("cancel").exists():
                raise Cancelled("It was ended before it was done.")
            if time.monotonic() > deadline:
                raise Failed(f"It was not done after {PATIENCE:.0f} seconds, and was ended.")
            with suppress(queue.Empty):
                line = lines.get(timeout=0.2)
                if line is None:
                    raise Failed("The process that measures has ended before it was done.")
                said = json.loads(line)
                if "measured" in said:
                    return dict(said["measured"])
                if "failed" in said:
                    raise Failed(f"Nothing was measured: {said['failed']}")
                say(said["share"], said["text"])
    finally:
        _end(process)
        shutil.rmtree(folder, ignore_errors=True)


def _read(stream: IO[str], lines: queue.Queue[str | None]) -> None:
    for line in stream:
        lines.put(line)
    lines.put(None)


def _end(process: subprocess.Popen[str]) -> None:
    """Close its input and wait; where that is not enough, kill it. What it leaves behind, if it was killed, too."""
    with suppress(OSError):
        process.stdin.close()  # type: ignore[union-attr]
    try:
        process.wait(GRACE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if hasattr(os, "killpg"):  # not on Windows
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)


def is_held() -> bool:
    """Tell whether a measurement is under way."""
    try:
        with _file("lock").open("r+") as file:
            # Shared: of two who look, neither takes the other for a measurement.
            return not locks.lock(file, locks.LOCK_SH | locks.LOCK_NB)
    except OSError:
        return False


def _file(name: str) -> Path:
    return Path(settings.BENCH_FOLDER) / name
