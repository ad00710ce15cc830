"""What a person does in a browser, as functions."""

from __future__ import annotations

from playwright.sync_api import Page

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
