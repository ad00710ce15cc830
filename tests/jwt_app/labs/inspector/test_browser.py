"""The page in a real browser, with and without JavaScript, on a phone and on a projector."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.steps import get_token
from tests.fixtures.axe import found_by_axe
from tests.jwt_app.labs.inspector.conftest import hs256

pytestmark = [pytest.mark.browser, pytest.mark.live]

PATH = "/jwt/inspector/"


def usable_by_all(page: Page) -> None:
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found = found_by_axe(page)
        assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found] == []
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.set_viewport_size({"width": 1280, "height": 800})


def verdict(page: Page, words: str) -> None:
    expect(page.locator("#verdict")).to_contain_text(words)


def test_decode_verify_edit_and_sign_again_by_keyboard(demo: Any, page: Page) -> None:
    page.goto(demo.site + PATH)
    page.get_by_label("Token", exact=True).fill(hs256({"role": "user", "exp": 4102444800}, "workshop"))
    page.get_by_role("button", name="Inspect").press("Enter")
    verdict(page, "Not verified")
    expect(page.locator("#warnings")).to_contain_text("weak secrets")
    expect(page.locator("#payload-lines")).to_contain_text("2100-01-01")
    page.get_by_label("a secret").check()
    page.get_by_label("Key", exact=True).fill("workshop")
    page.get_by_role("button", name="Inspect").press("Enter")
    verdict(page, "The signature fits")
    page.get_by_text("Change it and sign it again").press("Enter")
    payload = page.get_by_label("Payload")
    payload.fill(payload.input_value().replace("user", "staff"))
    page.get_by_role("button", name="Sign", exact=True).press("Enter")
    verdict(page, "The signature fits")
    expect(page.locator("#payload-lines")).to_contain_text('"staff"')
    page.get_by_label("Key", exact=True).fill("another")
    page.get_by_role("button", name="Inspect").click()
    verdict(page, "Do not believe it")
    usable_by_all(page)
    assert page.url == f"{demo.site}{PATH}#found"


def test_the_sample_stands_there_without_scrolling(demo: Any, new_context: Any) -> None:
    page = new_context(viewport={"width": 1920, "height": 1080}).new_page()
    page.goto(demo.site + PATH)
    page.get_by_role("button", name="The classic sample").click()
    verdict(page, "The signature fits")
    expect(page.locator("#verdict")).to_be_in_viewport()
    expect(page.locator("#warnings")).to_be_in_viewport()
    expect(page.locator("#payload-lines")).to_contain_text("user_id")
    usable_by_all(page)


def test_my_token_goes_there_by_one_click_and_by_no_address(demo: Any, page: Page) -> None:
    page.goto(demo.site + PATH)
    expect(page.get_by_role("button", name="My access token")).to_be_hidden()
    get_token(page, demo.site)
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    page.goto(demo.site + PATH)
    page.get_by_role("button", name="My access token").click()
    verdict(page, "The signature fits")
    expect(page.locator("#payload-lines")).to_contain_text('"bob"')
    expect(page.locator("#warnings")).to_have_count(0)
    page.get_by_role("button", name="My refresh token").click()
    expect(page.locator("#warnings")).to_contain_text("It is a refresh token")
    assert not [address for address in addresses if "eyJ" in address]
    usable_by_all(page)


def test_it_works_without_javascript(demo: Any, new_context: Any) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto(demo.site + PATH)
    page.get_by_role("button", name="The classic sample").click()
    verdict(page, "The signature fits")
    expect(page.get_by_role("button", name=re.compile("My "))).to_have_count(0)


def test_a_phone_shows_a_long_token_and_its_faults(demo: Any, new_context: Any) -> None:
    page = new_context(viewport={"width": 360, "height": 740}).new_page()
    page.goto(demo.site + PATH)
    usable_by_all(page)
    page.set_viewport_size({"width": 360, "height": 740})
    page.get_by_label("Token", exact=True).fill(hs256({"x" * 300: "y" * 3000}) + "=.z")
    page.get_by_role("button", name="Inspect").click()
    verdict(page, "Not verified")
    expect(page.locator("#verdict")).to_be_in_viewport()
    usable_by_all(page)
