"""The table "what remains where" in a real browser: a try takes seconds, and its button says so."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.steps import sign_in
from tests.fixtures.demo import RunningDemo

pytestmark = [pytest.mark.browser, pytest.mark.live]


def test_a_try_says_that_it_is_under_way_and_is_sent_once(demo: RunningDemo, page: Page) -> None:
    sign_in(page, demo.site)
    page.goto(f"{demo.site}/oauth/connections/")
    sent: list[str] = []

    def leave_it_there(route: Route) -> None:
        """With 204 the browser stays on the page: so it can be looked at after the form was sent."""
        sent.append(route.request.method)
        route.fulfill(status=204)

    page.route("**/oauth/behalf/remains/", leave_it_there)
    button = page.locator("#remains").get_by_role("button", name="Try it: Sign out here")
    button.click()
    expect(button).to_have_attribute("aria-busy", "true")
    expect(button).to_have_text("Trying …")
    button.press("Enter")  # the mouse does not reach a busy button
    expect(button).to_have_attribute("aria-busy", "true")
    page.reload()
    expect(button).to_have_text("Try it")
    assert sent == ["POST"]
