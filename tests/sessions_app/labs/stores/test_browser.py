"""Both pages in a real browser, with and without JavaScript."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.steps import PASSWORD, sign_in
from tests.e2e.test_accessibility import THEMES, violations

pytestmark = [pytest.mark.browser, pytest.mark.live]


def usable_by_all(page: Page) -> None:
    """Look at it as it is now, in both themes, and on a phone."""
    for theme in THEMES:
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        assert violations(page) == []
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.set_viewport_size({"width": 1280, "height": 800})


def found(page: Page) -> None:
    """Wait until all stores were tried, and look at the two that differ most from the others."""
    expect(page.get_by_role("heading", name="What was found")).to_be_visible(timeout=60_000)
    expect(page.locator("#store-memory")).to_contain_text("Gone")
    expect(page.locator("#store-db")).to_contain_text("Still there")
    expect(page.locator("#store-signed_cookie")).to_contain_text("No sign-out ends it.")


def test_one_press_fills_the_table_row_by_row_without_a_reload(demo, page):
    page.goto(f"{demo.site}/sessions/stores/")
    page.evaluate("window.sameDocument = true")
    page.get_by_role("button", name="Try all six").press("Enter")
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.locator("#store-memory")).to_contain_text("32 bytes")
    expect(page.locator("#store-signed_cookie")).to_contain_text("Waits for its turn.")
    found(page)
    assert page.evaluate("window.sameDocument")
    assert page.evaluate("document.activeElement.id") == "stores-run"
    expect(page.get_by_role("status").filter(has_text="All six stores were tried.")).to_have_count(1)
    usable_by_all(page)


def test_the_table_is_there_without_scrolling_on_a_projector(demo, new_context):
    page = new_context(viewport={"width": 1920, "height": 1080}).new_page()
    page.goto(f"{demo.site}/sessions/stores/")
    page.get_by_role("button", name="Try all six").click()
    found(page)
    box = page.locator("table.stores").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 1080
    assert page.evaluate(
        "document.querySelector('.scroll').scrollWidth <= document.querySelector('.scroll').clientWidth"
    )


def test_a_reload_half_way_goes_on_where_it_was(demo, page):
    page.goto(f"{demo.site}/sessions/stores/")
    page.get_by_role("button", name="Try all six").click()
    expect(page.locator("#store-db")).to_contain_text("32 bytes")
    page.reload()
    expect(page.locator("#store-db")).to_contain_text("32 bytes")
    found(page)


def test_both_pages_without_javascript(demo, new_context):
    page = new_context(java_script_enabled=False).new_page()
    page.goto(f"{demo.site}/sessions/stores/")
    page.get_by_role("button", name="Try all six").click()
    found(page)
    page.get_by_role("link", name="One cookie at two instances").click()
    page.get_by_label("Memory").check()
    page.get_by_role("button", name="Sign in at A, ask both").click()
    expect(page.locator("#instances-result")).to_contain_text("to B you are nobody")


def test_who_knows_you_where(demo, page):
    page.goto(f"{demo.site}/sessions/instances/")
    answers = page.locator("#instances-result tbody td")
    for store, seen, lesson in (
        ("Memory", ["200", "401", "401", "401"], "A looked in its own memory."),
        ("Redis or Valkey", ["200", "200", "401", "401"], "Both look in the same place"),
        ("Signed cookie", ["200", "200", "200", "200"], "no sign-out ends a copy"),
    ):
        page.get_by_label(store).check()
        page.get_by_role("button", name="Sign in at A, ask both").click()
        expect(page.get_by_role("heading", name=f"{store}: who knows you where")).to_be_visible()
        assert [re.search(r"\d{3}", text)[0] for text in answers.all_inner_texts()] == seen  # type: ignore[index]
        expect(page.locator("#instances-result")).to_contain_text(lesson)
    usable_by_all(page)
    page.reload()
    expect(page.get_by_role("heading", name="Signed cookie: who knows you where")).to_be_visible()
    expect(page.get_by_label("Signed cookie")).to_be_checked()


def test_the_way_from_the_dashboard_to_a_session_of_ones_own_on_a_store(demo, page):
    sign_in(page, demo.site, "bob")
    page.get_by_role("main").get_by_role("link", name="Stores, side by side").click()
    page.get_by_role("link", name="Files").click()
    page.get_by_label("User name").fill("alice")
    page.get_by_label("Password").fill("wrong")
    main = page.get_by_role("main")
    main.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("do not fit together")
    page.get_by_label("User name").fill("alice")
    page.get_by_label("Password").fill(PASSWORD)
    main.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="You are alice on this store")).to_be_visible()
    usable_by_all(page)
    jar = {cookie["name"]: cookie["path"] for cookie in page.context.cookies()}  # type: ignore[typeddict-item]
    assert jar["lab_file"] == "/sessions/stores/file/"
    page.get_by_role("button", name="Sign out here").click()
    expect(page.get_by_role("heading", name="Who are you, on this store?")).to_be_visible()
    assert "lab_file" not in {cookie["name"] for cookie in page.context.cookies()}  # type: ignore[typeddict-item]
    page.goto(f"{demo.site}/sessions/")
    expect(page.get_by_role("heading", name="How does this server know that you are bob?")).to_be_visible()


def test_what_was_sent_stands_in_the_wire(demo, page):
    page.goto(f"{demo.site}/sessions/instances/")
    page.get_by_role("button", name="Show the wire").click()
    expect(page.get_by_role("button", name="Hide the wire")).to_be_visible()  # from now on, what is sent is kept
    page.get_by_label("Files").check()
    page.get_by_role("button", name="Sign in at A, ask both").click()
    expect(page.get_by_role("heading", name="Files: who knows you where")).to_be_visible()
    expect(page.locator(".wire")).to_contain_text("/sessions/stores/file/whoami/", timeout=20_000)
