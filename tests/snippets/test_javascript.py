"""Each snippet in JavaScript, taken from the page that shows it, in a page of the site in a real browser."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Page

from tests.e2e.steps import PASSWORD, sign_in
from tests.sessions_app.test_live import sign_in as open_session
from tests.sessions_app.test_live import whoami

from .test_live import name_in, shown_on

pytestmark = [pytest.mark.browser, pytest.mark.live]


def run(page: Page, text: str, **asked: str) -> list[str]:
    """What the module prints; a question is answered by its name."""
    printed: list[str] = []
    page.on("console", lambda message: printed.append(message.text))
    page.on("dialog", lambda dialog: dialog.accept(asked[dialog.message]))
    page.evaluate(f"(async () => {{ {text}\n }})()")
    # A message of the page may come later than the end of the function.
    page.evaluate("console.log('the end')")
    while "the end" not in printed:
        page.wait_for_event("console", timeout=5000)
    return [line for line in printed[: printed.index("the end")] if "Failed to load resource" not in line]


def snippet(page: Page, action: str) -> str:
    """What the page that is shown has for this action, with the rest of the site as it is."""
    return shown_on(page.content())[action, "JavaScript"]


def test_sign_in_as_the_page_says_with_nothing_to_set(demo, page):
    page.goto(f"{demo.site}/sessions/login/")
    status, answer = run(page, snippet(page, "Sign in"))
    assert status == "200"
    assert name_in(answer) == "alice"
    page.goto(f"{demo.site}/sessions/")
    assert "alice" in page.get_by_role("main").inner_text(), "this browser is signed in"


def test_it_asks_for_the_password_and_ends_the_session_of_the_browser(demo, page):
    sign_in(page, demo.site, "bob")
    text = snippet(page, "End this session")
    assert PASSWORD not in text
    *statuses, answer = run(page, text, PASSWORD=PASSWORD)
    assert statuses == ["200", "200"]
    assert json.loads(answer)["code"] == "not_authenticated"
    page.goto(f"{demo.site}/sessions/")
    assert "/sessions/login/" in page.url


def test_a_session_on_another_computer_is_ended_by_its_number(demo, page):
    other = open_session(demo.site, "bob")
    number = re.search(
        r"This browser.*?/devices/(\d+)/revoke/", other.get(f"{demo.site}/sessions/devices/").text, re.S
    )
    assert number
    sign_in(page, demo.site, "bob")
    page.goto(f"{demo.site}/sessions/devices/")
    run(page, snippet(page, "End one session"), PASSWORD=PASSWORD, ID=number[1])
    assert whoami(other, demo.site).status_code == 401


def test_all_others_are_ended(demo, page):
    other = open_session(demo.site, "bob")
    sign_in(page, demo.site, "bob")
    page.goto(f"{demo.site}/sessions/devices/")
    *_, answer = run(page, snippet(page, "End all others"), PASSWORD=PASSWORD)
    assert name_in(answer) == "bob"
    assert whoami(other, demo.site).status_code == 401


def test_a_password_with_all_that_a_script_could_trip_over(demo, page):
    odd = """a "b" 'c' ${1} `d` \\ & = + % é </script>"""
    demo.shell("User.objects.create_user('kim', 'kim@example.com', 'workshop-2026')")
    try:
        sign_in(page, demo.site, "kim")
        page.goto(f"{demo.site}/sessions/password/")
        *_, answer = run(page, snippet(page, "Change the password"), PASSWORD=PASSWORD, NEW_PASSWORD=odd)
        assert name_in(answer) == "kim"
        demo.shell(f"assert User.objects.get(username='kim').check_password({odd!r})")
    finally:
        demo.shell("User.objects.filter(username='kim').delete()")


@pytest.mark.parametrize("action", ["Get tokens", "Who am I? (loads the user)", "Refresh"])
def test_tokens_leave_the_session_of_the_browser_alone(demo, page, action):
    page.goto(f"{demo.site}/jwt/")
    (answer,) = run(page, snippet(page, action))
    assert name_in(answer) == "alice"
    assert page.evaluate("fetch('/sessions/api/whoami/').then(answer => answer.status)") == 401


def test_with_the_refresh_token_in_a_cookie_that_no_script_sees(demo, page):
    page.goto(f"{demo.site}/jwt/")
    text = snippet(page, "With the refresh token in a cookie")
    without_the_end = text[: text.index("// Sign out")]
    (answer,) = run(page, without_the_end)
    assert name_in(answer) == "alice"
    (kept,) = [
        one for one in page.context.cookies(f"{demo.site}/jwt/api/cookie/") if one["name"] == "authdemo_refresh"
    ]
    assert kept["httpOnly"]
    assert "authdemo_refresh" not in page.evaluate("document.cookie")
    *_, out = run(page, text)
    assert out == "{}"
    assert "authdemo_refresh" not in str(page.context.cookies(f"{demo.site}/jwt/api/cookie/"))
