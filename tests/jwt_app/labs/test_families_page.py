"""The page of families in a browser: a family grows, a copy ends it, and tabs race."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.jwt_app.client_steps import call, get_tokens, keep, says, tokens, violations

pytestmark = [pytest.mark.browser, pytest.mark.live]


def open_page(page: Page, site: str) -> None:
    page.goto(f"{site}/jwt/families/")
    get_tokens(page)
    says(page, "A sign-in is a new family")


def states(page: Page) -> list[str]:
    return page.locator(".member b").all_inner_texts()


def grown(page: Page, members: int) -> None:
    expect(page.locator(".member")).to_have_count(members)


def test_a_family_grows_and_the_copy_of_a_used_token_ends_all_of_it(demo: Any, page: Page) -> None:
    open_page(page, demo.site)
    grown(page, 1)
    expect(page.get_by_role("button", name="Send the used one again")).to_be_disabled()
    for members in (2, 3):
        call(page, "Refresh")
        grown(page, members)
    assert states(page) == ["used", "used", "usable: good for one exchange"]
    # Each stands inside the one that it was exchanged for.
    expect(page.locator("#members > ol > li > ol > li > ol > li .member .tag")).to_have_text("in this tab")
    assert not [token for token in tokens(page).values() if token in page.content()]

    call(page, "Send the used one again")

    says(page, "401 token_reused")
    expect(page.locator("#tree-state")).to_have_text("✗ It has ended: a used token came back.")
    assert states(page) == ["used", "used", "ended with the family, unused"]
    call(page, "Refresh")
    says(page, "This sign-in has ended, or the account is gone. Sign in again.")
    assert tokens(page) == {}
    expect(page.locator("#sign-in")).to_be_visible()
    expect(page.locator("#tree-state")).to_contain_text("a used token came back")


def test_of_a_token_in_a_cookie_no_script_can_draw_the_family(demo: Any, page: Page) -> None:
    page.goto(f"{demo.site}/jwt/")
    keep(page, "Refresh token in an HttpOnly cookie")
    page.goto(f"{demo.site}/jwt/families/")

    expect(page.get_by_text("no script can read it: this page cannot draw its family")).to_be_visible()
    expect(page.locator("#sign-in")).to_be_hidden()


@pytest.mark.parametrize(
    ("button", "row"),
    [
        (
            "Without grace",
            "8 copies, no grace 1 of 8, at instance . 1 × 401 token_reused, 6 × 401 token_revoked ✗ ended 401 token_",
        ),
        ("With 5 seconds", "8 copies, 5 seconds of grace 1 of 8, at instance [AB] 7 × 401 token_used ✓ alive 200"),
    ],
)
def test_tabs_race_and_one_wins(demo: Any, page: Page, button: str, row: str) -> None:
    # Without grace the second copy ends the family, and the others find it ended.
    page.goto(f"{demo.site}/jwt/families/")
    page.get_by_label("Copies at once").select_option("8")

    page.get_by_role("button", name=button).click()

    expect(page.locator("#race-status")).to_contain_text("One won", timeout=30_000)
    expect(page.get_by_role("row", name=re.compile(row))).to_be_visible()


def test_offline_it_says_so_and_loses_nothing(demo: Any, page: Page) -> None:
    open_page(page, demo.site)
    before = tokens(page)
    page.context.set_offline(True)

    call(page, "Refresh")
    says(page, "The server did not answer")
    page.get_by_role("button", name="Without grace").click()
    expect(page.locator("#race-status")).to_contain_text("The server did not answer")
    assert tokens(page) == before


def test_without_javascript_it_says_why_not(demo: Any, new_context: Callable[..., BrowserContext]) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto(f"{demo.site}/jwt/families/")
    expect(page.get_by_text("This page needs JavaScript")).to_be_visible()
    expect(page.get_by_label("Password")).to_be_hidden()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_and_it_fits(demo: Any, new_context: Callable[..., BrowserContext], theme: Any) -> None:
    page = new_context(color_scheme=theme, reduced_motion="reduce").new_page()
    open_page(page, demo.site)
    call(page, "Refresh")
    grown(page, 2)
    call(page, "Send the used one again")
    says(page, "token_reused")
    page.get_by_role("button", name="Without grace").click()
    expect(page.locator("#races")).to_be_visible(timeout=30_000)
    assert violations(page) == []
    for width in (360, 1920):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") == width
