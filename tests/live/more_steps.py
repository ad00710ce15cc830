"""What is told once, and what is only asked about: one's own app, and the page "Verify or ask"."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.live.places import stores
from tests.live.visit import Run


def an_app_of_ones_own(run: Run) -> None:
    """Its secret is in two answers: when it is registered, and when a new one is made."""
    run.go("/oauth/clients/add/")
    run.page.get_by_role("textbox", name="Name").fill("Carol's printer")
    run.page.get_by_label("Where may its users be sent back to?").fill("http://127.0.0.1:9555/callback/")
    run.page.get_by_label("read your notes").check()
    run.press("Register")
    secrets = [run.used.add("client secret told once", run.page.locator("#secret").inner_text())]
    run.go("/oauth/clients/")
    run.page.get_by_role("button", name="Make a new secret for Carol's printer").click()
    secrets.append(run.used.add("client secret told once", run.page.locator("#secret").inner_text()))
    assert len(set(secrets)) == 2
    run.go("/oauth/clients/")
    stores(run.places, run.demo)
    run.page.get_by_text("Delete", exact=True).click()
    run.page.get_by_role("button", name="Delete Carol's printer for good").click()
    expect(run.page.get_by_role("main")).to_contain_text("Carol's printer is deleted")


def verify_or_ask(run: Run) -> None:
    """A JWT and an opaque token are sent to orders, which asks about the second."""
    run.go("/oauth/introspection/")
    run.page.get_by_label("Only the JWT").check()
    run.press("Call, end, call again")
    expect(run.page.locator("#answer")).to_contain_text("refused the opaque token")
    run.go("/wire/")
