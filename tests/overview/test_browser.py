"""The questions in a real browser: no JavaScript, keyboard alone, back button, phone, paper."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.live]
APPS = "Other people's apps, on behalf of my users"


def answer(page: Page) -> str:
    return page.locator("#answer").inner_text()


def test_without_javascript_and_with_the_back_button(demo, new_context):
    page = new_context(java_script_enabled=False).new_page()
    page.goto(demo.site)
    page.get_by_label("Browsers, which show pages of my site").check()
    page.get_by_role("button", name="Answer").click()
    expect(page).to_have_url(f"{demo.site}/choose/?calls=pages&passwords=own&end=soon")
    assert answer(page) == "A Django session for people in browsers"
    page.get_by_label(APPS).check()  # what was ticked is ticked
    page.get_by_role("button", name="Answer").click()
    assert answer(page) == "A session for people and OAuth2 for other people's apps"
    shared = page.url
    page.go_back()
    assert answer(page) == "A Django session for people in browsers"
    somebody_else = new_context(java_script_enabled=False).new_page()
    somebody_else.goto(shared)
    assert answer(somebody_else) == "A session for people and OAuth2 for other people's apps"


def test_by_keyboard_alone_on_a_phone(demo, new_context):
    page = new_context(viewport={"width": 360, "height": 740}).new_page()
    page.goto(f"{demo.site}/choose/")
    focus_by_tab(page, page.get_by_label("Browsers, which show pages of my site"))
    page.keyboard.press("Space")
    focus_by_tab(page, page.get_by_role("radio", name="My site does"))
    page.keyboard.press("ArrowDown")
    focus_by_tab(page, page.get_by_role("button", name="Answer"))
    page.keyboard.press("Enter")
    expect(page.locator("#answer")).to_have_text("A session for people and a provider to sign in")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_each_group_has_a_name_and_a_mistake_belongs_to_it(demo, page):
    page.goto(f"{demo.site}/choose/?passwords=own")
    group = page.get_by_role("group", name="Who calls your server? Tick all that is true.")
    expect(group).to_have_accessible_description(re.compile("Tick at least one"))
    expect(group.get_by_role("checkbox")).to_have_count(6)
    expect(page.get_by_role("group", name="Who checks the password?").get_by_role("radio")).to_have_count(3)


def test_a_proof_is_one_click_away_and_opens_at_its_place(demo, page):
    page.goto(f"{demo.site}/choose/?calls=services")
    page.get_by_role("link", name="Let orders verify").click()
    expect(page).to_have_url(f"{demo.site}/jwt/keys/#keys-ring")
    expect(page.locator("#keys-ring")).to_be_in_viewport()


def test_on_paper_the_reasons_are_there(demo, page):
    page.goto(f"{demo.site}/choose/?calls=pages")
    page.emulate_media(media="print")
    expect(page.get_by_text("Sign-out and “end my other devices” count at the next request")).to_be_visible()
    expect(page.get_by_role("button", name="Answer")).to_be_hidden()


def focus_by_tab(page: Page, target: Locator) -> None:
    for _ in range(40):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError("Tab does not reach it")
