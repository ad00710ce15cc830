"""The device in process calls a small server of the test's own; in `test_live.py` it calls the demo."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client


@dataclass
class Server:
    """A real server on a port of its own. `answers` maps a path to (status, headers, body)."""

    url: str
    answers: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    seen: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)
    hold: threading.Event | None = None


class Handler(BaseHTTPRequestHandler):
    def answer(self) -> None:
        server: Any = self.server
        mine: Server = server.mine
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        mine.seen.append((self.command, self.path, dict(self.headers), body))
        if mine.hold:
            mine.hold.wait(20)
        missing = (401, {"Content-Type": "application/json"}, json.dumps({"code": "not_authenticated"}).encode())
        status, headers, content = mine.answers.get(self.path, missing)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = answer

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class QuietServer(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Say nothing of a client that has hung up: that is what some tests are about."""


def serve() -> Iterator[Server]:
    server = QuietServer(("127.0.0.1", 0), Handler)
    mine = Server(f"http://127.0.0.1:{server.server_address[1]}")
    server.mine = mine  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield mine
    if mine.hold:
        mine.hold.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def ours() -> Iterator[Server]:
    """A server that stands where the site should."""
    yield from serve()


@pytest.fixture
def strangers() -> Iterator[Server]:
    """A server on this machine that is no part of the demo."""
    yield from serve()


@pytest.fixture(autouse=True)
def site(settings, ours, request) -> None:
    """The site is there, and devices are on."""
    settings.LABS = True
    settings.LOOPBACK_HOSTS = [*settings.LOOPBACK_HOSTS, "testserver"]  # the test client calls from this machine, too
    settings.SITE_URL, settings.SITE_B_URL, settings.ORDERS_URL = ours.url, "", ""
    if "db" in request.fixturenames:
        request.getfixturevalue("db")
        caches["security"].clear()


@pytest.fixture
def learner(alice) -> Client:
    """A browser in which alice is signed in."""
    client = Client()
    client.force_login(alice)
    return client
