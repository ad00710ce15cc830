"""The page where a bad script is let in: what it says it got is what a script gets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.fixtures.tokens import tokens_in
from tests.jwt_app.client_steps import PASSWORD, violations

pytestmark = [pytest.mark.browser, pytest.mark.live]


def try_all(page: Page, site: str, password: str = PASSWORD) -> None:
    page.goto(f"{site}/jwt/storage/")
    page.get_by_label("User name").fill("alice")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Try all four").click()


def row(page: Page, place: str) -> list[str]:
    return page.locator(f"[data-row={place}] td").all_inner_texts()


def test_the_bad_script_gets_everything_but_the_cookie(demo: Any, page: Page) -> None:
    before = alive(demo)
    try_all(page, demo.site)
    expect(page.locator("#status")).to_contain_text("All four were tried", timeout=30_000)

    both, nothing = "✗ access and refresh token", "✓ Nothing"
    assert row(page, "memory")[:3] == [nothing, both, both]
    assert row(page, "tab")[:3] == row(page, "local")[:3] == [both, both, both]
    assert row(page, "cookie")[:3] == [nothing, "✗ access token", "✗ access token"]
    for place in ("memory", "tab", "local"):
        used, forged, home = row(page, place)[3:]
        assert (used, forged) == ("✓ 401: there is no cookie", "✓ 401 not_authenticated")
        assert home == "✗ access token (whoami: 200), and the refresh token: it gets the next ones at home"
    used, forged, home = row(page, "cookie")[3:]
    assert (used, forged) == ("✗ 200: a new access token", "✓ 403 csrf_failed")
    assert home == "✗ access token (whoami: 200); no refresh token, so it ends with that"
    # Nothing is left behind, and nothing secret is in the page.
    assert not tokens_in(page.content() + page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])"))
    assert "authdemo_refresh" not in [one["name"] for one in page.context.cookies(f"{demo.site}/jwt/api/cookie/")]
    assert alive(demo) == before


def alive(demo: Any) -> str:
    """Return how many sign-ins by token alice has."""
    found = "RefreshFamily.objects.filter(user__username='alice', revoked_at=None).count()"
    return str(demo.shell(f"from jwt_app.models import RefreshFamily\nprint({found})"))


def test_a_form_of_another_site_does_not_bring_the_cookie(demo: Any, page: Page) -> None:
    page.goto(f"{demo.site}/jwt/")
    page.get_by_label("Refresh token in an HttpOnly cookie").check()
    page.get_by_label("User name").fill("alice")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Get tokens").click()
    expect(page.locator("#tokens")).to_be_visible()
    stranger = page.context.new_page()
    stranger.goto(f"{demo.hostile}/healthz")
    sent: list[Any] = []
    stranger.on("request", lambda request: sent.append(request) if "cookie/refresh" in request.url else None)
    form = """url => {
        const form = Object.assign(document.createElement('form'), {method: 'post', action: url});
        document.body.append(form);
        form.submit();
    }"""
    with stranger.expect_navigation():
        stranger.evaluate(form, f"{demo.site}/jwt/api/cookie/refresh/")

    assert len(sent) == 1
    expect(stranger.get_by_text("csrf_failed")).to_be_visible()
    assert "authdemo_refresh" not in sent[0].all_headers().get("cookie", "")
    page.get_by_role("main").get_by_role("button", name="Refresh").click()
    expect(page.locator("#status")).to_contain_text("A new pair")


def test_a_wrong_password_is_a_sentence_and_nothing_is_tried(demo: Any, page: Page) -> None:
    try_all(page, demo.site, "wrong")

    expect(page.locator("#status")).to_contain_text("No active account found")
    expect(page.get_by_label("Password")).to_be_focused()
    assert row(page, "memory") == ["Not tried yet."]


def test_offline_it_says_so(demo: Any, page: Page) -> None:
    page.goto(f"{demo.site}/jwt/storage/")
    page.context.set_offline(True)
    page.get_by_label("User name").fill("alice")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Try all four").click()
    expect(page.locator("#status")).to_contain_text("The server did not answer")
    expect(page.get_by_role("button", name="Try all four")).to_be_enabled()


def test_without_javascript_it_says_why_not(demo: Any, new_context: Callable[..., BrowserContext]) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto(f"{demo.site}/jwt/storage/")
    expect(page.get_by_text("This page needs JavaScript")).to_be_visible()
    expect(page.get_by_label("Password")).to_be_hidden()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_and_it_fits(demo: Any, new_context: Callable[..., BrowserContext], theme: Any) -> None:
    page = new_context(color_scheme=theme, reduced_motion="reduce").new_page()
    try_all(page, demo.site)
    expect(page.locator("#status")).to_contain_text("All four were tried", timeout=30_000)
    assert violations(page) == []
    for width in (360, 1920):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") == width
