"""Both pages in a real browser, with and without JavaScript, against a demo whose keys may change."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from playwright.sync_api import expect

from tests.e2e.test_accessibility import violations
from tests.fixtures.demo import RunningDemo, clean_environment

pytestmark = [pytest.mark.browser, pytest.mark.live]
SOON = 30_000


@pytest.fixture
def own_demo() -> Iterator[RunningDemo]:
    """Its orders service has fetched no keys yet."""
    with tempfile.TemporaryDirectory(prefix="authdemo-") as folder:
        running = RunningDemo(clean_environment(Path(folder)))
        running.start()
        yield running
        running.stop()


def statuses(page) -> list[str]:
    cells = page.locator("#keys-asked tbody td").all_inner_texts()
    return [re.search(r"\d{3}", text)[0] for text in cells]  # type: ignore[index]


def usable_by_all(page) -> None:
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        assert violations(page) == []
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.set_viewport_size({"width": 1280, "height": 800})


def test_the_whole_lesson(own_demo, page):
    page.goto(f"{own_demo.site}/jwt/")
    page.get_by_role("link", name="A new key").click()
    expect(page.locator("#keys-ring tbody tr")).to_have_count(1)
    page.evaluate("window.sameDocument = true")
    page.get_by_role("button", name="Make a new key").press("Enter")
    expect(page.locator("#keys-asked tbody tr")).to_have_count(2, timeout=SOON)
    assert statuses(page) == ["200"] * 6
    expect(page.locator("#keys-ring tbody tr")).to_have_count(2)
    expect(page.locator("#keys-ring tbody tr").first).to_contain_text("signs and verifies")

    # Orders has asked a moment ago. A second change is unknown to it for up to a minute.
    page.get_by_role("button", name="Make a new key").click()
    expect(page.locator("#keys-ring tbody tr")).to_have_count(3, timeout=SOON)
    assert statuses(page) == ["200"] * 5 + ["401"]
    expect(page.locator("#keys-result")).to_contain_text("asks once a minute at most")
    page.get_by_role("button", name="Ask again with a token of now").click()
    expect(page.locator("#keys-asked tbody tr")).to_have_count(3, timeout=SOON)

    page.get_by_role("button", name="Send 20 tokens with unknown keys").click()
    expect(page.locator("#keys-counted")).to_contain_text("20 × 401 unknown_key", timeout=SOON)
    counted = int(page.locator("#keys-counted b").inner_text())
    assert counted <= 1
    assert requests.get(f"{own_demo.orders}/healthz", timeout=20).json()["key_fetches"] <= 1 + counted
    assert page.evaluate("window.sameDocument")
    usable_by_all(page)
    page.reload()
    expect(page.locator("#keys-asked tbody tr")).to_have_count(3)


def test_both_pages_without_javascript(own_demo, new_context):
    page = new_context(java_script_enabled=False).new_page()
    page.goto(f"{own_demo.site}/jwt/keys/")
    page.get_by_role("button", name="Make a new key").click()
    expect(page.locator("#keys-asked tbody tr")).to_have_count(2)
    assert statuses(page) == ["200"] * 6
    page.get_by_role("link", name="Next: a role is taken away").click()
    page.get_by_role("button", name="Take the role away").click()
    cells = page.locator("#role-asked tbody td").all_inner_texts()
    assert cells == ["200: staff", "200: staff", "200: staff", "200: user"]
    assert "demoted-" not in own_demo.shell("print(list(User.objects.values_list('username', flat=True)))")


def test_a_role_that_was_taken_away(own_demo, page):
    page.goto(f"{own_demo.site}/jwt/role/")
    page.get_by_role("button", name="Take the role away").click()
    expect(page.locator("#role-result")).to_contain_text("Orders believes “staff” until", timeout=SOON)
    usable_by_all(page)
