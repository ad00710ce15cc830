"""One HTTP request, sent to a WSGI application in this process: how long it took, what it looked up, its bytes."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from io import BytesIO
from time import perf_counter
from typing import Any, TypeAlias
from urllib.parse import unquote

App: TypeAlias = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
INSTRUMENT = "server-timing"  # ours, to count with: it is no cost of any mechanism, so its bytes do not count
COUNT = re.compile(r'\b(sql|cache);[^,]*desc="(\d+)"')
GOOD = {HTTPStatus.OK, HTTPStatus.NO_CONTENT, HTTPStatus.FOUND, HTTPStatus.SEE_OTHER}


class NotMeasured(Exception):
    """Something answered otherwise than it should, so its time would be that of something else. One sentence."""


@dataclass(frozen=True)
class Call:
    """One request. `credential` is the value of the header that says who calls, "" where none does."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""
    credential: str = ""

    @property
    def head(self) -> bytes:
        """The request line and the headers, as they are sent (RFC 9112 §3)."""
        lines = [f"{self.method} {self.path} HTTP/1.1", *(f"{name}: {value}" for name, value in self.headers)]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")

    def environ(self) -> dict[str, Any]:
        """Return what a server makes of it (PEP 3333). To be used once: an application may write into it."""
        path, _, query = self.path.partition("?")
        host, _, port = dict(self.headers)["Host"].partition(":")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": self.method, "SCRIPT_NAME": "", "PATH_INFO": unquote(path), "QUERY_STRING": query,
            "SERVER_NAME": host, "SERVER_PORT": port or "80", "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1", "wsgi.version": (1, 0), "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(self.body), "wsgi.errors": sys.stderr, "wsgi.multithread": True,
            "wsgi.multiprocess": True, "wsgi.run_once": False,
        }  # fmt: skip
        for name, value in self.headers:
            key = name.upper().replace("-", "_")
            environ[key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"] = value
        return environ


@dataclass(frozen=True)
class Answer:
    """What came back, and how long it took until the last byte was there and the response closed."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes
    seconds: float

    @property
    def counts(self) -> dict[str, int]:
        """How many statements and cache calls it says that it needed; none where it has neither."""
        timing = next((value for name, value in self.headers if name.lower() == INSTRUMENT), "")
        return {"sql": 0, "cache": 0} | {name: int(count) for name, count in COUNT.findall(timing)}

    @property
    def size(self) -> int:
        """The bytes of head and body, without those of the instrument and what a server may add by itself."""
        line = f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}"
        lines = [line, *(f"{name}: {value}" for name, value in self.headers if name.lower() != INSTRUMENT), "", ""]
        return len("\r\n".join(lines).encode("latin-1")) + len(self.body)

    def cookie(self, name: str) -> str:
        """Return the value of a cookie that it sets, "" where it sets none of that name."""
        found = (value.strip() for key, value in self.headers if key.lower() == "set-cookie")
        return next((one.split(";")[0].split("=", 1)[1] for one in found if one.startswith(f"{name}=")), "")

    def header(self, name: str) -> str:
        """Return a header, "" where there is none."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")


def send(app: App, call: Call) -> Answer:
    """Send it. Raises NotMeasured where it is answered with an error."""
    begun: list[Any] = []
    environ = call.environ()  # made before the clock starts: a server would have done that
    start = perf_counter()
    response = app(environ, lambda *status_and_headers: begun.extend(status_and_headers[:2]))
    body = b"".join(response)
    if close := getattr(response, "close", None):
        close()
    seconds = perf_counter() - start
    status = int(begun[0].split()[0])
    if status not in GOOD:
        raise NotMeasured(f"{call.method} {call.path.partition('?')[0]} answered {status}.")
    return Answer(status, begun[1], body, seconds)


@dataclass
class Sample:
    """One go of a variant: the requests that count, together. All times are seconds."""

    seconds: float = 0.0
    hashing: float = 0.0
    requests: int = 0
    sql: int = 0
    cache: int = 0
    request_bytes: int = 0
    response_bytes: int = 0
    credential_bytes: int = 0


@dataclass
class Sender:
    """What a variant sends with. Only what is `timed` is in the sample; `quiet` gets ready what that needs.

    `hashed` says how many seconds this process has hashed passwords until now.
    """

    app: App
    hashed: Callable[[], float] = field(default=lambda: 0.0)
    sample: Sample = field(default_factory=Sample)

    def quiet(self, call: Call) -> Answer:
        """Send, and count nothing."""
        return send(self.app, call)

    def timed(self, call: Call, app: App | None = None) -> Answer:
        """Send, to another application where one is named, and add it to the sample."""
        before = self.hashed()
        answer = send(app or self.app, call)
        sample = self.sample
        sample.hashing += self.hashed() - before
        sample.seconds += answer.seconds
        sample.requests += 1
        sample.sql += answer.counts["sql"]
        sample.cache += answer.counts["cache"]
        sample.request_bytes += len(call.head) + len(call.body)
        sample.response_bytes += answer.size
        sample.credential_bytes = max(sample.credential_bytes, len(call.credential.encode("latin-1")))
        return answer
