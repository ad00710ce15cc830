"""Somebody mistypes a password five times, and sees how long to wait and what else can be done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.test_accessibility import THEMES, violations
from tests.workshop.learner import start as begin

pytestmark = [pytest.mark.browser, pytest.mark.live]
PASSWORD = "workshop-2026"


def mistype(page: Page, name: str, times: int = 5) -> None:
    for _ in range(times):
        page.goto("/sessions/login/")
        page.get_by_label("User name").fill(name)
        page.get_by_label("Password").fill("wrong")
        with page.expect_navigation():
            page.get_by_role("main").get_by_role("button", name="Sign in").click()


@pytest.fixture
def learner(demo: Any, new_context: Callable[..., BrowserContext]) -> Page:
    return new_context(base_url=demo.site, viewport={"width": 1280, "height": 800}).new_page()


@pytest.fixture
def name() -> str:
    """Nobody's: a lock on it stops no other test."""
    return f"nobody-{uuid4().hex}"


def test_the_page_counts_down_and_says_when_it_is_over(learner: Page, name: str) -> None:
    learner.clock.install()
    mistype(learner, name)
    expect(learner.get_by_role("heading", level=1)).to_have_text("Too many wrong passwords. What now?")
    seconds = int(learner.locator("#wait b").inner_text().split()[0])
    assert 50 <= seconds <= 60
    learner.clock.run_for(10_000)
    assert seconds - 11 <= int(learner.locator("#wait b").inner_text().split()[0]) <= seconds - 9
    learner.clock.run_for(51_000)
    expect(learner.get_by_role("status").get_by_text("The wait is over")).to_be_visible()
    expect(learner.locator("#wait")).to_be_hidden()
    learner.get_by_role("button", name="Back to the form").click()
    expect(learner.get_by_label("User name")).to_be_visible()


def test_start_over_lets_the_same_browser_in_at_once(demo: Any, learner: Page) -> None:
    name = f"learner-{uuid4().hex[:8]}"
    demo.shell(f"User.objects.create_user({name!r}, '', {'my-own-phrase'!r})")
    mistype(learner, name, 6)
    assert "too many wrong passwords" in learner.content().lower()
    learner.get_by_role("main").get_by_role("link", name="Start over").click()
    learner.get_by_role("main").get_by_role("button", name="Start over").click()
    learner.wait_for_url(f"{demo.site}/")
    expect(learner.get_by_text("You start over.")).to_be_visible()
    learner.goto("/sessions/login/")
    learner.get_by_label("User name").fill(name)
    learner.get_by_label("Password").fill("my-own-phrase")
    learner.get_by_role("main").get_by_role("button", name="Sign in").click()
    learner.wait_for_url("**/sessions/")


@pytest.mark.parametrize(("where", "said"), [("/jwt/", "#status"), ("/workshop/tour/2/", "#tour-refused")])
def test_the_client_of_the_api_counts_down_as_well(demo: Any, learner: Page, name: str, where: str, said: str) -> None:
    begin(learner, demo.site)  # the tour
    learner.clock.install()
    learner.goto(where)
    for _ in range(5):
        learner.get_by_label("User name").fill(name)
        learner.get_by_label("Password").fill("wrong")
        with learner.expect_response("**/jwt/api/token/"):
            learner.get_by_role("main").get_by_role("button", name="Get tokens").click()
        expect(learner.get_by_label("Password")).to_have_value("")
    status = learner.locator(said)
    expect(status).to_contain_text("Too many wrong passwords for this name.")
    expect(status).to_contain_text("left)")
    assert violations(learner) == []
    learner.clock.run_for(61_000)
    expect(status).to_have_text("The wait is over. You can try again.")


def test_without_javascript_it_is_a_page_that_says_it_all(
    demo: Any, new_context: Callable[..., BrowserContext], name: str
) -> None:
    page = new_context(base_url=demo.site, java_script_enabled=False).new_page()
    mistype(page, name)
    expect(page.get_by_text("then try again")).to_be_visible()
    page.get_by_role("button", name="Back to the form").click()
    expect(page.get_by_label("User name")).to_be_visible()


@pytest.mark.parametrize("where", ["site", "admin", "outside"])
def test_axe_finds_nothing_and_a_phone_is_wide_enough(demo: Any, learner: Page, name: str, where: str) -> None:
    form = {
        "site": "/sessions/login/?next=/sessions/devices/",
        "admin": "/admin/login/?next=/admin/",
        "outside": f"{demo.providers}/oidc/login",
    }[where]
    found = []
    for _ in range(5):
        learner.goto(form)
        learner.locator("#id_username").fill(name)
        learner.locator("#id_password").fill("wrong")
        learner.locator("#id_password").press("Enter")
        learner.wait_for_load_state()
    for theme in THEMES:
        learner.emulate_media(color_scheme=theme, reduced_motion="reduce")
        expect(learner.locator("#wait")).to_be_visible()
        found += violations(learner)
    learner.set_viewport_size({"width": 360, "height": 740})
    assert learner.evaluate("document.documentElement.scrollWidth") <= 360
    assert found == []
