"""The pages of the three companies in a real browser: for everybody, in both themes, on a phone and by keyboard."""

from __future__ import annotations

import pytest
import requests
from playwright.sync_api import expect

from tests.demo.visitor import PASSWORD
from tests.e2e.test_accessibility import sweep, violations

pytestmark = [pytest.mark.browser, pytest.mark.live]
every_company = pytest.mark.parametrize("company", ["github", "google", "oidc"])


def sign_in(page, name="alice.outside", password=PASSWORD):
    page.get_by_label("User name or e-mail").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


@every_company
def test_nothing_stands_in_anybodys_way(outside, page, client_of, company):
    wrong = client_of(company).request_url(redirect_uri="http://evil.example/").removeprefix(outside.url)
    for_everybody = [f"/{company}/", f"/{company}/login", f"/{company}/logout", "/nothing", wrong]
    assert sweep(page, outside.url, for_everybody) == []

    page.goto(f"{outside.url}/{company}/login")
    sign_in(page, password="wrong")
    expect(page.get_by_role("alert")).to_be_visible()
    assert violations(page) == []

    sign_in(page)
    expect(page.get_by_text("You are signed in here")).to_be_visible()
    consent = client_of(company).request_url().removeprefix(outside.url)
    pages = [f"/{company}/{name}" for name in ("", "login", "logout", "apps", "signup")]
    assert sweep(page, outside.url, [consent, *pages]) == []


@every_company
def test_the_whole_way_by_keyboard_and_without_javascript(outside, new_context, client_of, company):
    client = client_of(company)
    page = new_context(java_script_enabled=False).new_page()
    page.goto(client.request_url())
    page.get_by_label("User name or e-mail").focus()
    page.keyboard.type("alice.outside")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Allow Authdemo?")).to_be_visible()
    page.get_by_role("button", name="Allow").focus()
    # No site answers in this test: the browser's last step is what we look at.
    with page.expect_request(lambda request: request.url.startswith(client.redirect_uri)) as last:
        page.keyboard.press("Enter")
    assert f"state={client.state}" in last.value.url
    assert "code=" in last.value.url


def test_outside_id_asks_before_it_signs_out_for_an_app(outside, page):
    page.goto(f"{outside.url}/oidc/login")
    sign_in(page)
    assert sweep(page, outside.url, ["/oidc/identity/o/logout"]) == []
    page.get_by_role("button", name="Sign out of Outside ID").click()
    expect(page.get_by_text("Nobody is signed in here")).to_be_visible()


def test_the_log_has_no_token_that_somebody_put_into_an_address(outside):
    for path in ("/oidc/SECRET-TOKEN/", "/SECRET-TOKEN/oidc", "/oidc/?token=SECRET-TOKEN", "/google/token"):
        requests.get(outside.url + path, timeout=10)
    log = outside.log.read_text()
    assert "SECRET" not in log
    assert "GET /oidc/.../ 404" in log
    assert "GET /google/token " in log
