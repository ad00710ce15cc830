"""The fold-out as one opens it: readable, reachable by keyboard, narrow enough for a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.steps import sign_in
from tests.e2e.test_accessibility import THEMES, violations

pytestmark = [pytest.mark.browser, pytest.mark.live]

PATHS = ["/sessions/", "/sessions/devices/", "/jwt/", "/oauth/"]


@pytest.mark.parametrize("path", PATHS)
def test_open_it_is_accessible_and_fits_a_phone(demo, page, path):
    sign_in(page, demo.site)
    faults = []
    for theme in THEMES:
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        page.goto(demo.site + path)
        page.evaluate(
            "document.querySelectorAll('details.sourcecode, .sourcecode details').forEach(d => d.open = true)"
        )
        faults += violations(page)
    page.set_viewport_size({"width": 360, "height": 740})
    assert faults == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_by_keyboard(demo, page):
    page.goto(f"{demo.site}/sessions/login/")
    page.get_by_text("The code that just ran").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    code = page.get_by_role("group", name="sessions_app/views.py from line")
    expect(code).to_be_visible()
    expect(code).to_contain_text("class LoginView(auth_views.LoginView):")
    page.keyboard.press("Tab")
    expect(code).to_be_focused()
