"""The list of exchanges, shown again and again: what it costs, and that each card is its own."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from authdemo.wire.models import Exchange

FOLDS = "wire/_folds.html"
pytestmark = pytest.mark.django_db


def a_browser_that_has_seen(*paths: str) -> Client:
    browser = Client()
    browser.post("/wire/open/")
    for path in paths:
        browser.get(path)
    return browser


def cards(browser: Client) -> Any:
    return browser.get("/wire/cards/")


def rendered(response: Any) -> int:
    """How many cards had their fold-outs made for this answer."""
    return [template.name for template in response.templates].count(FOLDS)


def test_the_fold_outs_of_a_card_are_made_once():
    browser = a_browser_that_has_seen("/?one=1", "/?two=2")
    first, again = cards(browser), cards(browser)
    assert (rendered(first), rendered(again)) == (2, 0)
    assert again.content.count(b"<summary>Request</summary>") == 2

    browser.get("/?three=3")
    assert rendered(cards(browser)) == 1


def test_each_card_has_its_own_fold_outs_whoever_looks_first():
    one, other = a_browser_that_has_seen("/?page=1"), a_browser_that_has_seen("/?page=2", "/?page=3")
    for _ in range(2):
        for browser, pages in ((one, {"1"}), (other, {"2", "3"})):
            shown = cards(browser).content.decode()
            assert {page for page in "123" if f"<code>{page}</code>" in shown} == pages


def test_what_is_cleared_is_shown_no_more():
    browser = a_browser_that_has_seen("/?page=1")
    assert b"<code>1</code>" in cards(browser).content
    browser.post("/wire/clear/")
    assert not Exchange.objects.exists()
    assert cards(browser).status_code == 204
