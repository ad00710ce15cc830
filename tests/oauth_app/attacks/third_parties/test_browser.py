"""The attacks on apps' access as a learner makes them: in a browser, without JavaScript, on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_accessibility import sweep
from tests.oauth_app.attacks.third_parties.conftest import BASE
from tests.oauth_app.attacks.third_parties.test_live import STOCK, VERDICT

pytestmark = [pytest.mark.browser, pytest.mark.live]


def predict(page: Page, site: str, slug: str, answer: str) -> None:
    page.goto(f"{site}{BASE}{slug}/")
    page.get_by_label(answer, exact=True).check()
    page.get_by_role("button", name="Keep my prediction").click()
    expect(page.get_by_role("heading", name="Now try it")).to_be_visible()


def send(page: Page) -> None:
    page.get_by_role("main").get_by_role("button", name="Send it", exact=True).click(timeout=90_000)
    expect(page.get_by_role("heading", name="Which line decided?")).to_be_visible(timeout=90_000)


def row(page: Page, name: str) -> list[str]:
    found = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=re.compile(name)))
    return [text.strip() for text in found.first.get_by_role("cell").all_inner_texts()]


@pytest.mark.parametrize(("slug", "said"), [("redirect-uri", VERDICT["redirect-uri"]), ("pkce", STOCK)])
def test_predict_send_and_see_why(demo, page, slug, said):
    predict(page, demo.site, slug, said)
    send(page)
    expect(page.locator(".lead")).to_contain_text(f"You were right: {said}")
    expect(page.locator(".oauth-checks td[data-label='This site'] .unsafe")).to_have_count(0)
    expect(page.locator(".oauth-checks td[data-label='allauth as it comes'] .unsafe")).to_have_count(4)
    expect(page.locator(".attack-lines")).to_contain_text("allauth/idp/oidc/internal/")
    expect(page.locator("#wire-cards")).to_contain_text("/identity/o/authorize")
    page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
    assert not re.search(r"code=[\w-]{8}|eyJ[\w-]{8}", page.locator(".attack-story").first.inner_html())
    assert sweep(page, demo.site, [f"{BASE}{slug}/"]) == []


def test_from_the_first_page_to_the_attacks_and_through_them(demo, page):
    page.goto(f"{demo.site}/oauth/")
    page.get_by_role("link", name="Attacks on apps' access").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Can somebody misuse what you allowed an app?")
    assert sweep(page, demo.site, [BASE]) == []
    page.get_by_role("button", name="Try it: Forged Allow").click()
    predict(page, demo.site, "forged-consent", "This site takes some of it, too.")
    send(page)
    expect(page.locator(".lead")).to_contain_text("What happened: Neither takes any of it.")
    page.get_by_role("button", name="Next attack: A copied refresh token").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("A refresh token was copied")


def test_without_javascript_and_on_a_phone(demo, new_context):
    page = new_context(java_script_enabled=False, viewport={"width": 360, "height": 800}).new_page()
    predict(page, demo.site, "silent", STOCK)
    send(page)
    expect(page.locator(".lead")).to_contain_text(f"You were right: {STOCK}")
    site, stock = row(page, "Another app, which this user has never seen")
    assert site.startswith("refuses 303")
    assert stock.startswith("takes it 302")
