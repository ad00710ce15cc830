"""The copy buttons of /oauth/set-up/: with a clipboard, without one, and where copying is refused."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.live]

CALLBACK = "/oauth/accounts/github/login/callback/"
READ = "navigator.clipboard.readText()"


def press_copy(page: Page, site: str, says: str) -> None:
    page.goto(f"{site}/oauth/set-up/")
    page.get_by_role("button", name="Copy the callback URL of GitHub").click()
    expect(page.get_by_role("status")).to_contain_text(says)


def test_the_address_is_in_the_clipboard(demo, new_context):
    page = new_context(permissions=["clipboard-read", "clipboard-write"]).new_page()
    press_copy(page, demo.site, "Copied: the callback URL of GitHub.")
    assert page.evaluate(READ) == demo.site + CALLBACK


def test_without_the_clipboard_api_it_is_there_as_well(demo, new_context):
    """As over plain http from another machine."""
    context = new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    press_copy(page, demo.site, "Copied: the callback URL of GitHub.")
    other = context.new_page()
    other.goto(f"{demo.site}/oauth/set-up/")
    assert other.evaluate(READ) == demo.site + CALLBACK


def test_where_copying_is_refused_it_is_selected(demo, page):
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.add_init_script("document.execCommand = () => false")
    press_copy(page, demo.site, "Selected. Press Ctrl-C")
    assert page.evaluate("String(getSelection())") == demo.site + CALLBACK


def test_without_javascript_the_values_are_there_and_no_button_is(demo, new_context):
    page = new_context(java_script_enabled=False).new_page()
    page.goto(f"{demo.site}/oauth/")
    page.get_by_role("link", name="Use the real ones").click()
    expect(page.get_by_text(demo.site + CALLBACK)).to_be_visible()
    expect(page.get_by_role("button", name="Copy")).to_have_count(0)
