"""A session of `requests` that always comes back: so many seconds and bytes at most, and no redirects.

The timeout of `requests` is for each read. A server that sends a byte now and then would hold a page for hours.
"""

from __future__ import annotations

import socket
import time
from contextlib import suppress
from threading import Timer
from typing import Any

import requests
from authlib.integrations.requests_client import OAuth2Session
from requests.adapters import HTTPAdapter

PATIENCE = 5  # seconds, for all of a call
LARGEST = 1024 * 1024  # bytes; real answers have a few thousand


class Limited:
    """Mixed into urllib3's connections: each is cut so many seconds after it was opened."""

    timer: Timer | None = None

    def _new_conn(self) -> socket.socket:
        sock: socket.socket = super()._new_conn()  # type: ignore[misc]
        line = sock.dup()  # TLS takes the other one over
        self.timer = Timer(PATIENCE, cut, [line])
        self.timer.daemon = True
        self.timer.start()
        self.line = line
        return sock

    def close(self) -> None:
        """Close it, and let the time run no more."""
        if self.timer:
            self.timer.cancel()
            self.line.close()
        super().close()  # type: ignore[misc]


def cut(line: socket.socket) -> None:
    """End a connection, whoever reads from it."""
    with suppress(OSError):  # it is closed already
        line.shutdown(socket.SHUT_RDWR)


class LimitedAdapter(HTTPAdapter):
    """Has the connections of `requests` limited."""

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        """Return the pool of a host."""
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        kind = pool.ConnectionCls
        if not issubclass(kind, Limited):
            pool.ConnectionCls = type(f"Limited{kind.__name__}", (Limited, kind), {})
        return pool


class PatientSession(OAuth2Session):  # type: ignore[misc]
    """Authlib's session, each of whose calls is limited. Raises `requests.RequestException` where one fails."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.trust_env = False  # no proxy, and no ~/.netrc in the place of the user's token
        for scheme in list(self.adapters):
            self.mount(scheme, LimitedAdapter())

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> requests.Response:
        """Send the request and read the answer, or give up."""
        began = time.monotonic()
        # A redirect could carry the client's secret or a token to another address.
        kwargs |= {"allow_redirects": False, "stream": True, "timeout": PATIENCE}
        try:
            response: requests.Response = super().request(method, url, *args, **kwargs)
            with response:
                response._content = read(response)
        except requests.Timeout:
            raise
        except requests.RequestException as error:
            if time.monotonic() - began >= PATIENCE:  # it was cut
                raise requests.ReadTimeout("too slow") from error
            raise
        finally:
            self.close()
        if time.monotonic() - began >= PATIENCE:  # it was cut, and looks as if it had come to its end
            raise requests.ReadTimeout("too slow")
        response._content_consumed = True  # type: ignore[attr-defined]
        return response


def read(response: requests.Response) -> bytes:
    """Return the body. Raises ContentDecodingError where it is too large."""
    body = b""
    for chunk in response.iter_content(65536):
        body += chunk
        if len(body) > LARGEST:
            raise requests.exceptions.ContentDecodingError("too large")
    return body
