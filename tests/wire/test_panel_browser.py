"""The wire panel as a person uses it."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.steps import PASSWORD, get_token, sign_in
from tests.fixtures.axe import found_by_axe

pytestmark = [pytest.mark.browser, pytest.mark.live]


def show(page: Page) -> Locator:
    page.get_by_role("button", name="Show the wire").click()
    expect(page.get_by_role("heading", name="The wire", exact=True)).to_be_focused()
    return page.locator("#wire")


def card(page: Page, line: str) -> Locator:
    return page.locator(".exchange", has=page.get_by_role("heading", name=line)).first


def token(page: Page) -> str:
    kept: dict[str, str] = json.loads(page.evaluate("sessionStorage.getItem('authdemo.tokens')"))
    return kept["access"]


def session_key(page: Page) -> str:
    return next(one["value"] for one in page.context.cookies() if one["name"] == "authdemo_session")


def violations(page: Page) -> list[str]:
    found = found_by_axe(page)
    return [f"{one['id']}: {node['target']} {node['failureSummary']}" for one in found for node in one["nodes"]]


def test_closed_it_asks_for_nothing(demo, page):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(demo.site)
    expect(page.get_by_role("button", name="Show the wire")).to_be_visible()
    assert not [url for url in asked if "htmx" in url or "/wire/" in url]


def test_calls_of_the_jwt_client_appear_without_reload(demo, page):
    page.goto(f"{demo.site}/jwt/")
    show(page)
    page.evaluate("window.sameDocument = true")
    page.get_by_label("User name").fill("bob")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Get tokens").click()
    page.get_by_role("button", name="Who am I?").click()
    seen = card(page, "GET /jwt/api/whoami/")
    expect(seen).to_contain_text("bob, by the token")
    expect(seen).to_contain_text("0 statements, 0 cache calls")
    expect(seen).to_contain_text("200 OK")
    expect(page.locator(".exchange").first).to_contain_text("whoami")  # the newest first
    expect(page.locator("#wire-count")).to_have_text("2 exchanges")
    expect(card(page, "POST /jwt/api/token/")).to_contain_text("Never kept")
    # The call went without cookies as before: what it carried is the token and nothing else.
    seen.get_by_text("Request", exact=True).click()
    expect(seen).not_to_contain_text("authdemo_wire")
    assert page.evaluate("window.sameDocument")


def test_it_does_not_say_that_there_is_nothing_before_it_has_asked(demo, page):
    page.goto(demo.site)
    show(page)
    empty = page.locator("#wire-empty")
    page.route("**/wire/cards/**", lambda route: None)  # no answer
    with page.expect_request("**/wire/cards/**"):
        page.goto(f"{demo.site}/sessions/login/")
    expect(empty).to_be_hidden()
    page.unroute("**/wire/cards/**")  # which lets go of what was held
    expect(card(page, "GET /sessions/login/")).to_be_visible()
    expect(empty).to_be_hidden()
    page.locator("#wire").get_by_role("button", name="Clear").click()
    expect(empty).to_be_visible()


def test_a_fold_out_stays_open_while_others_arrive(demo, page):
    page.goto(f"{demo.site}/jwt/")
    get_token(page, demo.site)
    show(page)
    page.get_by_role("button", name="Who am I?").click()
    card(page, "whoami").get_by_text("Statements and cache calls").click()
    page.get_by_role("button", name="Me (loads the row)").click()
    expect(card(page, "/jwt/api/me/")).to_contain_text("1 statement,")
    expect(card(page, "whoami").get_by_text("The database was not asked.")).to_be_visible()


def test_a_token_is_revealed_by_the_tab_that_holds_it(demo, page):
    get_token(page, demo.site)
    show(page)
    page.get_by_role("button", name="Who am I?").click()
    seen = card(page, "whoami")
    expect(seen.locator(".masked").first).to_have_text("…" + token(page)[-4:])
    assert token(page) not in page.content()
    seen.get_by_role("button", name="Reveal").click()
    expect(seen.locator("output")).to_contain_text(token(page))
    seen.get_by_role("button", name="Hide").click()
    assert token(page) not in page.content()
    expect(seen.get_by_role("button", name="Reveal")).to_be_focused()

    page.get_by_role("button", name="Refresh").click()
    expect(page.locator("#status")).to_contain_text("A new pair")
    seen.get_by_role("button", name="Reveal").click()
    expect(seen.locator("output")).to_have_text(
        "Nobody can show this one any more: this tab does not hold it now, and it was never stored."
    )


def test_a_session_key_is_revealed_as_long_as_the_browser_sends_it(demo, page):
    page.goto(demo.site)
    show(page)
    sign_in(page, demo.site)
    first = session_key(page)
    page.goto(f"{demo.site}/sessions/devices/")
    seen = card(page, "GET /sessions/")
    expect(seen).to_contain_text("alice, by the session")
    assert first not in page.content()
    with page.expect_response("**/wire/reveal/**") as answer:
        seen.get_by_role("button", name="Reveal").click()
    expect(seen.locator("output")).to_contain_text(first)
    assert "no-store" in answer.value.headers["cache-control"]
    seen.get_by_role("button", name="Hide").click()
    assert first not in page.content()

    page.get_by_role("banner").get_by_role("button", name="End session").click()
    expect(page.get_by_role("banner")).to_contain_text("no session")
    old = card(page, "GET /sessions/")
    old.get_by_role("button", name="Reveal").click()
    expect(old.locator("output")).to_contain_text("Nobody can show this one any more")
    expect(card(page, "POST /sessions/logout/")).to_contain_text("After it: nobody")


def test_clear_and_hide(demo, page):
    page.goto(f"{demo.site}/jwt/")
    get_token(page, demo.site)
    wire = show(page)
    page.get_by_role("button", name="Who am I?").click()
    expect(page.locator(".exchange")).to_have_count(1)
    wire.get_by_role("button", name="Clear").click()
    expect(page.locator(".exchange")).to_have_count(0)
    expect(page.get_by_text("Nothing yet.", exact=False).last).to_be_visible()
    wire.get_by_role("button", name="Hide the wire").click()
    expect(page.get_by_role("button", name="Show the wire")).to_be_focused()
    page.get_by_role("button", name="Who am I?").click()
    expect(page.locator("#status")).to_contain_text("You are bob")
    show(page)
    page.get_by_role("button", name="Me (loads the row)").click()
    expect(page.locator(".exchange")).to_have_count(1)  # what came while it was hidden is not there


def test_closed_in_one_tab_is_closed_in_the_other(demo, page):
    page.goto(demo.site)
    show(page)
    other = page.context.new_page()
    other.goto(f"{demo.site}/wire/")
    third = page.context.new_page()
    third.goto(demo.site)
    third.get_by_role("button", name="Hide the wire").click()
    expect(page.get_by_role("button", name="Show the wire")).to_be_visible()
    expect(other.get_by_role("button", name="Show the wire")).to_be_visible()


def test_both_instances_are_in_one_list(demo, page):
    page.goto(demo.site)
    show(page)
    page.goto(f"{demo.site_b}/oauth/")
    expect(card(page, "GET /oauth/")).to_contain_text("instance B")


def test_two_browsers_never_see_each_others(demo, page, new_context):
    page.goto(demo.site)
    show(page)
    other = new_context().new_page()
    other.goto(demo.site)
    show(other)
    sign_in(page, demo.site)
    expect(card(page, "POST /sessions/login/")).to_be_visible()
    other.goto(f"{demo.site}/oauth/")
    expect(card(other, "GET /oauth/")).to_be_visible()
    expect(other.locator(".exchange")).to_have_count(1)
    assert "sessions" not in " ".join(other.locator(".exchange h3").all_inner_texts())


def test_without_javascript(demo, new_context):
    page = new_context(java_script_enabled=False).new_page()
    page.goto(demo.site)
    page.get_by_role("button", name="Show the wire").click()
    expect(page).to_have_url(f"{demo.site}/wire/")
    sign_in(page, demo.site)
    page.get_by_role("link", name="See this browser's last exchanges").click()
    expect(card(page, "GET /sessions/")).to_contain_text("alice, by the session")
    card(page, "GET /sessions/").get_by_role("button", name="Reveal").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This is the whole session key")
    expect(page.get_by_text(session_key(page))).to_be_visible()
    page.get_by_role("button", name="Back to the wire").click()
    page.get_by_role("button", name="Clear").click()
    expect(page.locator(".exchange")).to_have_count(0)
    page.get_by_role("button", name="Hide the wire").click()
    expect(page.get_by_text("Nothing is kept now.")).to_be_visible()


def test_by_keyboard_alone(demo, page):
    get_token(page, demo.site)
    page.get_by_role("button", name="Show the wire").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="The wire", exact=True)).to_be_focused()
    page.get_by_role("button", name="Who am I?").focus()
    page.keyboard.press("Enter")
    reveal = card(page, "whoami").get_by_role("button", name="Reveal")
    reveal.focus()
    page.keyboard.press("Enter")
    expect(card(page, "whoami").locator("output")).to_contain_text(token(page))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_and_a_phone_is_wide_enough(demo, page, theme):
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    page.goto(demo.site)
    assert violations(page) == []
    show(page)
    sign_in(page, demo.site)
    get_token(page, demo.site)
    page.get_by_role("button", name="Who am I?").click()
    expect(card(page, "whoami")).to_be_visible()
    for path in ("/jwt/", "/wire/"):
        page.goto(demo.site + path)
        expect(card(page, "whoami")).to_be_visible()
        page.evaluate("document.querySelectorAll('.exchange details').forEach(fold => fold.open = true)")
        assert violations(page) == [], path
        page.set_viewport_size({"width": 360, "height": 740})
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
        page.set_viewport_size({"width": 1280, "height": 800})


def test_what_is_focused_is_not_hidden_behind_the_panel(demo, page):
    page.goto(demo.site)
    show(page)
    page.keyboard.press("Home")
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    for _ in range(25):
        page.keyboard.press("Tab")
        hidden = page.evaluate(
            """() => {
              const one = document.activeElement, box = one.getBoundingClientRect();
              if (one === document.body || one.closest("#wire")) return false;
              const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
              return Boolean(top?.closest("#wire"));
            }"""
        )
        assert not hidden, page.evaluate("document.activeElement.outerHTML")


def test_it_is_not_printed(demo, page):
    page.goto(demo.site)
    wire = show(page)
    page.emulate_media(media="print")
    expect(wire).to_be_hidden()
