"""In a real browser: two of them, by keyboard alone, without JavaScript, and with the back button."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.steps import PASSWORD, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.live]


def test_one_browser_ends_the_other(demo, new_context):
    here, phone = new_context().new_page(), new_context(user_agent="A phone of bob's").new_page()
    sign_in(here, demo.site, "bob")
    sign_in(phone, demo.site, "bob")
    here.goto(f"{demo.site}/sessions/devices/")
    card = here.get_by_role("listitem").filter(has_text="A phone of bob's").first
    card.get_by_role("button", name="End").click()
    expect(here.get_by_role("status")).to_contain_text("Ended")
    phone.reload()
    expect(phone).to_have_url(f"{demo.site}/sessions/login/?next=/sessions/")
    here.reload()
    expect(here.get_by_role("heading", name="Where are you signed in?")).to_be_visible()


def test_by_keyboard_and_without_javascript(demo, new_context):
    page = new_context(java_script_enabled=False).new_page()
    page.goto(f"{demo.site}/sessions/devices/")
    keys = page.keyboard
    expect(page.get_by_label("User name")).to_be_focused()
    keys.type("alice")
    keys.press("Tab")
    keys.type(PASSWORD)
    keys.press("Enter")
    page.wait_for_url(f"{demo.site}/sessions/devices/")
    page.get_by_role("link", name="Back to my session").press("Enter")
    page.wait_for_url(f"{demo.site}/sessions/")
    page.get_by_role("main").get_by_role("button", name="End session").press("Enter")
    page.wait_for_url(f"{demo.site}/")


def test_the_back_button_shows_nothing_after_the_sign_out(demo, page):
    sign_in(page, demo.site)
    page.get_by_role("main").get_by_role("button", name="End session").click()
    page.wait_for_url(f"{demo.site}/")
    page.go_back()
    expect(page).to_have_url(f"{demo.site}/sessions/login/?next=/sessions/")


def test_no_script_can_read_the_cookie(demo, page):
    sign_in(page, demo.site)
    assert "authdemo_session" not in page.evaluate("document.cookie")
    assert "authdemo_session" in {cookie["name"] for cookie in page.context.cookies()}
