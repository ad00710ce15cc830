"""`make bench`: what each mechanism costs, what the counters cost, and the same jobs done by others.

Writes `peers.json` and `bench.txt` into the folder of the measurements (`var/bench`) and prints the table. It ends
within three minutes: what has not ended by then is ended, and said to have been.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from demo.processes import free_port

from . import client, machine, report, sign_in
from .projects import ROOT
from .rounds import Limit, Plan, Problem
from .servers import Server, running
from .variants import VARIANTS, calls, prepared

ALL_SECONDS, MEASURE_SECONDS, COUNTERS_SECONDS = 170, 90, 30


def program(limit: Limit, seconds: float, *command: str, given: str = "") -> str:
    """Run a part of the bench as a program of its own; return what it wrote. Raises Problem.

    Where it fails, the last line of what it said is the reason.
    """
    name = " ".join(command)
    with subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        seconds = min(seconds, limit.left())
        try:
            out, error = process.communicate(given, seconds)
        except subprocess.TimeoutExpired:
            end(process)
            raise Problem(f"{name} was ended after {seconds:.0f} seconds.") from None
        except BaseException:  # Ctrl-C
            end(process)
            raise
    if process.returncode:
        raise Problem((error.strip() or f"{name} failed and did not say why.").splitlines()[-1])
    return out.rstrip()


def end(process: subprocess.Popen[str]) -> None:
    """End a program; it has some seconds to end what it has started itself."""
    process.terminate()
    try:
        process.communicate(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()


def measure(servers: Sequence[Server], limit: Limit, plan: Plan) -> dict[str, list[float]]:
    """Sign in everywhere, and let the client measure. Raises Problem."""
    given = client.as_input(calls(servers, sign_in.everywhere(servers)), plan)
    times: dict[str, list[float]] = json.loads(program(limit, limit.left(), "-m", "bench.client", given=given))
    return times


def peers(ports: Callable[[], int], limit: Limit, plan: Plan) -> dict[str, Any]:
    """Set everything up, measure, and return the content of `peers.json`. Raises Problem."""
    about = machine.machine()  # before this run is a load itself
    with tempfile.TemporaryDirectory(prefix="authdemo-bench-") as name:
        folder = Path(name)
        sites, others = prepared(folder, ports, limit)
        # The services fetch the site's keys, so the site is first.
        with running(sites, folder, limit), running(others, folder, limit):
            times = measure([*sites, *others], limit, plan)
    return report.document(VARIANTS, times, about)


def site() -> tuple[Path, bool]:
    """Return the folder of the measurements, and whether `manage.py measure` exists."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "authdemo.settings")
    import django
    from django.conf import settings
    from django.core.management import get_commands

    django.setup()
    folder = settings.BENCH_FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    return folder, "measure" in get_commands()


def write(path: Path, text: str) -> None:
    """Replace a file whole: who reads it meanwhile has the one of before or this one."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


def say(sentence: str) -> None:
    """Tell who waits what is going on."""
    print(sentence, file=sys.stderr, flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run all parts; return 0, or 1 where one of them could not be measured."""
    parser = argparse.ArgumentParser(prog="python -m bench.run", description="Measure, and compare with peers.")
    parser.add_argument("--only-peers", action="store_true", help="leave out what the site measures of itself")
    parser.add_argument("--rounds", type=int, default=Plan.rounds, help="rounds of the peers (%(default)s)")
    parser.add_argument("--first-port", type=int, help="use ports from here on, and not any that are free")
    options = parser.parse_args(arguments)
    if lacking := machine.missing():
        say(f"Not installed here: {', '.join(lacking)}. `make bench` makes an environment that has them.")
        return 1
    ports = itertools.count(options.first_port).__next__ if options.first_port else free_port
    limit, plan = Limit(ALL_SECONDS), Plan(rounds=options.rounds)
    folder, can_measure = site()
    lines: list[str] = []
    problems: list[str] = []

    def part(title: str, run: Callable[[], list[str]]) -> None:
        say(f"{title} …")
        try:
            lines.extend([title, *run(), ""])
        except Problem as problem:
            problems.append(str(problem))
            lines.extend([title, f"  Not measured: {problem}", ""])

    def others() -> list[str]:
        found = peers(ports, limit, plan)
        write(folder / "peers.json", json.dumps(found, indent=1))
        return [*machine.said(found["machine"], found["versions"]), *report.table(found)]

    if can_measure and not options.only_peers:
        part(
            "What each mechanism costs, by manage.py measure",
            lambda: program(limit, MEASURE_SECONDS, "manage.py", "measure", "--seconds=45").splitlines(),
        )
    if not options.only_peers:
        part(
            "What the counters cost, in this process",
            lambda: program(limit, COUNTERS_SECONDS, "bench/overhead.py").splitlines(),
        )
    part("The same jobs by others, over HTTP", others)
    text = "\n".join(lines)
    write(folder / "bench.txt", text)
    print(text)
    say(f"Written to {folder}." + (" Files of parts that were not measured are those of before." if problems else ""))
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main())
