"""The page as a person uses it: a copy comes back, the page warns, one click ends another sign-in."""

from __future__ import annotations

import pytest
import requests
from playwright.sync_api import expect

from tests.e2e.steps import sign_in
from tests.e2e.test_accessibility import sweep

pytestmark = [pytest.mark.browser, pytest.mark.live]


def test_a_copy_that_came_back_is_on_the_page_and_another_sign_in_ends_by_a_click(demo, page):
    api = f"{demo.site}/jwt/api/token/"
    bob = {"username": "bob", "password": "workshop-2026"}
    stolen, good = (requests.post(api, json=bob, timeout=10).json()["refresh"] for _ in range(2))
    for _ in range(2):
        requests.post(f"{api}refresh/", json={"refresh": stolen}, timeout=10)

    sign_in(page, demo.site, "bob")
    page.goto(f"{demo.site}/sessions/devices/")
    expect(page.get_by_text("Somebody else may have had a copy.").first).to_be_visible()
    assert "One of your sign-ins was ended" in demo.output  # the mail, in the terminal
    assert stolen not in demo.output
    assert sweep(page, demo.site, ["/sessions/devices/"]) == []

    # The newest stands first.
    page.get_by_role("button", name="End the sign-in with tokens of").first.click()
    expect(page.get_by_role("status")).to_contain_text("no new one is given")
    answer = requests.post(f"{api}refresh/", json={"refresh": good}, timeout=10)
    assert answer.json()["code"] == "token_revoked"
