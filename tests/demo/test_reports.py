"""What the outside world tells the site: the bytes that arrive there, and a sign-in that goes on without a listener."""

from __future__ import annotations

import json
import os
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from demo.processes import free_port
from tests.demo.conftest import Outside, end, serve
from tests.demo.visitor import PASSWORD, Client, Visitor, query_of

pytestmark = pytest.mark.live
NAME = "alice.outside"


@dataclass
class Site:
    """Listens where the site would, and keeps each byte."""

    url: str
    bodies: list[bytes] = field(default_factory=list)
    arrived: threading.Condition = field(default_factory=threading.Condition)

    def reports(self, count: int) -> list[dict[str, Any]]:
        """Return this many reports in the order of their time, when they have arrived."""
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.bodies) >= count, timeout=20), self.bodies
            found = [json.loads(body) for body in self.bodies]
        assert len(found) == count, found
        return sorted(found, key=lambda one: one["at"])


@pytest.fixture
def site() -> Iterator[Site]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(204)
            self.end_headers()
            with listening.arrived:
                listening.bodies.append(self.requestline.encode() + str(self.headers).encode() * 0 + body * 1)
                listening.bodies[-1] = body
                listening.arrived.notify_all()

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    listening = Site(f"http://localhost:{server.server_port}")
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield listening
    server.shutdown()
    server.server_close()
