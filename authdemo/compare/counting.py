"""How many bytes of HTTP go each way, heads and bodies: counted where they are handed over and read."""

from __future__ import annotations

import http.client
import io
from dataclasses import dataclass
from functools import partial
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection

from authdemo.device.transport import OnlyThisDemo


@dataclass
class Tally:
    """The bytes of one call. With HTTPS they are those inside of the encryption."""

    sent: int = 0
    received: int = 0


class CountingAdapter(OnlyThisDemo):
    """Sends to this demo only, and counts."""

    def __init__(self, tally: Tally) -> None:
        self.tally = tally
        super().__init__(max_retries=0)

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        """Return the pool, whose connections count."""
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        kind = _HTTPS if pool.scheme == "https" else _HTTP
        pool.ConnectionCls = partial(kind, tally=self.tally)
        return pool


class _Counted:
    """Put it before urllib3's connection."""

    def __init__(self, *args: Any, tally: Tally, **kwargs: Any) -> None:
        self.tally = tally
        super().__init__(*args, **kwargs)

    def send(self, data: Any) -> None:
        """Send, and count: the head comes here, and each part of a body."""
        self.tally.sent += len(data)
        super().send(data)  # type: ignore[misc]

    def response_class(self, sock: Any, *args: Any, **kwargs: Any) -> http.client.HTTPResponse:
        """Return what reads the answer. `http.client` asks for it by this name."""
        response = http.client.HTTPResponse(sock, *args, **kwargs)
        response.fp = io.BufferedReader(_Read(response.fp.detach(), self.tally))  # type: ignore[attr-defined]
        return response


class _HTTP(_Counted, HTTPConnection):  # type: ignore[misc]
    """One connection."""


class _HTTPS(_Counted, HTTPSConnection):  # type: ignore[misc]
    """One connection, encrypted."""


class _Read(io.RawIOBase):
    """A stream that counts what is read from it."""

    def __init__(self, stream: io.RawIOBase, tally: Tally) -> None:
        self.stream, self.tally = stream, tally

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: Any) -> int | None:
        """Read into the buffer."""
        count: int | None = self.stream.readinto(buffer)  # type: ignore[attr-defined]
        self.tally.received += count or 0
        return count

    def close(self) -> None:
        """Close both."""
        self.stream.close()
        super().close()
