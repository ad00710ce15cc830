"""Start over as a person does it: the token of the tab ends as well."""

from __future__ import annotations

import json

import pytest
import requests
from playwright.sync_api import expect

from tests.e2e.steps import get_token, sign_in
from tests.e2e.test_accessibility import sweep

pytestmark = [pytest.mark.browser, pytest.mark.live]


def refresh(demo, token):
    return requests.post(f"{demo.site}/jwt/api/token/refresh/", json={"refresh": token}, timeout=10)


def held(page):
    return json.loads(page.evaluate("sessionStorage.getItem('authdemo.tokens')") or "null")


def test_everything_of_this_browser_ends_and_nothing_of_another(demo, page, new_context):
    other = new_context().new_page()
    for one in (page, other):
        sign_in(one, demo.site, "alice")
        get_token(one, demo.site, "bob")
    token = held(page)["refresh"]

    page.get_by_role("link", name="Start over").click()
    expect(page.locator("#start-over")).to_contain_text("those of bob in this tab")
    assert token not in page.content()
    assert sweep(page, demo.site, ["/start-over/"]) == []
    page.get_by_role("button", name="Start over").click()

    expect(page.get_by_role("status")).to_have_text(
        "You start over. Ended: the session of alice and the tokens of bob."
    )
    expect(page).to_have_url(f"{demo.site}/")
    banner = page.get_by_role("banner")
    expect(banner).to_contain_text("no session")
    expect(banner).to_contain_text("no access token in this tab")
    assert held(page) is None
    assert refresh(demo, token).json()["code"] == "token_revoked"

    other.reload()
    expect(other.get_by_role("banner")).to_contain_text("Session alice")
    expect(other.locator("#token-chip")).to_contain_text("bob")
    assert refresh(demo, held(other)["refresh"]).status_code == 200


def test_the_sign_in_of_a_refresh_token_in_a_cookie_ends_as_well(demo, page):
    page.goto(f"{demo.site}/start-over/")
    status = page.evaluate(
        """async ([url, body]) => {
            const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
            const headers = {"X-CSRFToken": token, "Content-Type": "application/json"};
            return (await fetch(url, {method: "POST", headers, body: JSON.stringify(body)})).status;
        }""",
        ["/jwt/api/cookie/login/", {"username": "bob", "password": "workshop-2026"}],
    )
    assert status == 200
    [token] = [
        one["value"] for one in page.context.cookies(f"{demo.site}/jwt/api/cookie/") if "refresh" in one["name"]
    ]
    assert page.evaluate("document.cookie") == ""
    page.get_by_role("button", name="Start over").click()
    expect(page).to_have_url(f"{demo.site}/")
    assert [one["name"] for one in page.context.cookies() if one["name"] == "authdemo_refresh"] == []
    assert refresh(demo, token).json()["code"] == "token_revoked"


def test_a_server_that_refuses_leaves_the_token_in_its_tab(demo, page):
    get_token(page, demo.site, "bob")
    page.goto(f"{demo.site}/start-over/")
    page.evaluate("document.querySelector('#start-over [name=csrfmiddlewaretoken]').value = 'old'")
    page.get_by_role("button", name="Start over").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The form was refused")
    assert held(page)["refresh"]


def test_without_javascript_the_session_ends(demo, new_context):
    page = new_context(java_script_enabled=False).new_page()
    sign_in(page, demo.site, "alice")
    page.get_by_role("link", name="Start over").click()
    page.get_by_role("button", name="Start over").click()
    expect(page.get_by_role("status")).to_have_text("You start over. Ended: the session of alice.")
