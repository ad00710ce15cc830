"""The client, a process of its own: it checks what each variant answers, and then lets them take turns.

`python -m bench.client` reads `{"plan": {...}, "calls": [...]}` and writes `{key: [microseconds, ...]}`. It has one
connection for each variant, kept open; the next request goes out when the answer to the one before is complete. It
reads no more of HTTP than it needs, so that its own time is small and the same for all.
"""

from __future__ import annotations

import gc
import json
import socket
import sys
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import urlsplit

from .rounds import Plan, Problem, alternate

TIMEOUT = 10  # seconds, for one answer


@dataclass(frozen=True)
class Call:
    """What one variant is sent, who it must say the caller is, and the call whose answer its own must look like."""

    key: str
    label: str
    url: str
    user: str
    like: str
    headers: dict[str, str] = field(default_factory=dict)


class Connection:
    """One connection that stays open, and one request that is sent over it again and again."""

    def __init__(self, call: Call) -> None:
        """Connect. Raises Problem where nobody listens."""
        self.call = call
        parts = urlsplit(call.url)
        lines = [f"GET {parts.path} HTTP/1.1", f"Host: {parts.netloc}", "Accept: application/json"]
        lines += [f"{name}: {value}" for name, value in call.headers.items()]
        self.request = ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")
        try:
            self.socket = socket.create_connection(("127.0.0.1", parts.port or 80), TIMEOUT)
        except OSError:
            raise Problem(f"{call.label} cannot be reached at {call.url}.") from None
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def fetch(self) -> tuple[bytes, bytes]:
        """Send the request; return the head and the body of the answer. Raises Problem for one that does not end."""
        try:
            self.socket.sendall(self.request)
            came = self.receive()
            while b"\r\n\r\n" not in came:
                came += self.receive()
            head, _, body = came.partition(b"\r\n\r\n")
            _, named, rest = head.lower().partition(b"content-length:")
            if not named:
                raise Problem(f"{self.call.label} answered without a Content-Length, so its end is not known.")
            length = int(rest.partition(b"\r\n")[0])
            while len(body) < length:
                body += self.receive()
        except OSError as error:
            raise Problem(f"{self.call.label} did not answer: {error or type(error).__name__}.") from None
        return head, body

    def receive(self) -> bytes:
        """Return what has come. Raises Problem at the end of the connection."""
        came = self.socket.recv(65536)
        if not came:
            raise Problem(f"{self.call.label} closed its connection in the middle.")
        return came

    def send(self) -> None:
        """Send the request and take the answer. Raises Problem where it is not 200."""
        head, _ = self.fetch()
        if not head.startswith(b"HTTP/1.1 200"):
            raise Problem(f"{self.call.label} answered {status(head)} in the middle of the run.")


def status(head: bytes) -> str:
    """Return the status of an answer as text."""
    return head.partition(b"\r\n")[0].partition(b" ")[2].decode("ascii", "replace").strip()


def shape(value: Any) -> Any:
    """Return the names in a JSON value without what they stand for: two answers of one shape are the same job."""
    return {name: shape(inner) for name, inner in value.items()} if isinstance(value, dict) else None


def checked(connection: Connection) -> Any:
    """Return the answer. Raises Problem where status or user are not what they have to be."""
    call, (head, body) = connection.call, connection.fetch()
    if status(head).split(" ")[0] != "200":
        raise Problem(f"{call.label} answered {status(head)} and not 200, so nothing was measured.")
    try:
        answer = json.loads(body)
        user = answer["user"]["username"]
    except (ValueError, KeyError, TypeError):
        raise Problem(f"{call.label} did not say who the user is, so nothing was measured.") from None
    if user != call.user:
        raise Problem(f"{call.label} took the caller for {user} and not for {call.user}, so nothing was measured.")
    return answer


def measure(calls: list[Call], plan: Plan) -> dict[str, list[float]]:
    """Check every variant, and then measure. Raises Problem, one sentence."""
    connections = {call.key: Connection(call) for call in calls}
    try:
        answers = {key: checked(connection) for key, connection in connections.items()}
        for call in calls:
            if shape(answers[call.key]) != shape(answers[call.like]):
                raise Problem(f"{call.label} does not answer what the others of its job do, so nothing was measured.")
        gc.collect()
        gc.disable()  # its pauses are no part of an answer
        return alternate({key: connection.send for key, connection in connections.items()}, plan)
    finally:
        gc.enable()
        for connection in connections.values():
            connection.socket.close()


def as_input(calls: list[Call], plan: Plan) -> str:
    """Return what this program reads."""
    return json.dumps({"plan": asdict(plan), "calls": [asdict(call) for call in calls]})


def main() -> None:
    """Read, measure, write."""
    given = json.load(sys.stdin)
    try:
        times = measure([Call(**call) for call in given["calls"]], Plan(**given["plan"]))
    except Problem as problem:
        raise SystemExit(str(problem)) from None
    json.dump({key: [round(one, 1) for one in taken] for key, taken in times.items()}, sys.stdout)


if __name__ == "__main__":
    main()
