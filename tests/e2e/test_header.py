"""The header says what this browser holds; ending one of the two leaves the other alone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.steps import get_token, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.live]


def holds(page):
    return page.get_by_role("region", name="What this browser holds")


def test_a_session_and_a_token_are_two_things_and_may_be_two_people(demo, page):
    sign_in(page, demo.site, "alice")
    get_token(page, demo.site, "bob")
    expect(holds(page)).to_contain_text("Session alice, opened by password")
    expect(holds(page)).to_contain_text(re.compile(r"bob, 1[45]:\d\d left, in this tab"))

    page.goto(demo.site)
    expect(page.locator("#token-chip")).to_contain_text("bob")

    holds(page).get_by_role("button", name="End session").click()
    expect(holds(page)).to_contain_text("no session")
    expect(page.locator("#token-chip")).to_contain_text("bob")

    page.locator("#token-chip-end").click()
    expect(page.locator("#no-token-chip")).to_be_visible()
    expect(page.locator("#token-chip")).to_be_hidden()


def test_forgetting_the_token_leaves_the_session(demo, page):
    sign_in(page, demo.site, "alice")
    get_token(page, demo.site, "alice")
    page.locator("#token-chip-end").click()
    expect(page.locator("#no-token-chip")).to_be_visible()
    page.goto(f"{demo.site}/sessions/")
    expect(holds(page)).to_contain_text("Session alice")


def test_another_tab_holds_no_token_but_the_same_session(demo, page):
    sign_in(page, demo.site, "alice")
    get_token(page, demo.site, "bob")
    other = page.context.new_page()
    other.goto(demo.site)
    expect(holds(other)).to_contain_text("Session alice")
    expect(holds(other)).to_contain_text("no access token in this tab")


def test_the_theme_button_is_kept_and_can_be_set_back(demo, page):
    page.goto(demo.site)
    button = page.get_by_role("button", name="Theme")
    button.click()
    expect(button).to_have_text("Theme: light")
    button.click()
    expect(button).to_have_text("Theme: dark")
    page.goto(f"{demo.site}/jwt/")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.get_by_role("button", name="Theme").click()
    expect(page.get_by_role("button", name="Theme")).to_have_text("Theme: system")


def test_the_first_key_reaches_the_content(demo, page):
    page.goto(demo.site)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
