"""Mallory's quiz as somebody plays it: the provider asks whether it may know who they are, and then it does."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.oauth_app.attacks.conftest import BASE
from tests.oauth_app.person import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.live]


def play(page: Page, hostile: str) -> None:
    page.goto(f"{hostile}/quiz/")
    for answer in ("not talking yet", "are happy with any", "lend them yours"):
        page.get_by_label(answer).check()
    page.get_by_role("button", name="Show me my animal").click()


@pytest.mark.parametrize("javascript", [True, False])
def test_the_whole_way(demo, new_context, javascript):
    page = new_context(java_script_enabled=javascript).new_page()
    play(page, demo.hostile)
    page.get_by_label("User name or e-mail").fill("alice.outside")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Mallory's quiz")).to_be_visible()
    expect(page.get_by_text("The answer goes to:")).to_contain_text(f"{demo.hostile}/quiz/")
    page.get_by_role("button", name="Allow").click()
    expect(page.get_by_role("heading", name="You are a bear!")).to_be_visible()
    assert re.match(rf"{re.escape(demo.hostile)}/quiz/\?.*code=", page.url)
    expect(page.get_by_role("banner")).to_contain_text("good for an access token of yours")
    page.get_by_role("link", name="What Mallory does with it").click()
    expect(page).to_have_url(f"{demo.site}{BASE}token-substitution/")


def test_who_says_no_has_no_result(demo, new_context):
    page = new_context().new_page()
    play(page, demo.hostile)
    page.get_by_label("User name or e-mail").fill("bob.outside")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Deny").click()
    expect(page.get_by_text("No result without a name.")).to_be_visible()
