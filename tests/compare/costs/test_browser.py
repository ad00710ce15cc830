"""The page in a real browser: drawn, readable by everybody, and the button with its progress."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.compare.costs.conftest import figures
from tests.e2e.test_accessibility import sweep

pytestmark = [pytest.mark.browser, pytest.mark.live]
PATH = "/compare/costs/"


@pytest.fixture
def drawn(demo: Any) -> Any:
    """The demo, where something was measured."""
    file = Path(demo.environment["VAR_DIR"]) / "bench" / "costs.json"
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(figures()))
    yield demo
    file.unlink()


def test_everybody_can_read_it(drawn, page):
    assert sweep(page, drawn.site, [PATH]) == []


def test_bars_are_as_long_as_their_figures(drawn, page: Page):
    page.goto(drawn.site + PATH)
    rows = page.locator("ol.cost-bars").first.locator("li")
    expect(rows).to_have_count(4)
    whole = rows.first.locator("svg").evaluate("svg => svg.getBoundingClientRect().width")
    lengths = [row.locator("rect").evaluate("bar => bar.getBoundingClientRect().width") for row in rows.all()]
    for length, median in zip(lengths, (200, 432, 654, 765), strict=True):
        assert length == pytest.approx(whole * median / 775, abs=2)
    hues = {row.locator("rect").evaluate("bar => getComputedStyle(bar).fill") for row in rows.all()}
    assert len(hues) == 4  # nobody's, and one a mechanism


def test_printed_it_has_the_tables_that_are_folded_on_the_screen(drawn, page: Page):
    page.goto(drawn.site + PATH)
    cell = page.get_by_role("row").filter(has_text="Label of jwt revoke")
    expect(cell).to_have_count(0)
    page.emulate_media(media="print")
    expect(page.locator("tr").filter(has_text="Label of jwt revoke")).to_be_visible()
    expect(page.locator("#measure")).to_be_hidden()


def test_progress_comes_by_itself_and_it_can_be_ended(demo, page: Page):
    page.goto(demo.site + PATH)
    page.get_by_role("button", name="Measure", exact=True).click()
    expect(page.locator("#costs-progress")).to_contain_text("Requests, in turns", timeout=120_000)  # without a reload
    assert sweep(page, demo.site, [PATH]) == []
    page.get_by_role("button", name="Stop measuring").click()
    expect(page.locator(".note", has_text="It was ended before it was done.")).to_be_visible(timeout=60_000)
    expect(page.get_by_role("button", name="Measure", exact=True)).to_be_enabled()


def test_without_javascript_it_is_looked_at_again_by_a_link(demo, new_context):
    page = new_context(java_script_enabled=False).new_page()
    page.goto(demo.site + PATH)
    page.get_by_role("button", name="Measure", exact=True).click()
    page.get_by_role("link", name="Look again").click()
    page.get_by_role("button", name="Stop measuring").click()
    deadline = time.monotonic() + 120
    while not page.locator("#measure").count():
        assert time.monotonic() < deadline, page.inner_text("main")
        page.get_by_role("link", name="Look again").click()
    expect(page.locator(".note", has_text="It was ended before it was done.")).to_be_visible()
