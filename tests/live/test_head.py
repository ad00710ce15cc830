"""HEAD is answered without a body. On a connection that is kept, the next answer would begin with it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from urllib.parse import urlsplit

import pytest

from tests.fixtures.demo import RunningDemo

pytestmark = pytest.mark.live

PLACES = {
    "site": ["/", "/nothing/", "/identity/o/api/token", "/static/admin/css/base.css", "/oauth/third-party/"],
    "providers": ["/", "/nothing/", "/static/outside/outside.css"],
    "third_party": ["/", "/nothing/", "/static/paper/paper.css"],
    "hostile": ["/", "/nothing/", "/static/hostile/quiz.css"],
    "orders": ["/orders/", "/nothing/"],
}
CASES = [(place, path) for place, paths in PLACES.items() for path in ["/healthz", *paths]]
ZLIB = "Content-Type: x/y; charset=zlib\r\n"


@contextmanager
def connection(url: str) -> Iterator[tuple[socket.socket, BufferedReader]]:
    with socket.create_connection(("127.0.0.1", urlsplit(url).port or 80), timeout=20) as made:
        yield made, made.makefile("rb")


def send(made: socket.socket, method: str, url: str, more: str = "") -> None:
    parts = urlsplit(url)
    made.sendall(f"{method} {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\n{more}\r\n".encode())


def head(incoming: BufferedReader) -> tuple[bytes, dict[str, str]]:
    """Read up to the end of the headers, and not one byte more."""
    status, headers = incoming.readline(), {}
    while (line := incoming.readline().strip()) and b":" in line:
        name, _, value = line.decode().partition(":")
        headers[name.lower()] = value.strip()
    return status, headers


def both(url: str, more: str = "") -> tuple[tuple[bytes, dict[str, str]], tuple[bytes, dict[str, str], bytes]]:
    """Ask with HEAD, and then with GET on the same connection."""
    with connection(url) as (made, incoming):
        send(made, "HEAD", url, more)
        first = head(incoming)
        send(made, "GET", url, more)
        status, headers = head(incoming)
        return first, (status, headers, incoming.read(int(headers["content-length"])))


@pytest.mark.parametrize(("place", "path"), CASES)
def test_on_one_connection_get_is_answered_after_head(demo: RunningDemo, place: str, path: str) -> None:
    (status, headers), (status_of_get, headers_of_get, body) = both(getattr(demo, place) + path)
    assert status.startswith(b"HTTP/1.1 ")
    assert status_of_get == status
    # Some bytes of a page are new each time, never their number.
    assert headers["content-length"] == headers_of_get["content-length"] == str(len(body))
    assert headers.keys() == headers_of_get.keys()


@pytest.mark.parametrize("place", PLACES)
def test_what_is_refused_before_django_has_no_body_either(demo: RunningDemo, place: str) -> None:
    (status, _), (status_of_get, *_) = both(f"{getattr(demo, place)}/healthz", ZLIB)
    assert status == status_of_get
