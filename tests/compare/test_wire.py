"""The counts and bytes of a run are those that a relay sees, which stands between the client and the servers."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest

from authdemo.compare.story import Call
from tests.compare.conftest import command, read
from tests.fixtures.demo import RunningDemo

pytestmark = pytest.mark.live
CREDENTIAL = re.compile(r"^(?:authorization|cookie): ?(.*)$", re.IGNORECASE | re.MULTILINE)
COUNTS = re.compile(r'(sql|cache);dur=[0-9.]+;desc="(\d+)"')


@dataclass
class Seen:
    """One connection: what went in, what came out."""

    sent: bytes = b""
    received: bytes = b""

    def facts(self) -> tuple[object, ...]:
        head, answer = (text.split(b"\r\n\r\n")[0].decode("latin-1") for text in (self.sent, self.received))
        method, target, _ = head.split("\r\n")[0].split(" ")
        counts = dict(COUNTS.findall(answer))
        status = int(answer.split(" ")[1])
        costs = (int(counts["sql"]), int(counts["cache"])) if counts else (None, None)
        return (method, urlsplit(target).path, status, len(self.sent), len(self.received), *costs)

    def credentials(self) -> list[int]:
        head = self.sent.split(b"\r\n\r\n")[0].decode("latin-1").replace("\r", "")
        return [len(value) for value in CREDENTIAL.findall(head)]


@dataclass
class Relay:
    """Takes connections and passes each on to a server, byte for byte, noting both ways."""

    to: tuple[str, int]
    seen: list[Seen] = field(default_factory=list)

    @contextmanager
    def listening(self) -> Iterator[int]:
        with socket.create_server(("127.0.0.1", 0)) as server:
            threading.Thread(target=self.accept, args=(server,), daemon=True).start()
            yield server.getsockname()[1]
            server.shutdown(socket.SHUT_RDWR)

    def accept(self, server: socket.socket) -> None:
        while True:
            try:
                client, _ = server.accept()
            except OSError:  # closed
                return
            seen = Seen()
            self.seen.append(seen)
            threading.Thread(target=self.relay, args=(client, seen), daemon=True).start()

    def relay(self, client: socket.socket, seen: Seen) -> None:
        with client, socket.create_connection(self.to) as server:
            back = threading.Thread(target=self.back, args=(server, client, seen), daemon=True)
            back.start()
            while data := client.recv(65536):
                seen.sent += data
                server.sendall(data)
            server.shutdown(socket.SHUT_WR)
            back.join(10)

    def back(self, server: socket.socket, client: socket.socket, seen: Seen) -> None:
        try:
            while data := server.recv(65536):
                seen.received += data
                client.sendall(data)
        except OSError:  # the client has all that it wanted
            return


def address(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return "127.0.0.1", parts.port or 80


def facts(call: Call) -> tuple[object, ...]:
    sizes = (call.request_bytes, call.response_bytes)
    return (call.method, call.path, call.status, *sizes, call.sql, call.cache)


def test_bytes_and_counts_are_those_of_an_independent_instrument(demo: RunningDemo):
    relays = {"A": Relay(address(demo.site)), "B": Relay(address(demo.site_b)), "orders": Relay(address(demo.orders))}
    with relays["A"].listening() as a, relays["B"].listening() as b, relays["orders"].listening() as orders:
        done = command(
            demo, "--json", "--no-wait", "--lifetime", "300", "--asks", "introspected", "--denylist",
            DEMO_SITE_URL=f"http://localhost:{a}", DEMO_SITE_B_URL=f"http://localhost:{b}",
            DEMO_ORDERS_URL=f"http://127.0.0.1:{orders}",
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    calls = [call for step in read(done.stdout).played for cell in step.cells.values() for call in cell.calls]
    assert len(calls) > 30
    for place, relay in relays.items():
        told = [call for call in calls if call.to == place]
        # In the same order; the administrator's sign-in and what ends the run stand in no cell.
        there = iter(relay.seen)
        for call in told:
            seen = next((one for one in there if one.facts() == facts(call)), None)
            assert seen, (call, [one.facts() for one in relay.seen])
            if call.credential:
                assert call.credential_bytes in seen.credentials()
    # No credential that went over the wire is in what was told.
    secrets = {
        value
        for relay in relays.values()
        for one in relay.seen
        for header in CREDENTIAL.findall(one.sent.split(b"\r\n\r\n")[0].decode("latin-1").replace("\r", ""))
        for value in re.findall(r"[\w.:~+/-]{20,}", header)
    }
    assert len(secrets) >= 3
    assert not [secret for secret in secrets if secret in done.stdout + done.stderr]
