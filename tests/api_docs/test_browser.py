"""The page of the API in a real browser. `new_context` fails for a refused script or style, or a foreign address."""

from __future__ import annotations

import json

import pytest
import requests
from playwright.sync_api import Locator, Page, expect

from tests.e2e.steps import PASSWORD
from tests.e2e.test_accessibility import violations

pytestmark = [pytest.mark.browser, pytest.mark.live]


def open_endpoint(page: Page, path: str) -> Locator:
    """Unfold an endpoint and press “Try it out”."""
    block = page.locator(".opblock").filter(has=page.locator(f'.opblock-summary-path[data-path="{path}"]'))
    block.locator(".opblock-summary-control").click()
    block.get_by_role("button", name="Try it out").click()
    return block


def execute(block: Locator) -> tuple[str, str]:
    """Press “Execute” and return status and body of the answer."""
    block.get_by_role("button", name="Execute").click()
    answer = block.locator(".live-responses-table")
    answer.wait_for()
    return answer.locator(".response-col_status").last.inner_text(), answer.locator("pre").first.inner_text()


def authorize(page: Page, token: str) -> None:
    page.get_by_role("button", name="Authorize").first.click()
    page.locator(".modal-ux input").fill(token)
    page.locator(".modal-ux").get_by_role("button", name="Apply credentials").click()
    page.locator(".modal-ux").get_by_role("button", name="Close").last.click()


@pytest.fixture
def docs(demo, page: Page) -> Page:
    page.goto(f"{demo.site}/jwt/")
    page.get_by_role("link", name="the API").click()
    page.locator(".opblock").first.wait_for()
    return page


def test_a_token_is_got_and_used_on_the_page(demo, docs):
    who = open_endpoint(docs, "/jwt/api/me/")
    status, body = execute(who)
    assert (status.split()[0], json.loads(body)["code"]) == ("401", "not_authenticated")
    login = open_endpoint(docs, "/jwt/api/token/")
    login.locator("textarea").fill(json.dumps({"username": "bob", "password": PASSWORD}))
    status, body = execute(login)
    assert status.split()[0] == "200"
    authorize(docs, json.loads(body)["access"])
    who.get_by_role("button", name="Execute").click()
    expect(who.locator(".live-responses-table")).to_contain_text('"username": "bob"')


def test_the_cookie_s_endpoints_take_the_csrf_token_of_the_page(demo, docs):
    login = open_endpoint(docs, "/jwt/api/cookie/login/")
    login.locator("textarea").fill(json.dumps({"username": "bob", "password": PASSWORD}))
    status, body = execute(login)
    assert (status.split()[0], set(json.loads(body))) == ("200", {"access"})
    status, _ = execute(open_endpoint(docs, "/jwt/api/cookie/refresh/"))
    assert status.split()[0] == "200"


def test_what_was_typed_is_gone_with_the_page(demo, docs):
    authorize(docs, "a-token-of-somebody")
    docs.reload()
    docs.locator(".opblock").first.wait_for()
    kept = docs.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie, location.href])")
    assert "a-token-of-somebody" not in kept


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_unfolded_it_can_be_read_by_everybody_and_on_a_phone(docs, theme):
    docs.emulate_media(color_scheme=theme, reduced_motion="reduce")
    docs.set_viewport_size({"width": 360, "height": 740})
    login = open_endpoint(docs, "/jwt/api/token/")
    login.locator("textarea").fill('{"username": "bob", "password": "wrong"}')
    execute(login)
    assert violations(docs) == []
    assert docs.evaluate("document.documentElement.scrollWidth") <= 360
    ground = docs.locator("#api textarea").evaluate("element => getComputedStyle(element).backgroundColor")
    assert ground == ("rgb(255, 255, 255)" if theme == "light" else "rgb(27, 33, 43)")


def test_the_theme_of_the_site_is_followed_at_once(docs):
    docs.emulate_media(color_scheme="light")
    for chosen, dark in (("light", False), ("dark", True)):
        docs.get_by_role("button", name="Theme").click()
        assert docs.evaluate("document.documentElement.dataset.theme") == chosen
        docs.wait_for_function(f"document.documentElement.classList.contains('dark-mode') === {str(dark).lower()}")


def test_without_javascript_it_says_so_and_names_the_description(demo, new_context):
    page = new_context(java_script_enabled=False).new_page()
    page.goto(f"{demo.site}/jwt/api/docs/")
    assert "needs JavaScript" in page.get_by_role("main").inner_text()
    page.get_by_role("link", name="/jwt/api/schema/").click()
    expect(page.locator("body")).to_contain_text('"openapi"')


def test_asked_for_at_127_0_0_1_it_moves_as_every_page_does(demo):
    page = requests.get(demo.site.replace("localhost", "127.0.0.1") + "/jwt/api/docs/", timeout=30)
    assert page.url == f"{demo.site}/jwt/api/docs/"
