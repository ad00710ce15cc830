"""Does a session outlive the process that wrote it? Tried: a child process writes one and ends, another one reads it.

`python -m sessions_app.labs.stores.restart write` opens a session on each store and prints their keys as JSON;
`… read` takes that on standard input, prints what it found, and deletes it. Keys go through pipes and never stand in
a command line, which every user of the machine can read.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

TIMEOUT = 20  # seconds, for each of the two
ROOT = Path(__file__).resolve().parents[3]


class CouldNotTry(Exception):
    """A child process did not come to an end, or not to a good one."""


def survivors() -> dict[str, bool]:
    """Return for each store that is there whether the second process found what the first had written.

    Raises CouldNotTry.
    """
    found: dict[str, bool] = json.loads(_child("read", _child("write")))
    return found


def _child(what: str, given: str = "") -> str:
    command = [sys.executable, "-m", "sessions_app.labs.stores.restart", what]
    try:
        done = subprocess.run(
            command, cwd=ROOT, input=given, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            timeout=TIMEOUT, check=True,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise CouldNotTry(f"A child process was ended: it took more than {TIMEOUT} seconds.") from None
    except (subprocess.CalledProcessError, OSError):
        raise CouldNotTry("A child process failed.") from None
    return done.stdout


def write() -> dict[str, str]:
    """Open a session on each store that answers, and return their keys."""
    from .stores import STORES

    keys = {}
    for store in STORES:
        if store.missing:
            continue
        session = store.engine()
        session["written_by"] = os.getpid()
        try:
            session.save()
        except Exception:  # noqa: BLE001, S112  whatever a store raises that does not answer: it could not be tried
            continue
        keys[store.name] = session.session_key or ""
    return keys


def read(keys: dict[str, str]) -> dict[str, bool]:
    """Return which of these sessions are there, and delete them."""
    from .stores import BY_NAME

    found = {}
    for name, key in keys.items():
        session = BY_NAME[name].engine(key)
        found[name] = session.get("written_by", os.getpid()) != os.getpid()
        session.delete()
    return found


def main(what: str) -> None:
    """Do one of the two."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "authdemo.settings")
    django.setup()
    json.dump(write() if what == "write" else read(json.load(sys.stdin)), sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
