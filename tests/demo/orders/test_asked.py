"""`/orders/asked/`: the site is asked about each token, and where it does not say yes, nobody gets in."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote_plus

import pytest
import requests

GOOD = {"active": True, "sub": "7", "username": "alice", "client_id": "printer", "scope": "openid profile"}


class Asked:
    """A site that answers `/identity/o/api/introspect` with what it is told to, and notes what came."""

    def __init__(self) -> None:
        self.status, self.body, self.came = 200, json.dumps(GOOD).encode(), []  # type: ignore[var-annotated]
        self.followed: list[str] = []
        asked = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:  # where our redirect leads: with a good answer, for who follows it
                asked.followed.append(self.path)
                good = json.dumps(GOOD).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(good)))
                self.end_headers()
                self.wfile.write(good)

            def do_POST(self) -> None:
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                asked.came.append((self.path, self.headers["Authorization"], form))
                self.send_response(asked.status)
                self.send_header("Content-Length", str(len(asked.body)))
                self.send_header("Location", f"{asked.url}/elsewhere")
                self.send_header("Server-Timing", 'app;dur=3.1, sql;dur=0.4;desc="2", cache;dur=0.0;desc="0"')
                self.end_headers()
                self.wfile.write(asked.body)

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def says(self, body: Any, status: int = 200) -> None:
        self.status, self.body = status, body if isinstance(body, bytes) else json.dumps(body).encode()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture(scope="module")
def running(start) -> Iterator[tuple[Asked, str]]:
    site = Asked()
    yield site, start(site.url, DEMO_ORDERS_SECRET="a+secret: %yes").url
    site.stop()


@pytest.fixture
def site(running: tuple[Asked, str]) -> Asked:
    site = running[0]
    site.says(GOOD)
    site.came.clear()
    site.followed.clear()
    return site


@pytest.fixture
def url(running: tuple[Asked, str]) -> str:
    return running[1]


def call(url: str, opaque: str = "an-opaque-token") -> requests.Response:
    return requests.get(f"{url}/orders/asked/", headers={"Authorization": f"Bearer {opaque}"}, timeout=20)


def test_it_asks_at_each_call_and_says_what_that_cost(site, url):
    before = requests.get(f"{url}/healthz", timeout=20).json()["asked"]
    for _ in range(3):
        answer = call(url)
    body = answer.json()
    assert (answer.status_code, body["user"], body["app"]) == (200, {"id": "7", "username": "alice"}, "printer")
    assert body["orders"]
    assert body["asked"]["statements_at_the_site"] == 2
    assert body["asked"]["milliseconds"] > 0
    assert requests.get(f"{url}/healthz", timeout=20).json()["asked"] - before == len(site.came) == 3
    path, authorization, form = site.came[0]
    assert path == "/identity/o/api/introspect"
    name, secret = base64.b64decode(authorization.removeprefix("Basic ")).decode().split(":")
    assert (name, unquote_plus(secret)) == ("orders", "a+secret: %yes")
    assert form["token"] == ["an-opaque-token"]


def test_what_is_over_is_401_at_once(site, url):
    assert call(url).status_code == 200
    site.says({"active": False})
    answer = call(url)
    assert (answer.status_code, answer.json()["code"]) == (401, "token_inactive")
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


@pytest.mark.parametrize("changes", [{"scope": "notes:read"}, {"scope": ""}, {"scope": None}])
def test_without_the_scope_it_is_403(site, url, changes):
    site.says(GOOD | changes)
    answer = call(url)
    assert (answer.status_code, answer.json()["code"]) == (403, "insufficient_scope")
    assert 'scope="profile"' in answer.headers["WWW-Authenticate"]


@pytest.mark.parametrize("changes", [{"sub": None}, {"sub": 7}, {"sub": ""}])
def test_without_a_user_it_is_403_and_no_other_scope_would_help(site, url, changes):
    """A program that has a token for itself has no orders, whatever it may do."""
    site.says(GOOD | changes)
    answer = call(url)
    assert (answer.status_code, answer.json()["code"]) == (403, "no_user")
    assert "No user" in answer.json()["detail"]
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="orders"'


def test_without_user_and_scope_the_user_is_what_is_missing(site, url):
    site.says({"active": True, "client_id": "night-export", "scope": "notes:export"})
    assert call(url).json()["code"] == "no_user"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"error": "invalid_client"}, 401, "not_allowed_to_ask"),
        ({"error": "unauthorized_client"}, 403, "not_allowed_to_ask"),
        (GOOD, 500, "site_unavailable"),
        (GOOD, 302, "site_unavailable"),  # a client that follows it asks again by GET
        (GOOD, 307, "site_unavailable"),  # and here sends secret and token once more
        (b"", 200, "site_unavailable"),
        (b"<html>", 200, "site_unavailable"),
        (b"[" * 5000, 200, "site_unavailable"),
        (["active"], 200, "site_unavailable"),
        ({}, 200, "site_unavailable"),
        ({**GOOD, "active": "true"}, 200, "site_unavailable"),
        ({**GOOD, "active": 1}, 200, "site_unavailable"),
    ],
)
def test_where_the_site_does_not_say_nobody_gets_in(site, url, body, status, code):
    site.says(body, status)
    answer = call(url)
    assert (answer.status_code, answer.json()["code"]) == (503, code)
    assert answer.headers["Retry-After"] == "5"
    assert "secret" not in answer.text
    assert (site.followed, [path for path, _, _ in site.came]) == ([], ["/identity/o/api/introspect"])


def test_without_a_token_nobody_is_asked(site, url):
    for header in ("", "Bearer ", "Basic eDp5"):
        answer = requests.get(f"{url}/orders/asked/", headers={"Authorization": header}, timeout=20)
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Bearer realm="orders"')
    assert call(url, "x" * 5000).status_code == 401
    assert site.came == []


def test_with_the_site_away_it_is_503(start):
    alone = start("http://127.0.0.1:1").url
    answer = call(alone)
    assert (answer.status_code, answer.json()["code"]) == (503, "site_unavailable")
    assert requests.get(f"{alone}/healthz", timeout=20).json()["status"] == "ok"
