"""Starts what is measured, waits until it answers, and ends it. One process and one thread each, no log."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import requests

from demo.processes import port_in_use

from .rounds import Limit, Problem

START_SECONDS = 30
STOP_SECONDS = 10
KINDS = {
    # Granian serves both kinds of application by the same HTTP code, so what differs is the application.
    "granian": ("granian", "--interface=wsgi", "--port={port}", "--blocking-threads=1"),
    "granian-asgi": ("granian", "--interface=asgi", "--port={port}", "--loop=auto"),
    # The product's server; its demo gives it more threads.
    "waitress": ("waitress", "--listen=127.0.0.1:{port}", "--threads=1", "--ident="),
    # The server of FastAPI's documentation.
    "uvicorn": ("uvicorn", "--port={port}", "--no-access-log", "--log-level=warning", "--timeout-keep-alive=60"),
}
QUIET = ("--host=127.0.0.1", "--workers=1", "--runtime-threads=1", "--http=1", "--no-ws", "--log-level=warning")


@dataclass(frozen=True)
class Server:
    """One application on one kind of server, and the address that answers once it is ready."""

    name: str
    kind: str
    application: str
    port: int
    ready: str
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def base(self) -> str:
        """Its address."""
        return f"http://localhost:{self.port}"

    @property
    def command(self) -> list[str]:
        """The command line that serves it."""
        module, *arguments = KINDS[self.kind]
        more = QUIET if module == "granian" else ()
        filled = [argument.format(port=self.port) for argument in arguments]
        return [sys.executable, "-m", module, *filled, *more, self.application]


@contextmanager
def running(servers: Sequence[Server], logs: Path, limit: Limit) -> Iterator[None]:
    """Serve until the end of the block. Raises Problem for a port in use, and for a server that does not answer."""
    processes: list[tuple[Server, subprocess.Popen[bytes]]] = []
    try:
        for server in servers:
            if port_in_use(server.port):
                raise Problem(f"Port {server.port} is in use, so {server.name} cannot start.")
            with log_of(server, logs).open("wb") as log:
                process = subprocess.Popen(
                    server.command, cwd=server.folder, env=dict(server.environment),
                    stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                )  # fmt: skip
            processes.append((server, process))
        for server, process in processes:
            wait(server, process, log_of(server, logs), limit)
        yield
    finally:
        stop([process for _, process in processes])


def log_of(server: Server, logs: Path) -> Path:
    """Return the file for what a server says: nothing, as long as all is well."""
    return logs / f"{server.port}.log"


def wait(server: Server, process: subprocess.Popen[bytes], log: Path, limit: Limit) -> None:
    """Wait until it answers. Raises Problem."""
    end = time.monotonic() + min(START_SECONDS, limit.left())
    address = f"http://127.0.0.1:{server.port}{server.ready}"
    while time.monotonic() < end:
        if process.poll() is not None:
            said = log.read_text(encoding="utf-8", errors="replace").strip() or "nothing"
            raise Problem(f"{server.name} did not start and said: {said.splitlines()[-1]}")
        try:
            requests.get(address, timeout=2, allow_redirects=False)
        except requests.RequestException:
            time.sleep(0.1)
        else:
            return
    raise Problem(f"{server.name} did not answer in time, so nothing was measured.")


def stop(processes: list[subprocess.Popen[bytes]]) -> None:
    """End them, and come back when they have ended."""
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
