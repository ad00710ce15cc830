"""How long each page of the admin takes among few rows and among many. `python -m bench.admin_lists --help`.

Each size has a database of its own, filled by `manage.py seed_scale`, and a process of its own. They are asked in
turns, page after page, so that a busy machine is busy for both. All the middleware runs. A time is the median
of warm requests, of the processor and not of the clock: the process's, in which SQLite works, and that of PostgreSQL's
(Linux tells it). A page is marked that takes more than twice as long among many; where it shows more rows, too, it
does more, and is marked with a tilde. PostgreSQL is a cluster of its own, started and ended here.
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


def serve() -> None:
    """Print the pages of the database that the environment names; then measure each that is asked for, by its name."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "authdemo.settings")
    from datetime import timedelta

    import django
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client

    settings.DEBUG = False  # else Django keeps every statement
    logging: Any = settings.LOGGING
    logging["handlers"]["console"]["stream"] = open(os.devnull, "w")  # noqa: SIM115
    django.setup()
    from authdemo.accounts.models import User
    from authdemo.guard import locks, models
    from bench.admin_pages import pages

    call_command("migrate", verbosity=0)
    if rows := int(os.environ.get("ADMIN_LISTS_ROWS", 0)):
        call_command("seed_scale", rows=rows, verbosity=0, stdout=open(os.devnull, "w"))  # noqa: SIM115
    for module in (models, locks):
        vars(module)["cool_off"] = lambda: timedelta(days=1)  # all failures count until this is over
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")  # as autovacuum does, but now
            cursor.execute("SET max_parallel_workers_per_gather = 0")  # whose time would not be counted
    staff, _ = User.objects.update_or_create(username="scale-staff", defaults={"is_staff": True, "is_superuser": True})
    browser = Client(headers={"host": urlsplit(settings.SITE_URL).netloc})
    browser.force_login(staff)
    known = dict(pages(browser))
    print(json.dumps(list(known)), flush=True)
    for line in sys.stdin:
        print(json.dumps(_measured(browser, known[json.loads(line)])), flush=True)


def _measured(browser: Any, address: str) -> dict[str, float]:
    """Return milliseconds, statements, and how many rows are shown. Raises SystemExit for a page that fails."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    connection.queries_log.clear()
    with CaptureQueriesContext(connection) as asked:
        answer = browser.get(address)
    statements = len(asked)  # now: the next request empties the log
    if answer.status_code != 200:
        raise SystemExit(f"{address} answered {answer.status_code}: that is not what is to be measured.")
    shown = (getattr(answer, "context_data", None) or {}).get("cl")
    rows = len(shown.result_list) if shown else 0
    return {"ms": _median(browser, address), "statements": statements, "rows": rows}


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


@contextmanager
def asked(environment: dict[str, str]) -> Iterator[Any]:
    """Start a process of its own; yield what asks it for a page, and its pages. What it complains of is shown."""
    command = [sys.executable, "-m", "bench.admin_lists", "--here"]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        tell: Any = process.stdin
        hear: Any = process.stdout

        def answer(question: Any = None) -> Any:
            if question is not None:
                tell.write(json.dumps(question) + "\n")
                tell.flush()
            if not (line := hear.readline()):
                raise SystemExit(f"The process ended while it was asked for {question}.")
            return json.loads(line)

        yield answer, answer()
        tell.close()


def measured(few: dict[str, str], many: dict[str, str]) -> tuple[Timed, Timed]:
    """Return the figures of both databases, page by page in turns."""
    with asked(few) as (ask_few, pages), asked(many) as (ask_many, same):
        figures = [(name, ask_few(name), ask_many(name)) for name in pages if name in same]
    return {name: one for name, one, _ in figures}, {name: other for name, _, other in figures}


def table(few: Timed, many: Timed) -> Iterator[str]:
    """Yield the lines: the largest growth first."""
    for ratio, name in sorted(((many[name]["ms"] / few[name]["ms"], name) for name in few), reverse=True):
        one, other = few[name], many[name]
        mark = " " if ratio <= LIMIT else "~" if other["rows"] > one["rows"] else "!"
        counts = "  ".join(f"{one[what]:.0f}/{other[what]:.0f} {what}" for what in ("statements", "rows"))
        yield f"{mark} {ratio:6.2f} {one['ms']:8.1f} ms {other['ms']:9.1f} ms  {counts:34}  {name}"


def main() -> None:
    """Fill, measure, print; with --json, keep."""
    parser = argparse.ArgumentParser(prog="bench.admin_lists", description=__doc__)
    parser.add_argument("--rows", type=int, nargs=2, default=(1_000, 100_000), metavar=("FEW", "MANY"))
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--json", type=Path, help="a file for the figures")
    parser.add_argument("--here", action="store_true", help="measure the database that the environment names")
    options = parser.parse_args()
    if options.here:
        serve()
        return
    with databases(options.database) as empty:
        few, many = measured(empty(options.rows[0]), empty(options.rows[1]))
    print(f"{options.database}: {options.rows[0]:,} and {options.rows[1]:,} rows; ! is more than {LIMIT} times")
    print("\n".join(table(few, many)))
    if options.json:
        options.json.write_text(json.dumps({"rows": options.rows, "few": few, "many": many}, indent=1))


if __name__ == "__main__":
    main()
