"""The tour, with the visitor's own passwords."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.live.provider_steps import at_the_provider
from tests.live.visit import Run


def is_done(run: Run, number: int) -> None:
    expect(run.page.get_by_role("heading", name=f"Step {number} is done")).to_be_visible()


def the_tour(run: Run) -> None:
    run.go("/")
    run.end_session()
    run.go("/workshop/tour/")
    run.press("Start")
    run.fill("carol", run.passwords["carol"])
    run.press("Sign in")
    run.press("Who am I?")
    is_done(run, 1)
    run.go("/workshop/tour/2/")
    expect(run.page.locator("#tour-token")).to_be_visible()
    if run.page.get_by_label("Password").is_visible():  # this tab holds none from before
        run.fill("carol", run.passwords["carol"])
        run.press("Get tokens")
    run.press("Who am I?")
    is_done(run, 2)
    run.go("/workshop/tour/3/")
    run.page.get_by_label("Both copies get in.").check()
    run.press("Keep my prediction")
    run.press("Sign me out, and let the thief try")
    is_done(run, 3)
    run.press("Let the thief try once more")
    run.go("/workshop/tour/4/")
    run.press("Sign in with GitHub")
    at_the_provider(run, "GitHub", "Allow")
    run.go("/workshop/tour/4/")
    run.go("/workshop/tour/5/")
    run.page.get_by_label("Browsers, which show pages of my site").check()
    run.page.get_by_label("Other people's apps, on behalf of my users").check()
    run.press("Answer")
    is_done(run, 5)
    run.go("/workshop/tour/end/")
