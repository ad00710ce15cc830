"""What the visitor tries with keys: a new one, names that nobody knows, a role that is taken away."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.live.visit import Run


def a_new_key(run: Run) -> None:
    """Late in the run: for up to a minute after it, orders may not know the new key."""
    run.go("/jwt/keys/")
    run.press("Make a new key")
    expect(run.page.locator("#keys-asked")).to_be_visible(timeout=30_000)
    run.press("Ask again with a token of now")
    expect(run.page.locator("#keys-asked")).to_contain_text("Signed now", timeout=30_000)
    run.press("Send 20 tokens with unknown keys")
    expect(run.page.locator("#keys-counted")).to_be_visible(timeout=30_000)
    run.go("/jwt/role/")
    run.press("Take the role away")
    expect(run.page.locator("#role-asked")).to_be_visible(timeout=30_000)
