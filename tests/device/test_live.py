"""The device of a running demo: real instances, real sessions, real tokens."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
import requests
from playwright.sync_api import Page, expect

from authdemo.device.client import csrf_token
from tests.e2e.steps import PASSWORD, get_token, sign_in
from tests.fixtures.axe import found_by_axe

pytestmark = pytest.mark.live


@dataclass
class Browser:
    """A browser without JavaScript."""

    site: str
    jar: requests.Session = field(default_factory=requests.Session)

    def post(self, path: str, page: str = "/device/", **fields: str) -> requests.Response:
        fields["csrfmiddlewaretoken"] = csrf_token(self.jar.get(self.site + page).text)
        return self.jar.post(self.site + path, data=fields, timeout=30)

    def sign_in(self, username: str = "alice") -> None:
        login = "/sessions/login/"
        assert self.post(login, page=login, username=username, password=PASSWORD).status_code == 200

    def act(self, action: str, **more: str) -> list[str]:
        """Let the device do it, and return what its list says then, the newest first."""
        answer = self.post("/device/act/", action=action, **more)
        assert answer.status_code == 200, answer.status_code
        assert "workshop-2026" not in answer.text
        return lines(answer.text)


def lines(html: str) -> list[str]:
    """Return each exchange of the pane in one line: "GET /path 200 OK alice"."""
    found = []
    for item in html.split('<ol class="device-log">')[-1].split("</ol>")[0].split('<li class="exchange')[1:]:
        line = re.search(r"<code>(.*?)</code>", item)
        status = re.search(r'class="status \w+">(.*?)<', item)
        who = re.search(r"took it for</dt><dd>(?:<b>)?(.*?)<", item)
        assert line, item
        assert status, item
        assert who, item
        found.append(f"{line[1]} {status[1]} {who[1]}")
    return found


@pytest.fixture
def new_browser(demo) -> Callable[[], Browser]:
    return lambda: Browser(demo.site)


def test_it_signs_in_by_session_on_one_instance_and_is_known_on_the_other(new_browser):
    mine = new_browser()
    assert mine.act("session-sign-in", account="bob")[:3] == [
        "GET /sessions/api/whoami/ 200 OK bob",
        "POST /sessions/login/ 302 Found The answer does not say.",
        "GET /sessions/login/ 200 OK The answer does not say.",
    ]
    assert mine.act("session-whoami", to="B")[0] == "GET /sessions/api/whoami/ 200 OK bob"
    assert mine.act("session-end", to="B")[0] == "GET /sessions/api/whoami/ 401 Unauthorized Nobody."
    assert mine.act("session-whoami")[0] == "GET /sessions/api/whoami/ 401 Unauthorized Nobody."


def test_it_signs_in_anew_as_somebody_else_and_leaves_a_copied_session_alone(new_browser):
    mine = new_browser()
    mine.sign_in("alice")
    mine.post("/device/hand/my-session/")
    assert mine.act("session-whoami")[0] == "GET /sessions/api/whoami/ 200 OK alice"
    assert mine.act("session-sign-in", account="bob")[0] == "GET /sessions/api/whoami/ 200 OK bob"
    assert mine.jar.get(f"{mine.site}/sessions/api/whoami/").json()["user"]["username"] == "alice"


def test_its_session_stands_in_my_list_and_ends_from_there(new_browser):
    mine = new_browser()
    mine.sign_in("alice")
    mine.act("session-sign-in", account="alice")
    listed = mine.jar.get(f"{mine.site}/sessions/devices/").text
    assert "Authdemo other device" in listed
    mine.post("/sessions/devices/revoke-others/", page="/sessions/devices/")
    assert mine.act("session-whoami")[0] == "GET /sessions/api/whoami/ 401 Unauthorized Nobody."
    assert mine.jar.get(f"{mine.site}/sessions/api/whoami/").status_code == 200


def test_a_copied_token_outlives_the_sign_out_and_a_replayed_refresh_token_ends_all(new_browser):
    mine, api = new_browser(), "/jwt/api/token"
    pair = requests.post(f"{mine.site}{api}/", json={"username": "bob", "password": PASSWORD}, timeout=30).json()
    for kind in ("access", "refresh"):
        mine.post("/device/hand/", kind=kind, token=pair[kind])
    new = requests.post(f"{mine.site}{api}/refresh/", json={"refresh": pair["refresh"]}, timeout=30).json()
    assert mine.act("token-refresh")[0].startswith("POST /jwt/api/token/refresh/ 401")
    again = requests.post(f"{mine.site}{api}/refresh/", json={"refresh": new["refresh"]}, timeout=30)
    assert again.status_code == 401  # the family is gone
    assert mine.act("token-whoami")[0] == "GET /jwt/api/whoami/ 200 OK bob"
    assert mine.act("token-me")[0] == "GET /jwt/api/me/ 200 OK bob"
    assert mine.act("token-orders")[0] == "GET /orders/ 200 OK bob"


def test_it_gets_and_refreshes_tokens_of_its_own(new_browser):
    mine = new_browser()
    assert mine.act("token-whoami")[0].startswith("GET /jwt/api/whoami/ 401")
    assert mine.act("token-get", account="alice")[0].startswith("POST /jwt/api/token/ 200")
    assert mine.act("token-refresh", to="B")[0].startswith("POST /jwt/api/token/refresh/ 200")
    assert mine.act("token-whoami", to="B")[0] == "GET /jwt/api/whoami/ 200 OK alice"


def test_more_devices_at_once_than_the_server_has_threads(new_browser):
    """Each call takes two threads of the instance that it goes to. None hangs: it is answered or sent away at once."""
    browsers = [new_browser() for _ in range(12)]
    for one in browsers:
        one.act("session-whoami")
    tokens = [csrf_token(one.jar.get(f"{one.site}/device/").text) for one in browsers]
    start, statuses = threading.Barrier(len(browsers)), []

    def press(one: Browser, token: str) -> None:
        fields = {"action": "session-sign-in", "csrfmiddlewaretoken": token}
        start.wait()
        answer = one.jar.post(f"{one.site}/device/act/", data=fields, timeout=30, allow_redirects=False)
        statuses.append(answer.status_code)

    threads = [threading.Thread(target=press, args=pair) for pair in zip(browsers, tokens, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(statuses) == 12
    assert set(statuses) <= {302, 503}
    assert 302 in statuses
    assert browsers[0].act("session-whoami")[0].startswith("GET /sessions/api/whoami/")


def press(page: Page, name: str) -> None:
    """Press a button of the pane and wait for its answer."""
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.locator("#device").get_by_role("button", name=name).first.click()


@pytest.mark.browser
def test_the_copy_of_my_session_dies_with_it(demo, page):
    sign_in(page, demo.site)
    page.goto(f"{demo.site}/device/")
    page.evaluate("window.sameDocument = true")
    press(page, "Hand it a copy of my session cookie")
    press(page, "Who am I?")
    newest = page.locator(".device-log > li").first
    expect(newest).to_contain_text("200 OK")
    expect(newest).to_contain_text("alice")
    assert page.evaluate("window.sameDocument")  # nothing was reloaded
    page.get_by_role("button", name="End session").first.click()
    page.wait_for_url(f"{demo.site}/")
    page.goto(f"{demo.site}/device/")
    press(page, "Who am I?")
    expect(newest).to_contain_text("401 Unauthorized")
    expect(newest).to_contain_text("session key")  # it was sent, and opened nothing
    expect(newest).to_contain_text("Nobody.")


@pytest.mark.browser
def test_the_copy_of_my_token_does_not(demo, page):
    get_token(page, demo.site, "bob")
    page.goto(f"{demo.site}/device/")
    page.get_by_role("button", name="Take this tab's access token").click()
    press(page, "Hand it this")
    page.get_by_role("button", name="Forget token").click()
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.locator("#device-token-whoami").click()
    newest = page.locator(".device-log > li").first
    expect(newest).to_contain_text("200 OK")
    expect(newest).to_contain_text("bob")


@pytest.mark.browser
def test_a_refusal_is_shown_in_place(demo, page):
    page.goto(f"{demo.site}/device/")
    page.get_by_label("Its value").fill("two words")
    press(page, "Hand it this")
    expect(page.locator("#device").get_by_role("alert")).to_contain_text("no cookie value and no token")


@pytest.mark.browser
def test_the_pane_is_usable_by_all(demo, page):
    page.goto(f"{demo.site}/device/")
    press(page, "Sign in")
    expect(page.locator(".device-log > li").first).to_contain_text("alice")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.reload()
        found = found_by_axe(page)
        assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found] == []
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
