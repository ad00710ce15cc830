"""Somebody else's app drawn, in process: the site's own records, the app's reports, and what is made of them."""

from __future__ import annotations

import json
import re
import socket
from html import unescape
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client
from django.utils import timezone

from authdemo.wire.models import Exchange
from oauth_app.labs.third_party.legs import chapters
from oauth_app.labs.third_party.parameters import MEANINGS, OF_AN_ERROR
from oauth_app.provider.models import Consent
from tests.oauth_app.provider.conftest import (  # noqa: F401  fixtures
    CALLBACK,
    REVOKE,
    TOKEN,
    VERIFIER,
    App,
    app,
    register,
)
from tests.wire.test_reports import send

pytestmark = pytest.mark.django_db
PAGE, START = "/oauth/third-party/", "/oauth/third-party/start/"
NOTES = "/oauth/api/notes/"
STATE, HOST = "a-state-of-the-app-0123456789", "127.0.0.1:9001"


@pytest.fixture(autouse=True)
def demo(settings: Any) -> None:
    settings.LABS, settings.ALLOWED_HOSTS = True, ["localhost"]
    settings.SITE_URL, settings.THIRDPARTY_URL = "http://localhost:8000", f"http://{HOST}"
    caches["default"].clear()


@pytest.fixture
def browser(alice: Any) -> Client:
    client = Client(headers={"host": "localhost"})
    client.force_login(alice)
    return client


@pytest.fixture
def printer(app: App) -> Told:  # noqa: F811
    app.row.name = "Printer & Co"
    app.row.save()
    app.server = Client(headers={"host": "localhost"})
    return Told(app)


class Told:
    """An app that tells of what it does: of a page of its own, and of the calls that it makes for it."""

    def __init__(self, app: App) -> None:  # noqa: F811
        self.app, self.state = app, STATE

    def tell(self, **told: Any) -> int:
        common = {"state": self.state, "host": HOST, "milliseconds": 50, "query": [], "fields": [], "cookies": [],
                  "location": None, "set_cookies": [], "end": "server", "authorization": "", "form": [], "answer": [],
                  "request_id": None}  # fmt: skip
        return int(send(common | {"at": timezone.now().isoformat()} | told).status_code)

    def asks(self, browser: Client, **changes: str) -> Any:
        """The browser is sent here; the report of that comes a moment later."""
        at = timezone.now().isoformat()
        answer = self.app.ask(browser, state=self.state, **changes)
        location = f"http://localhost:8000{self.app.address(state=self.state, **changes)}"
        self.tell(method="POST", path="/connect/", at=at, milliseconds=0.1, status=303, location=location)
        return answer

    def call(self, got: Any, /, method: str, path: str, at: str, scheme: str = "Bearer", **told: Any) -> Any:
        """Tell of a call, with the number that the site has given to it."""
        number = got.get("X-Request-ID")
        form = [[name, None] for name in told.pop("form", [])]
        told = {"status": got.status_code, "milliseconds": 30} | told
        self.tell(
            end="client", host="localhost:8000", method=method, path=path, at=at, form=form, request_id=number,
            **({"authorization": scheme} | told),
        )  # fmt: skip
        return got

    def comes_back(self, browser: Client, **changes: str) -> Any:
        """Allow; the app changes the code for tokens, and its page waits for that."""
        code = self.app.code(browser, state=self.state, **changes)
        now = timezone.now()
        began = now.isoformat()
        answer = self.app.exchange(code)
        form = ["grant_type", "code", "redirect_uri", "code_verifier", "client_id", "client_secret"]
        self.call(answer, "POST", TOKEN, began, "", form=form, answer=[["access_token", None]])
        query = [["code", code], ["state", self.state], ["iss", "http://localhost:8000"]]
        took = (timezone.now() - now).total_seconds() * 1000
        self.tell(
            method="GET", path="/callback/", at=began, milliseconds=took, query=query, status=302, location="/notes/"
        )
        return answer.json()

    def notes(self, access: str, **told: Any) -> Any:
        began = timezone.now().isoformat()
        return self.call(self.app.call(access), "GET", NOTES, began, **told)


def page(client: Client) -> str:
    return unescape(client.get(PAGE).content.decode())


def lines(html: str) -> list[str]:
    return re.findall(r'<li class="message[^>]*data-line="([^"]*)"', html)


def outcome(html: str) -> str:
    found = re.search(r'id="outcome">(.*?)</p>', html, re.S)
    return re.sub("<[^>]*>", "", found[1]) if found else ""


def connected(browser: Client, printer: Told, **changes: str) -> Any:
    browser.post(START)
    printer.asks(browser, **changes)
    return printer.comes_back(browser, **changes)


# ---- Whose, and when


def test_without_labs_there_is_no_such_page(browser, settings):
    settings.LABS = False
    assert (browser.get(PAGE).status_code, browser.post(START).status_code) == (404, 404)
    assert PAGE not in browser.get("/oauth/").content.decode()


def test_nothing_yet_with_the_wire_closed_and_with_nobody_at_the_apps_address(browser, settings):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        settings.THIRDPARTY_URL = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        html = page(browser)
    assert "the wire of this browser is closed, so nothing is kept" in outcome(html)
    assert f"Nobody answers at <code>{settings.THIRDPARTY_URL}</code>" in html
    assert "Open the wire and go to Paper" not in html
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)", html)


def test_nothing_yet_with_the_wire_open_and_somebody_there(browser, settings):
    with socket.create_server(("127.0.0.1", 0)) as somebody:
        settings.THIRDPARTY_URL = f"http://127.0.0.1:{somebody.getsockname()[1]}"
        assert "Open the wire and go to Paper & Ink" in page(browser)
        assert browser.post(START)["Location"] == f"{settings.THIRDPARTY_URL}/"
        assert "The wire is open" in outcome(page(browser))
        policy = browser.get(PAGE)["Content-Security-Policy"]
    assert settings.THIRDPARTY_URL in re.findall(r"form-action ([^;]*)", policy)[0]


def test_where_no_app_is_set_up_nothing_leads_to_one(browser, settings):
    settings.THIRDPARTY_URL = ""
    assert "No third-party app is set up here" in outcome(page(browser))
    assert browser.post(START).status_code == 404


def test_the_button_needs_a_post_and_a_token(browser):
    assert browser.get(START).status_code == 405
    assert Client(enforce_csrf_checks=True, headers={"host": "localhost"}).post(START).status_code == 403


def test_another_browser_sees_nothing_of_it(browser, printer):
    connected(browser, printer)
    assert lines(page(browser))
    other = Client(headers={"host": "localhost"})
    other.post(START)
    assert not lines(page(other))


def test_with_the_wire_closed_nothing_is_drawn_and_the_app_goes_on(browser, printer):
    printer.asks(browser)
    assert printer.notes(printer.comes_back(browser)["access_token"]).status_code == 200
    assert not lines(page(browser))


# ---- From both ends


def test_the_exchange_in_its_order_and_each_end_of_each_leg(browser, printer):
    connected(browser, printer)
    html = page(browser)
    assert lines(html) == [
        "POST /connect/", "303 See Other", "GET /identity/o/authorize", "200 OK", "POST /identity/o/authorize",
        "303 See Other", "GET /callback/", f"POST {TOKEN}", "200 OK", "302 Found",
    ]  # fmt: skip
    assert "Printer & Co asks for notes:read. Allowed: it holds tokens." in outcome(html)
    assert "Printer &amp; Co" in browser.get(PAGE).content.decode()
    assert html.count("<b>This site, as the server</b>: answered") == 3
    assert html.count("<b>The app, as the server</b>: answered") == 2
    assert html.count("<b>The app, as the client</b>: got 200 OK after 30.0 ms.") == 1
    assert html.count("Both say the same.") == 1
    assert html.count("none changed on the way") == 2


def test_later_calls_belong_to_the_exchange_that_their_token_came_of(browser, printer):
    access = connected(browser, printer)["access_token"]
    printer.notes(access)
    printer.state = "the-next-state-of-the-app-012345"
    wide = connected(browser, printer, scope="notes:read notes:write")["access_token"]
    printer.state = STATE
    printer.notes(access)  # the narrow one, once more
    printer.state = "the-next-state-of-the-app-012345"
    printer.notes(wide)
    first, second = chapters(Exchange.objects.latest("at").browser)
    counts = [[sum(leg.one.path == NOTES for leg in part) for part in one.parts] for one in (first, second)]
    assert counts == [[0, 2], [0, 1]]
    html = page(browser)
    assert html.count("Later, with these tokens") == 2
    assert "2. Printer & Co asks for notes:read, notes:write" in html


def test_where_the_two_differ_it_is_said(browser, printer):
    access = connected(browser, printer)["access_token"]
    printer.notes(access, status=500, authorization="Basic")
    assert "They differ in the status, how the client authenticated." in page(browser)


def test_where_the_app_has_told_nothing_it_is_said(browser, printer):
    access = connected(browser, printer)["access_token"]
    printer.app.call(access)  # somebody with a copy
    html = page(browser)
    assert "<b>The app, as the client</b>: has told nothing." in html
    assert "or somebody else has sent this, with a copy of what it holds" in html


def test_where_the_site_cannot_know_whose_it_is_it_is_said(browser, printer):
    connected(browser, printer)
    answer = printer.app.server.get("/.well-known/openid-configuration")
    printer.call(answer, "GET", "/.well-known/openid-configuration", timezone.now().isoformat(), "")
    html = page(browser)
    assert "no record. Nothing in this request says whose exchange it belongs to." in html
    assert "Discovery: where are your endpoints?" in html


def test_an_app_that_tells_of_a_call_that_never_came_is_not_believed(browser, printer):
    connected(browser, printer)
    mine = Exchange.objects.get(leg="call")
    foreign = {"X-Request-ID": str(mine.pk)}
    printer.call(
        type("Answer", (dict,), {"status_code": 200})(foreign), "POST", "/oauth/api/notes/", timezone.now().isoformat()
    )
    html = page(browser)
    assert "no record. It was sent with nothing that came out of this exchange" in html


def test_a_request_that_was_changed_on_the_way_is_noticed(browser, printer):
    browser.post(START)
    printer.asks(browser)
    Exchange.objects.filter(leg="app").delete()
    location = f"http://localhost:8000{printer.app.address(state=STATE, scope='notes:read notes:write')}"
    at = Exchange.objects.filter(path="/identity/o/authorize").earliest("at").at
    printer.tell(method="POST", path="/connect/", at=at.isoformat(), milliseconds=0, status=303, location=location)
    assert "Not as it was sent: scope." in page(browser)


# ---- How it ends


def test_refresh_a_narrow_token_and_access_taken_back(browser, printer, alice):
    tokens = connected(browser, printer)
    began = timezone.now().isoformat()
    later = printer.call(printer.app.refresh(tokens["refresh_token"]), "POST", TOKEN, began, "").json()
    began = timezone.now().isoformat()
    refused = printer.app.call(later["access_token"], text="a note of hers")
    printer.call(refused, "POST", NOTES, began, form=["text"], answer=[["code", "insufficient_scope"]])
    html = page(browser)
    assert "its last call needed a scope that was not allowed" in outcome(html)
    assert "The refresh token, for the next tokens" in html
    assert OF_AN_ERROR["code"].sentence in html
    browser.post(f"/oauth/apps/{Consent.objects.get(user=alice).pk}/revoke/")
    printer.notes(later["access_token"])
    html = page(browser)
    assert "Its last call was refused with 401" in outcome(html)
    taken, call = html.index("takes an app’s access back"), html.index("this token opens nothing (any more)")
    assert taken < call


def test_tokens_that_are_given_back(browser, printer):
    tokens = connected(browser, printer)
    began = timezone.now().isoformat()
    printer.call(printer.app.revoke(tokens["refresh_token"]), "POST", REVOKE, began, "")
    assert "The app has given these tokens back." in outcome(page(browser))


def test_denied_and_under_way(browser, printer):
    browser.post(START)
    printer.asks(browser)
    assert "Under way: the app has no answer yet." in outcome(page(browser))
    browser.post(printer.app.address(state=STATE), {"action": "deny"})
    query = [["error", "access_denied"], ["state", STATE], ["iss", "http://localhost:8000"]]
    printer.tell(method="GET", path="/callback/", query=query, status=302, location="/denied/")
    html = page(browser)
    assert "You said no: the app got an error, and no code." in outcome(html)
    assert "Deny is pressed" in html


def test_signing_in_on_the_way_is_part_of_it_and_the_password_went_to_this_site_only(printer, alice):
    stranger = Client(headers={"host": "localhost"})
    stranger.post(START)
    form = printer.asks(stranger)["Location"]
    stranger.get(form)
    stranger.post(form, {"username": "alice", "password": "correct horse", "next": printer.app.address(state=STATE)})
    html = page(stranger)
    assert [line for line in lines(html) if "/sessions/login/" in line] == [
        "GET /sessions/login/", "POST /sessions/login/",
    ]  # fmt: skip
    assert "The password was posted to <code>http://localhost:8000</code>, and to no other origin." in html
    assert "correct horse" not in html


def test_who_has_allowed_it_before_is_not_asked_and_that_is_said(browser, printer):
    said = "Allowed before, so nobody is asked: back to the app, with a code"
    connected(browser, printer)
    assert said not in page(browser)
    printer.state = "the-next-state-of-the-app-012345"
    assert printer.asks(browser).status_code == 303
    html = page(browser)
    assert html.count(said) == 1
    assert html.count("Go back to the app, with a code") == 1


# ---- What must not be in it


def test_no_credential_is_in_the_page_or_behind_it(browser, printer):
    tokens = connected(browser, printer, scope="openid notes:read", nonce="a-nonce-of-the-app-0123456789")
    printer.notes(tokens["access_token"])
    printer.call(printer.app.refresh(tokens["refresh_token"]), "POST", TOKEN, timezone.now().isoformat(), "")
    kept = json.dumps(list(Exchange.objects.values()), default=str)
    secrets = [tokens[name] for name in ("access_token", "refresh_token", "id_token")]
    secrets += [STATE, VERIFIER, "s3cret-of-the-app", "a-nonce-of-the-app-0123456789"]
    secrets += [morsel.value for morsel in browser.cookies.values() if morsel.key == "authdemo_session"]
    assert len(secrets) == 8
    html = page(browser)
    assert [value for value in secrets if value in html or value in kept] == []


def test_each_parameter_of_the_exchange_is_explained(browser, printer):
    connected(browser, printer)
    html = page(browser)
    for name in (
        "response_type",
        "client_id",
        "redirect_uri",
        "state",
        "code",
        "code_verifier",
        "iss",
        "access_token",
    ):
        assert MEANINGS[name].sentence in html, name
    assert f">{CALLBACK}</span>" in html
    assert '<span class="value">printer</span>' in html  # the app's id is public


def test_looking_at_it_pushes_nothing_out(browser, printer):
    connected(browser, printer)
    before = Exchange.objects.count()
    for _ in range(3):
        page(browser)
    assert Exchange.objects.count() == before
