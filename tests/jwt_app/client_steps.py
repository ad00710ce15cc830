"""What a person does on the page of the client, as functions."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import Page, expect

from tests.fixtures.axe import found_by_axe

PASSWORD = "workshop-2026"


def sign_in(page: Page, site: str, password: str = PASSWORD) -> None:
    page.goto(f"{site}/jwt/")
    get_tokens(page, password)


def get_tokens(page: Page, password: str = PASSWORD) -> None:
    page.get_by_label("User name").fill("alice")
    page.get_by_label("Password").fill(password)
    page.get_by_role("main").get_by_role("button", name="Get tokens").click()


def tokens(page: Page, area: str = "sessionStorage") -> dict[str, str]:
    kept = json.loads(page.evaluate(f"{area}.getItem('authdemo.tokens')") or "{}")
    return {name: kept[name] for name in ("access", "refresh") if name in kept}


def keep(page: Page, label: str) -> None:
    """Choose where the page keeps its tokens."""
    page.get_by_label(label, exact=False).check()


def says(page: Page, words: str) -> None:
    expect(page.locator("#status")).to_contain_text(words)


def call(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("button", name=name).click()


def violations(page: Page) -> list[str]:
    found = found_by_axe(page)
    return [f"{one['id']}: {node['html']} {node['failureSummary']}" for one in found for node in one["nodes"]]


def logged(page: Page, path: str) -> Any:
    return page.locator("#log summary", has_text=path)
