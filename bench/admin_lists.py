"""How long each page of the admin takes among few rows and among many. `python -m bench.admin_lists --help`.

Each size has a database of its own, filled by `manage.py seed_scale`, and a process of its own. All of the site's
middleware runs. A time is the median of warm requests, of the processor and not of the clock, so that a busy machine
does not matter: the process's, in which SQLite works, and that of PostgreSQL's (Linux tells it). A page is marked that
takes more than twice as long among many rows. PostgreSQL is a cluster of its own, started and ended here.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import process_time
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[1]
REQUESTS = 3
LIMIT = 2.0

Timed = dict[str, dict[str, float]]


def measure() -> Timed:
    """Return milliseconds and statements of each page, of the database that the environment names."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "authdemo.settings")
    from datetime import timedelta

    import django
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from django.utils import timezone

    settings.DEBUG = False  # else Django keeps every statement
    logging: Any = settings.LOGGING
    logging["handlers"]["console"]["stream"] = open(os.devnull, "w")  # noqa: SIM115
    django.setup()
    from authdemo.accounts.models import User
    from authdemo.guard.models import Failures
    from bench.admin_pages import pages

    call_command("migrate", verbosity=0)
    if rows := int(os.environ.get("ADMIN_LISTS_ROWS", 0)):
        call_command("seed_scale", rows=rows, verbosity=0, stdout=open(os.devnull, "w"))  # noqa: SIM115
    Failures.objects.update(attempt_time=timezone.now() + timedelta(hours=1))  # they count until this is over
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM ANALYZE")  # as autovacuum does, but now
            cursor.execute("SET max_parallel_workers_per_gather = 0")  # whose time would not be counted
    staff, _ = User.objects.update_or_create(username="scale-staff", defaults={"is_staff": True, "is_superuser": True})
    browser = Client(headers={"host": urlsplit(settings.SITE_URL).netloc})
    browser.force_login(staff)
    timed: Timed = {}
    for name, address in pages(browser):
        with CaptureQueriesContext(connection) as asked:
            status = browser.get(address).status_code
        if status != 200:
            raise SystemExit(f"{name} answered {status}: that is not what is to be measured.")
        timed[name] = {"ms": _median(browser, address), "statements": len(asked)}
    return timed


def _of_the_server() -> float:
    """Return how long PostgreSQL's process of our connection has used a processor, in seconds; 0 without one."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return 0
    backend = connection.connection.info.backend_pid
    return int(Path(f"/proc/{backend}/schedstat").read_text().split()[0]) / 1e9


def _median(browser: Any, address: str) -> float:
    """Return the median in milliseconds."""
    taken: list[float] = []
    for _ in range(REQUESTS):
        begun = process_time() + _of_the_server()
        browser.get(address)
        taken.append((process_time() + _of_the_server() - begun) * 1000)
    return statistics.median(taken)


@contextmanager
def databases(kind: str) -> Iterator[Any]:
    """Yield what returns the environment of a process on an empty database of this kind."""
    with tempfile.TemporaryDirectory(prefix="authdemo-admin-lists-") as name:
        folder = Path(name)
        server = None
        if kind == "postgresql":
            from tests.fixtures.postgres import server_programs, start_installed

            if not (programs := server_programs()):
                raise SystemExit("PostgreSQL is not here: its initdb was not found.")
            folder.chmod(0o755)
            (folder / "cluster").mkdir()
            server = start_installed(programs, folder / "cluster")
        base = next(server) if server else ""

        def empty(rows: int) -> dict[str, str]:
            var = folder / f"var-{rows}"
            var.mkdir()
            kept = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
            found = kept | {"ENV_FILE": os.devnull, "VAR_DIR": str(var), "LABS": "true", "ADMIN_LISTS_ROWS": str(rows)}
            if base:
                import psycopg

                with psycopg.connect(f"{base}/postgres", autocommit=True) as connection:
                    connection.execute(f'CREATE DATABASE "rows_{rows}"')
                found["DATABASE_URL"] = f"{base}/rows_{rows}"
            return found

        try:
            yield empty
        finally:
            for _ in server or ():
                pass


def asked(environment: dict[str, str]) -> Timed:
    """Measure in a process of its own. Raises SystemExit with its last words where it fails."""
    command = [sys.executable, "-m", "bench.admin_lists", "--here"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr.strip()[-2000:])
    found: Timed = json.loads(done.stdout.splitlines()[-1])
    return found


def table(few: Timed, many: Timed) -> Iterator[str]:
    """Yield the lines: the slowest growth first."""
    rows = [(many[name]["ms"] / few[name]["ms"], name) for name in few if name in many]
    for ratio, name in sorted(rows, reverse=True):
        mark = "!" if ratio > LIMIT else " "
        statements = f"{few[name]['statements']:.0f}/{many[name]['statements']:.0f}"
        yield f"{mark} {ratio:6.2f} {few[name]['ms']:8.1f} ms {many[name]['ms']:9.1f} ms {statements:>7}  {name}"


def main() -> None:
    """Fill, measure, print; with --json, keep."""
    parser = argparse.ArgumentParser(prog="bench.admin_lists", description=__doc__)
    parser.add_argument("--rows", type=int, nargs=2, default=(1_000, 100_000), metavar=("FEW", "MANY"))
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--json", type=Path, help="a file for the figures")
    parser.add_argument("--here", action="store_true", help="measure the database that the environment names")
    options = parser.parse_args()
    if options.here:
        print(json.dumps(measure()))
        return
    with databases(options.database) as empty:
        few, many = (asked(empty(rows)) for rows in options.rows)
    print(f"{options.database}: {options.rows[0]:,} and {options.rows[1]:,} rows; ! is more than {LIMIT} times")
    print("\n".join(table(few, many)))
    if options.json:
        options.json.write_text(json.dumps({"rows": options.rows, "few": few, "many": many}, indent=1))


if __name__ == "__main__":
    main()
