"""The page in a real browser, with real servers: by mouse, by keyboard, on a phone, without JavaScript."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.steps import press
from tests.e2e.test_accessibility import THEMES, violations

pytestmark = [pytest.mark.browser, pytest.mark.live]
PATIENCE = 60_000  # milliseconds


def usable_by_all(page: Page) -> None:
    """Look at it as it is now, in both themes, and on a phone."""
    for theme in THEMES:
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        assert violations(page) == []
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.set_viewport_size({"width": 1280, "height": 800})


def done(page: Page) -> Locator:
    """Wait until the run is over, and return the sentence on it."""
    answer = page.locator("#compare-answer")
    expect(answer).to_be_visible(timeout=PATIENCE)
    return answer


def row(page: Page, slug: str) -> Locator:
    return page.locator(f"#step-{slug}")


def seen_by_default(page: Page) -> None:
    """What the usual choices lead to."""
    expect(done(page)).to_have_text(
        "After the sign-out, the thief was let in by JWT and OAuth2. After the revoke, by JWT.", use_inner_text=True
    )
    for slug, outcomes in {
        "instance-b": ["let in", "let in", "let in"],
        "independent": ["refused", "let in", "refused"],
        "stolen": ["let in", "let in", "let in"],
        "after-sign-out": ["refused", "let in", "let in"],
        "after-revoke": ["refused", "let in", "refused"],
        "expiry": ["refused", "refused", "refused"],
    }.items():
        expect(row(page, slug).locator(".outcome")).to_contain_text(outcomes)
    expect(page.locator("#clock-sessions")).to_contain_text("The sign-out ended it.")
    expect(page.locator("#clock-jwt")).to_contain_text("ended it.")
    expect(page.locator("#clock-oauth")).to_contain_text("The revoke ended it.")


def test_one_press_plays_it_all_in_front_of_the_class(demo, new_context):
    page = new_context(viewport={"width": 1920, "height": 1080}).new_page()
    page.goto(f"{demo.site}/compare/?lifetime=20")
    page.evaluate("window.sameDocument = true")
    page.get_by_role("button", name="Run it all").press("Enter")
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.get_by_role("timer")).to_be_visible(timeout=PATIENCE)
    calls = page.locator(".clock.jwt .call.in")
    expect(calls).not_to_have_count(3)  # he goes on calling while the run waits
    row(page, "independent").locator("summary").first.click()
    seen_by_default(page)
    assert page.evaluate("window.sameDocument")
    expect(page.get_by_role("status").filter(has_text="All 11 steps are done.")).to_have_count(1)
    expect(page.get_by_text("A cookie says nothing to a service")).to_be_visible()  # what was unfolded stays so
    row(page, "independent").locator("summary").first.click()
    box = page.locator("#compare-table").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 1080, "all eleven steps are there without scrolling"
    assert page.evaluate(
        "document.querySelector('.scroll').scrollWidth <= document.querySelector('.scroll').clientWidth"
    )
    usable_by_all(page)
    page.get_by_role("button", name="Unfold all").click()
    expect(page.get_by_text("GET /orders/").first).to_be_visible()
    usable_by_all(page)


def test_a_site_that_does_not_answer_is_told_until_it_does(demo, browser):
    context = browser.new_context()  # of its own: htmx says it on the console, too, where `new_context` wants nothing
    page = context.new_page()
    page.goto(f"{demo.site}/compare/")
    page.get_by_role("button", name="Run it all").click()
    timer = page.get_by_role("timer")
    expect(timer).to_be_visible(timeout=PATIENCE)
    context.set_offline(True)  # the thief's next call is asked for within two seconds
    said = page.get_by_role("alert").filter(has_text="The site does not answer.")
    expect(said.get_by_role("link", name="load this page again")).to_be_visible()
    context.set_offline(False)
    expect(said).to_have_count(0)
    expect(timer).to_be_visible()
    context.close()


def test_focus_is_where_one_left_it(demo, page):
    page.goto(f"{demo.site}/compare/?lifetime=10")
    page.get_by_role("button", name="Run it all").press("Enter")
    page.get_by_label("JWT algorithm").focus()
    done(page)
    assert page.evaluate("document.activeElement.name") == "algorithm"


def play(page: Page, title: str) -> None:
    """Play a step without a question by the keyboard alone."""
    expect(page.locator("#compare-now")).to_contain_text(title)
    expect(page.get_by_role("button", name="Play this step")).to_be_focused()
    page.keyboard.press("Enter")


def tick_and_play(page: Page, *columns: str) -> None:
    """Answer by the keyboard alone, from where the page has put the focus."""
    for name in ("Sessions", "JWT", "OAuth2", "none of them"):
        box = page.get_by_role("checkbox", name=name)
        expect(box).to_be_focused()
        if name in columns:
            page.keyboard.press("Space")
            expect(box).to_be_checked()
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")


def test_step_by_step_with_the_keyboard_alone(demo, page):
    page.goto(f"{demo.site}/compare/?lifetime=60")
    page.get_by_role("button", name="Step by step").focus()
    page.keyboard.press("Enter")
    play(page, "Sign in")
    play(page, "Call instance A")
    tick_and_play(page, "Sessions", "JWT", "OAuth2")
    expect(page.locator("#compare-verdict")).to_contain_text("You were right.")
    tick_and_play(page, "none of them")
    verdict = page.locator("#compare-verdict")
    expect(verdict).to_contain_text("Not quite. You expected nobody. You missed JWT.")
    expect(verdict).to_contain_text("A cookie says nothing to a service that cannot look into the store.")
    expect(page.get_by_role("status").filter(has_text="Not as you expected. Let in: JWT.")).to_have_count(1)
    play(page, "A thief copies the credential")
    tick_and_play(page, "Sessions", "JWT", "OAuth2")
    expect(page.locator("#compare-now")).to_contain_text("The user signs out")
    usable_by_all(page)
    play(page, "The user signs out")
    tick_and_play(page, "JWT", "OAuth2")
    play(page, "An administrator revokes")
    tick_and_play(page, "JWT")
    # The last one waits. Who has ticked something need not press anything any more.
    expect(page.get_by_role("button", name="Try it when the time is up")).to_be_disabled()
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.get_by_role("checkbox", name="none of them")).to_be_checked()
    expect(done(page)).to_contain_text("You were right in all three columns 5 of 6 times.")


def test_who_ticks_none_of_them_has_ticked_no_column(demo, page):
    page.goto(f"{demo.site}/compare/")
    press(page, "Step by step")
    for number in (1, 2, 3):
        expect(page.locator("#compare-now")).to_contain_text(f"Step {number} of 11")
        press(page, "Play this step")
    expect(page.get_by_role("alert")).to_contain_text("Guess first")
    page.get_by_role("checkbox", name="JWT").check()
    page.get_by_role("checkbox", name="none of them").check()
    expect(page.get_by_role("checkbox", name="JWT")).not_to_be_checked()
    press(page, "All that is left")
    expect(row(page, "stolen")).to_be_visible()
    page.reload()
    expect(page.get_by_role("timer")).to_be_visible()  # five minutes are too long to wait for
    press(page, "Run it all")
    expect(page.get_by_role("progressbar")).to_be_visible()


def test_reload_and_back_and_another_tab_show_the_same_run(demo, page):
    page.goto(f"{demo.site}/compare/?lifetime=20&store=signed_cookie&denylist=on&asks=introspected&algorithm=EdDSA")
    press(page, "Run it all")
    expect(row(page, "call")).to_be_visible()
    page.reload()
    expect(row(page, "call")).to_be_visible()
    expect(page.get_by_label("Session store")).to_have_value("signed_cookie")
    other = page.context.new_page()
    other.goto(f"{demo.site}/compare/")
    expect(row(other, "call")).to_be_visible()
    page.goto(f"{demo.site}/")
    page.go_back()
    for tab in (page, other):
        expect(done(tab)).to_have_text(
            "After the sign-out, the thief was let in by Sessions and OAuth2. After the revoke, by Sessions.",
            use_inner_text=True,
        )
        expect(tab.locator("#clock-sessions")).to_contain_text("Still in when this run ended")
        expect(tab.locator("#compare-table tbody tr")).to_have_count(11)


def test_begin_again_keeps_the_choices_and_a_link_gives_them_to_others(demo, page, new_context):
    page.goto(f"{demo.site}/compare/")
    page.get_by_label("Session store").select_option("file")
    page.get_by_label("Tokens live for").select_option("10")
    page.get_by_label("JWT deny-list").select_option("on")
    link = page.get_by_role("link", name="A link to these choices")
    expect(link).to_have_attribute("href", "?store=file&algorithm=RS256&denylist=on&lifetime=10&asks=opaque")
    press(page, "Run it all")
    done(page)
    page.get_by_role("button", name="Begin again").press("Enter")
    expect(page.get_by_role("heading", name="What will happen")).to_be_visible()
    expect(page.get_by_role("button", name="Run it all")).to_be_focused()
    expect(page.get_by_label("Session store")).to_have_value("file")
    page.reload()
    expect(page.get_by_label("JWT deny-list")).to_have_value("on")
    expect(page.get_by_label("Tokens live for")).to_have_value("10")

    somebody = new_context().new_page()
    somebody.goto(page.url)
    expect(somebody.get_by_label("Session store")).to_have_value("file")
    expect(somebody.get_by_role("heading", name="What will happen")).to_be_visible()


def test_without_javascript(demo, new_context):
    page = new_context(java_script_enabled=False).new_page()
    page.goto(f"{demo.site}/compare/?lifetime=20")
    press(page, "Run it all")
    expect(row(page, "after-revoke")).to_be_visible()
    deadline = time.monotonic() + 60
    while not page.locator("#compare-answer").is_visible():  # too early, nothing is played
        assert time.monotonic() < deadline
        with page.expect_navigation():
            # The second one where the time was up when the page was made.
            again = page.get_by_role("button", name=re.compile("Try it when the time is up|All that is left"))
            again.click()
    seen_by_default(page)
    press(page, "Begin again")
    press(page, "Step by step")
    press(page, "Play this step")
    press(page, "Play this step")
    page.get_by_role("checkbox", name="JWT").check()
    press(page, "Play this step")
    expect(page.locator("#compare-verdict")).to_contain_text("You expected JWT.")
    press(page, "All that is left")
    expect(row(page, "after-revoke")).to_be_visible()


def test_on_a_phone(demo, new_context):
    page = new_context(viewport={"width": 360, "height": 740}).new_page()
    page.goto(f"{demo.site}/compare/?lifetime=10")
    press(page, "Run it all")
    done(page)
    cell = row(page, "stolen").locator("td").nth(1)
    assert cell.evaluate("one => getComputedStyle(one, '::before').content") == '"JWT: "'
    first, second = (row(page, "stolen").locator("td").nth(number).bounding_box() for number in (0, 1))
    assert first is not None
    assert second is not None
    assert first["x"] == second["x"], "the answers stand below each other"
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
