"""A limit for the whole life of a connection: urllib3 has one for each read, and a server may drip."""

from __future__ import annotations

import socket
import time
from contextlib import suppress
from threading import Lock, Timer
from typing import Any

from requests.adapters import HTTPAdapter


class Limit:
    """Cuts a connection after so many seconds, whatever it does then, unless the limit was lifted before."""

    def __init__(self, sock: socket.socket, seconds: float) -> None:
        self._line = sock.dup()  # TLS takes the other one over; this one stays ours, and is of the same connection
        self._lock = Lock()
        self._timer = Timer(max(0, seconds), self._cut)
        self._timer.daemon = True
        self._timer.start()

    def _cut(self) -> None:
        with self._lock, suppress(OSError):  # it is closed already
            self._line.shutdown(socket.SHUT_RDWR)

    def lift(self) -> None:
        """Let the time run no more."""
        self._timer.cancel()
        with self._lock:
            self._line.close()


class Limited:
    """Mixed into urllib3's connections: each has a limit from the moment at which it is opened."""

    timeout: float
    _limit: Limit | None = None

    def _new_conn(self) -> socket.socket:
        """Open it. This is the method that urllib3's own SOCKSConnection replaces."""
        began = time.monotonic()
        sock: socket.socket = super()._new_conn()  # type: ignore[misc]
        self._limit = Limit(sock, self.timeout - (time.monotonic() - began))
        return sock

    def close(self) -> None:
        """Close it, and lift the limit."""
        if self._limit:
            self._limit.lift()
        super().close()  # type: ignore[misc]


class LimitedAdapter(HTTPAdapter):
    """Has the connections of `requests` limited."""

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        """Return the pool of a host, also of one behind a proxy."""
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        kind = pool.ConnectionCls
        pool.ConnectionCls = type(f"Limited{kind.__name__}", (Limited, kind), {})
        return pool
