"""In a real browser: a form of ours ends at the app that was allowed something, whichever app it is."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from tests.fixtures.demo import RunningDemo

from .conftest import AUTHORIZE, CHALLENGE

pytestmark = [pytest.mark.browser, pytest.mark.live, pytest.mark.usefixtures("nothing_allowed")]
REGISTER = """
from allauth.idp.oidc.models import Client
from oauth_app.provider import clients
client = Client(id="anywhere-%(port)d", name="Anywhere", type="confidential", secret="!")
client.set_scopes(["notes:read"])
client.set_redirect_uris(["%(callback)s"])
client.set_grant_types(["authorization_code"])
client.save()
"""


class App(BaseHTTPRequestHandler):
    """The page of an app that no setting of the site names."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<h1>Anywhere</h1>")

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def address(demo: RunningDemo) -> Iterator[str]:
    """The app listens on a port of the moment, and is registered with it. Returns its authorization request."""
    with ThreadingHTTPServer(("127.0.0.1", 0), App) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        port = server.server_port
        callback = f"http://127.0.0.1:{port}/callback/"
        demo.shell(REGISTER % {"port": port, "callback": callback})
        asked = {
            "client_id": f"anywhere-{port}", "redirect_uri": callback, "response_type": "code", "scope": "notes:read",
            "code_challenge": CHALLENGE, "code_challenge_method": "S256",
        }  # fmt: skip
        yield f"{demo.site}{AUTHORIZE}?{urlencode(asked)}"
        server.shutdown()


def types_the_password(page: Page) -> None:
    page.get_by_label("User name").fill("bob")
    page.get_by_label("Password").fill("workshop-2026")
    page.get_by_role("main").get_by_role("button", name="Sign in").click()


def test_allow_and_later_the_sign_in_alone_lead_there(demo: RunningDemo, page: Page, address: str) -> None:
    page.goto(address)
    types_the_password(page)
    page.get_by_role("button", name="Allow").click()
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("Anywhere")

    page.goto(f"{demo.site}/sessions/")
    page.get_by_role("banner").get_by_role("button", name="End session").click()
    expect(page.get_by_role("banner")).to_contain_text("no session")
    page.goto(address)
    types_the_password(page)  # all was allowed before: the answer to this form goes on to the app
    expect(heading).to_have_text("Anywhere")
    assert "code=" in page.url
