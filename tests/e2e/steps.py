"""What a person does in a browser, as functions."""

from __future__ import annotations

from playwright.sync_api import Page, expect

PASSWORD = "workshop-2026"


def sign_in(page: Page, site: str, username: str = "alice") -> None:
    """Open a session by the site's own form."""
    page.goto(f"{site}/sessions/login/")
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{site}/sessions/")


def get_token(page: Page, site: str, username: str = "bob") -> None:
    """Get a token pair with the JWT app's browser client."""
    page.goto(f"{site}/jwt/")
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Get").click()
    page.locator("#token-chip").wait_for(state="visible")


def press(page: Page, name: str) -> None:
    """Press the one button of that name in the page's main part."""
    page.get_by_role("main").get_by_role("button", name=name).click()


def title(page: Page, text: str) -> None:
    """Expect this page, which must not be wider than the screen."""
    expect(page.get_by_role("heading", level=1)).to_have_text(text)
    width = page.viewport_size["width"] if page.viewport_size else 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width
