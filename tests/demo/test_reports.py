"""What the outside world tells the site: each byte of it, and a sign-in that goes on where nobody listens."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from demo.processes import free_port
from tests.demo.conftest import Outside, client_at, running
from tests.demo.visitor import PASSWORD, query_of

pytestmark = pytest.mark.live
COMPANIES = ("github", "google", "oidc")
NAME = "alice.outside"


@dataclass
class Site:
    """Listens where the site would, and keeps each byte."""

    url: str
    requests: list[tuple[str, bytes]] = field(default_factory=list)
    arrived: threading.Condition = field(default_factory=threading.Condition)

    def reports(self, count: int) -> list[dict[str, Any]]:
        """Return this many reports in the order of their time, when they have arrived; fail where there are others."""
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.requests) >= count, timeout=20), self.requests
            assert len(self.requests) == count, self.requests
            return sorted((json.loads(body) for _, body in self.requests), key=lambda one: str(one["at"]))

    def everything(self) -> str:
        return "".join(head + body.decode() for head, body in self.requests)


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        site: Site = self.server.site  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(204)
        self.end_headers()
        with site.arrived:
            site.requests.append((f"{self.requestline}\n{self.headers}", body))
            site.arrived.notify_all()

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def listening() -> Iterator[Site]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.site = site = Site(f"http://localhost:{server.server_port}")  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield site
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, listening: Site) -> Iterator[Outside]:
    with running(tmp_path_factory.mktemp("reporting"), listening.url) as world:
        yield world


@pytest.fixture
def site(listening: Site) -> Site:
    listening.requests.clear()
    return listening


@pytest.mark.parametrize("company", COMPANIES)
def test_five_legs_are_reported_and_nothing_that_was_typed(world, site, visitor, company):
    client = client_at(world.url, site.url, company)
    typed, hidden = "hunter2-no-such-password", set()
    page = visitor.follow(visitor.get(client.request_url()))
    visitor.submit(page, username=NAME, password=typed)
    page = visitor.sign_in(page, NAME)
    hidden |= {*page.text.split('value="')[1].split('"')[:1]}
    code = query_of(visitor.submit(page, action="grant"))["code"]

    reports = site.reports(6)
    login = f"/{company}/login"
    steps = [(one["method"], one["path"], one["status"]) for one in reports]
    assert steps == [
        ("GET", client.authorize, 302), ("GET", login, 200), ("POST", login, 401), ("POST", login, 302),
        ("GET", client.authorize, 200), ("POST", client.authorize, 302),
    ]  # fmt: skip
    assert {one["state"] for one in reports} == {client.state}
    assert set(reports[3]["fields"]) == {"csrfmiddlewaretoken", "next", "username", "password"}
    assert f"outside_{company}" in reports[3]["set_cookies"]
    assert f"outside_{company}" in reports[5]["cookies"]
    back = urlsplit(reports[5]["location"])
    assert parse_qs(back.query)["code"] == [code]

    everything = site.everything()
    cookies = {cookie.value for cookie in visitor.cookies}
    assert len(cookies) == 2
    for secret in (PASSWORD, typed, NAME, client.verifier, client.secret, *cookies, *hidden):
        assert secret not in everything
    assert "csrfmiddlewaretoken=" not in everything
    # Of the request itself: no cookie, and the time is now.
    assert "Cookie" not in everything
    assert abs((datetime.now(UTC) - datetime.fromisoformat(reports[0]["at"])).total_seconds()) < 60


def test_what_was_typed_in_the_wrong_place_is_no_name(world, site, visitor):
    """A password pasted into the address, or sent without the name of its field, is where names are."""
    client = client_at(world.url, site.url, "github")
    query = urlencode(
        {"next": client.request_url(**{"hunter2-a": "hunter2-b"}), "hunter2-c": "", "state2": "hunter2-d"}
    )
    url = f"{world.url}/github/login?{query}"
    visitor.cookies.set("hunter2-e", "hunter2-f")
    visitor.get(url)
    token = visitor.get(url).text.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    visitor.post(url, data={"csrfmiddlewaretoken": token, "hunter2-g": "", "username": "hunter2-h"})
    reports = site.reports(3)
    assert "other" in reports[2]["fields"]
    assert "other" in reports[2]["cookies"]
    assert "hunter2" not in site.everything()
    assert token not in site.everything()


def test_what_google_calls_its_own_way_is_told(world, site, visitor):
    """And so for the request that waits in `next`, while its sign-in form is shown."""
    client = client_at(world.url, site.url, "google")
    offline = {"access_type": "offline", "include_granted_scopes": "true"}
    visitor.follow(visitor.get(client.request_url(**offline)))
    first, form = site.reports(2)
    waiting = parse_qs(urlsplit(dict(form["query"])["next"]).query)
    for name, value in offline.items():
        assert dict(first["query"])[name] == value
        assert waiting[name] == [value]


def test_a_denied_consent_is_reported(world, site, visitor):
    client = client_at(world.url, site.url, "github")
    visitor.submit(visitor.consent_page(client.request_url()), action="deny")
    last = site.reports(5)[-1]
    assert parse_qs(urlsplit(last["location"]).query) == {"error": ["access_denied"], "state": [client.state]}


def test_what_is_no_flow_of_the_site_is_not_reported(world, site, visitor):
    client = client_at(world.url, site.url, "github")
    for path in ("/", "/github/", "/github/login", "/github/login?next=/github/", "/github/logout", "/healthz"):
        visitor.get(world.url + path)
    visitor.get(client.request_url(client_id="somebody-else"))
    visitor.get(client.request_url(state=None))
    visitor.get(f"{world.url}/github/logout?{urlsplit(client.request_url()).query}")
    client.exchange("no-such-code")
    visitor.get(client.request_url())  # so that there is something to wait for
    assert [one["path"] for one in site.reports(1)] == [client.authorize]


def test_strange_requests_are_answered_as_before(world, site, visitor):
    client = client_at(world.url, site.url, "github")
    assert visitor.get(client.request_url(redirect_uri="http://[")).status_code == 400
    assert visitor.get(f"{world.url}/github/login?next=http%3A%2F%2F%5B&state=x").status_code == 200
    many = "&".join(["a=b"] * 500)
    assert visitor.get(f"{client.request_url()}&{many}").status_code == 302
    assert visitor.post(f"{world.url}/github/login", data=b"x" * 3_000_000).status_code in {400, 403, 413}


@pytest.mark.parametrize("how", ["stopped", "silent"])
def test_a_sign_in_goes_on_while_the_site_does_not_listen(tmp_path, visitor, how):
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes connections and never answers
        port = silent.getsockname()[1] if how == "silent" else free_port()
        site = f"http://localhost:{port}"
        with running(tmp_path, site) as world:
            started = time.monotonic()
            client = client_at(world.url, site, "github")
            assert client.exchange(visitor.code_for(client)).json()["access_token"]
            # Five reports, each of which gives up after a second.
            assert time.monotonic() - started < 10
            log = world.log.read_text()
    assert "Traceback" not in log
    assert client.state not in log
