"""Somebody else's app drawn, in a real browser with the real app: each leg, and both ends of each of its calls."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.steps import press, title
from tests.e2e.test_social_journeys import check_accessible
from tests.fixtures.demo import RunningDemo
from tests.wire.test_flow_browser import secrets_seen, tokens_of_forms

pytestmark = [pytest.mark.browser, pytest.mark.live, pytest.mark.usefixtures("nothing_allowed")]
TOKEN, REVOKE, NOTES = "/identity/o/api/token", "/identity/o/api/revoke", "/oauth/api/notes/"
AUTHORIZE, LOGIN = "/identity/o/authorize", "/sessions/login/"
ENDS = ".ends > .told, .ends > .untold"


def connect(page: Page, demo: RunningDemo, answer: str = "Allow") -> None:
    """Open the wire by the button of the lab's page, and let the app in, or not."""
    page.goto(f"{demo.site}/oauth/third-party/")
    press(page, "Open the wire and go to Paper & Ink")
    page.wait_for_url(f"{demo.third_party}/")
    press(page, "Connect my notes")
    page.get_by_label("User name").fill("alice")
    page.get_by_label("Password").fill("workshop-2026")
    press(page, "Sign in")
    press(page, answer)
    title(page, "Notes of alice" if answer == "Allow" else "You said no, and that is that")


def drawn(page: Page, demo: RunningDemo, chapter: int, legs: int) -> list[str]:
    """Wait until so many legs of a chapter have been told, and return them: whose, what, and what came back.

    Discovery and the keys are left out: the app asks for them once in a while.
    """
    page.goto(f"{demo.site}/oauth/third-party/")
    script = """all => {
      const lines = (one, name) => one.querySelector(name)?.textContent.trim().replace(/\\s+/g, " ");
      const asked = all.filter(one => one.id && !/known\\//.test(one.dataset.line));
      return asked.map(one => {
        const number = lines(one, ".number");
        const back = all.find(two => lines(two, ".number") === number + "a");
        const ends = [...back.querySelectorAll(".ends > li")].map(end => end.textContent.trim()[0]).join("");
        return `${one.className.match(/\\w+-\\w+/)[0]} ${one.dataset.line} ${back.dataset.line.slice(0, 3)} ${ends}`;
      });
    }"""
    messages = page.locator(f"#chapter-{chapter} .message")
    for _ in range(100):  # the reports come when the answer has gone
        found: list[str] = messages.evaluate_all(script)
        if len(found) >= legs and not any("○" in one for one in found):
            break
        page.reload()
    assert len(found) == legs, found
    return found


def front(line: str, status: int, lane: str = "browser-site") -> str:
    return f"{lane} {line} {status} ●"


def both(line: str, status: int) -> str:
    return f"app-site {line} {status} ●●="


def page_of_the_app(line: str, status: int) -> str:
    return front(line, status, "app-browser")


FIRST = [
    page_of_the_app("POST /connect/", 303), front(f"GET {AUTHORIZE}", 302), front(f"GET {LOGIN}", 200),
    front(f"POST {LOGIN}", 302), front(f"GET {AUTHORIZE}", 200), front(f"POST {AUTHORIZE}", 303),
    page_of_the_app("GET /callback/", 302), both(f"POST {TOKEN}", 200),
    page_of_the_app("GET /notes/", 200), both(f"GET {NOTES}", 200),
]  # fmt: skip


def test_the_story_each_leg_as_both_ends_tell_of_it(demo, page, new_context):
    seen = secrets_seen(page)
    connect(page, demo)
    assert drawn(page, demo, 1, len(FIRST)) == FIRST
    expect(page.locator("#outcome")).to_have_text(
        "Paper & Ink asks for openid, profile, notes:read. Allowed: it holds tokens."
    )
    expect(page.locator("#chapter-1 .as-sent")).to_have_count(3)
    expect(page.locator("#chapter-1 .as-sent", has_text="none changed on the way")).to_have_count(3)
    expect(page.locator("#chapter-1 .password")).to_contain_text(demo.site)

    page.goto(f"{demo.third_party}/notes/")
    press(page, "Fetch new tokens now")
    title(page, "Notes of alice")
    page.locator("textarea").fill("From the app")
    press(page, "Add")
    title(page, "You have not allowed us that yet")
    page_of_notes = [page_of_the_app("GET /notes/", 200), both(f"GET {NOTES}", 200)]
    later = [
        *page_of_notes, page_of_the_app("POST /renew/", 302), both(f"POST {TOKEN}", 200), *page_of_notes,
        page_of_the_app("POST /notes/add/", 403), both(f"POST {NOTES}", 403),
    ]  # fmt: skip
    assert drawn(page, demo, 1, len(FIRST) + len(later)) == FIRST + later
    expect(page.locator("#outcome")).to_contain_text("its last call needed a scope that was not allowed")

    page.go_back()
    press(page, "Ask for notes:write")
    press(page, "Allow")
    title(page, "Notes of alice")
    page.goto(f"{demo.site}/oauth/apps/")
    press(page, "Take back the access of Paper & Ink")
    page.goto(f"{demo.third_party}/notes/")
    title(page, "The site does not let us in any more")
    widened = [
        page_of_the_app("POST /connect/", 303), front(f"GET {AUTHORIZE}", 200), front(f"POST {AUTHORIZE}", 303),
        page_of_the_app("GET /callback/", 302), both(f"POST {TOKEN}", 200), both(f"POST {REVOKE}", 200),
        *page_of_notes,
        front("POST /oauth/apps/•/revoke/", 302), page_of_the_app("GET /notes/", 403), both(f"GET {NOTES}", 401),
        both(f"POST {TOKEN}", 400),
    ]  # fmt: skip
    found = drawn(page, demo, 2, len(widened))
    assert [re.sub(r"apps/\d+/", "apps/•/", one) for one in found] == widened
    expect(page.locator("#outcome")).to_contain_text("refused with 401")
    expect(page.locator(".chapters li").first).to_contain_text("The app has given these tokens back.")

    secrets = {*seen, *(one["value"] for one in page.context.cookies() if len(one["value"]) > 8)}
    secrets -= tokens_of_forms(page)
    assert len(secrets) > 8
    html = page.content()
    assert [value for value in secrets if value in html] == []
    other = new_context().new_page()
    other.goto(f"{demo.site}/oauth/third-party/")
    expect(other.locator("#outcome")).to_contain_text("Nothing is drawn")


def test_denied_then_allowed_and_given_back(demo, page):
    connect(page, demo, answer="Deny")
    denied = [*FIRST[:6], page_of_the_app("GET /callback/", 302)]
    assert drawn(page, demo, 1, len(denied)) == denied
    expect(page.locator("#outcome")).to_contain_text("You said no: the app got an error, and no code.")
    page.goto(f"{demo.third_party}/")
    press(page, "Connect my notes")
    press(page, "Allow")
    press(page, "Disconnect")
    title(page, "Your notes, on paper.")
    allowed = [
        page_of_the_app("POST /connect/", 303), front(f"GET {AUTHORIZE}", 200), front(f"POST {AUTHORIZE}", 303),
        *FIRST[6:], page_of_the_app("POST /disconnect/", 302), both(f"POST {REVOKE}", 200),
    ]  # fmt: skip
    assert drawn(page, demo, 2, len(allowed)) == allowed
    expect(page.locator("#outcome")).to_contain_text("The app has given these tokens back.")


@pytest.mark.parametrize("width", [360, 1920])
def test_it_is_accessible_with_something_in_it_and_as_wide_as_the_screen(demo, page, width):
    page.set_viewport_size({"width": width, "height": 740})
    connect(page, demo)
    drawn(page, demo, 1, len(FIRST))
    page.evaluate("document.querySelectorAll('main details').forEach(fold => fold.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.locator(".lanes").first.is_visible() == (width > 1000)
    check_accessible(page)


def test_it_works_without_a_script_and_by_keyboard(demo, new_context):
    page = new_context(java_script_enabled=False).new_page()
    page.goto(f"{demo.site}/oauth/third-party/")
    page.locator("#begin button").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"{demo.third_party}/")
    press(page, "Connect my notes")
    page.goto(f"{demo.site}/oauth/third-party/")
    asked = page.locator(".message", has=page.get_by_text(f"GET {AUTHORIZE}"))
    challenge = asked.locator("details", has=page.locator("summary code", has_text=re.compile("^code_challenge$")))
    expect(challenge.get_by_text("stays on the app’s server")).to_be_hidden()
    challenge.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(challenge.get_by_text("stays on the app’s server")).to_be_visible()
