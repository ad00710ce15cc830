"""A scripted learner: does what the pages of the tour say, step by step, in a real browser."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.e2e.steps import PASSWORD
from tests.e2e.test_social_journeys import at_the_provider


def status(page: Page, text: str) -> None:
    """Wait until the step says so by itself: no reload, no click."""
    expect(page.get_by_role("heading", name=text, exact=True)).to_be_visible()


def main_button(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("button", name=name, exact=True).click()


def start(page: Page, site: str) -> None:
    page.goto(site)
    page.get_by_role("button", name="Start: ten minutes, five steps").click()
    main_button(page, "Start")
    expect(page).to_have_url(f"{site}/workshop/tour/1/")


def session(page: Page) -> None:
    page.get_by_label("Password").fill(PASSWORD)
    main_button(page, "Sign in")
    main_button(page, "Who am I?")
    status(page, "Step 1 is done")


def token(page: Page) -> None:
    page.get_by_label("Password").fill(PASSWORD)
    main_button(page, "Get tokens")
    main_button(page, "Who am I?")
    status(page, "Step 2 is done")


def predict(page: Page, answer: str = "Neither copy") -> None:
    page.get_by_label(answer, exact=False).check()
    main_button(page, "Keep my prediction")


def thief(page: Page, answer: str = "Neither copy") -> None:
    predict(page, answer)
    main_button(page, "Sign me out, and let the thief try")
    status(page, "Step 3 is done")


def providers(page: Page) -> None:
    main_button(page, "Sign in with GitHub")
    at_the_provider(page)
    expect(page.locator("#tour-status").get_by_text("GitHub said who you are.")).to_be_visible()
    main_button(page, "Ask Google")
    at_the_provider(page)
    status(page, "Step 4 is done")


def case(page: Page) -> None:
    page.get_by_label("Browsers, which show pages of my site").check()
    main_button(page, "Answer")
    status(page, "Step 5 is done")


def next_step(page: Page) -> None:
    page.locator("#tour-next").click()
