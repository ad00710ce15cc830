"""The button: `manage.py measure` as a process of its own, which ends with this server, however that ends."""

from __future__ import annotations

import subprocess
import sys
import threading

from . import supervising


class UnderWay(Exception):
    """One is under way already, here or at another instance."""


def start() -> None:
    """Start it. Raises UnderWay. Where two instances do so in the same moment, the lock lets one of them go on."""
    found = supervising.state()
    if found and found.is_running:
        raise UnderWay
    supervising.forget_cancel()
    supervising.note(supervising.RUNNING, text="It begins")
    begun = supervising.state()
    # We hold the other end of its input for as long as this process lives. It sees when that is closed.
    process = subprocess.Popen(
        [sys.executable, "manage.py", "measure", "--until-closed"], cwd=supervising.ROOT,
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    threading.Thread(target=_wait_for, args=(process, begun), daemon=True).start()


def _wait_for(process: subprocess.Popen[bytes], begun: supervising.State | None) -> None:
    """Wait, so that no zombie stays; where it ended without a word, say so in its place.

    By then the next one may have begun: only what was noted for this one is replaced.
    """
    process.wait()
    if process.stdin:
        process.stdin.close()
    if process.returncode and begun and supervising.state() == begun and not supervising.is_held():
        supervising.note(
            supervising.FAILED, text="It could not be started. `manage.py measure` in a terminal says why."
        )
