"""A relay that stands between a client and a server, and notes what goes each way."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

CREDENTIAL = re.compile(r"^(?:authorization|cookie): ?(.*)$", re.IGNORECASE | re.MULTILINE)
COUNTS = re.compile(r'(sql|cache);dur=[0-9.]+;desc="(\d+)"')


@dataclass
class Seen:
    """One connection, which is one call: when it came (Unix time), what went in, what came out."""

    at: float
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
            seen = Seen(time.time())
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
