"""The first five attacks on a sign-in as a learner makes them, and what a browser does with a frame."""

from __future__ import annotations

import re
from contextlib import closing

import pytest
from playwright.sync_api import Page, expect

from oauth_app.attacks.attempts import ATTACKS
from tests.e2e.test_accessibility import sweep
from tests.oauth_app.attacks.conftest import BASE

pytestmark = [pytest.mark.browser, pytest.mark.live]
RIGHT = "The naive app lets it through, and this site does not."
ONLY_NAIVE = "Only the naive app lets it through."  # where allauth as it comes is asked, and refuses


def predict(page: Page, site: str, slug: str, answer: str = RIGHT) -> None:
    page.goto(f"{site}{BASE}{slug}/")
    page.get_by_label(answer, exact=True).check()
    page.get_by_role("button", name="Keep my prediction").click()
    expect(page.get_by_role("heading", name="Now try it")).to_be_visible()


def send(page: Page) -> None:
    page.get_by_role("main").get_by_role("button", name="Send it", exact=True).click()
    expect(page.get_by_role("heading", name="Which line decided?")).to_be_visible(timeout=60_000)


def row(page: Page, name: str) -> list[str]:
    found = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=re.compile(name)))
    return [text.strip() for text in found.first.get_by_role("cell").all_inner_texts()]


def check_page(page: Page) -> None:
    base, path = re.fullmatch(r"(https?://[^/]+)(.*)", page.url).groups()  # type: ignore[union-attr]
    assert sweep(page, base, [path]) == []


@pytest.mark.parametrize("slug", [one.slug for one in ATTACKS.attempts if not one.more])
def test_predict_send_and_see_why(demo, page, slug):
    predict(page, demo.site, slug, ONLY_NAIVE if slug == "wrong-audience" else RIGHT)
    send(page)
    expect(page.locator(".lead")).to_contain_text("You were right")
    expect(page.locator(".attack-lines")).to_contain_text("WRONG")
    expect(page.locator("tr.naive .unsafe").first).to_have_text(re.compile("^(alice|mallory).outside$|^bob$"))
    expect(page.locator("tr.site .unsafe")).to_have_count(0)
    # The wire has it, too; and neither there nor in the story can a code or a token be read.
    expect(page.locator("#wire-cards")).to_contain_text("/oauth/attacks/naive/")
    page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
    assert not re.search(r"code=[\w-]{8}|eyJ[\w-]{8}", page.content())
    check_page(page)


def test_from_the_first_page_of_sign_ins_to_the_last_attack(demo, page):
    page.goto(f"{demo.site}/oauth/")
    page.get_by_role("link", name="Attacks", exact=True).click()
    more = page.get_by_role("button", name="Try it: Expired")
    expect(more).to_be_hidden()
    page.locator(".attacks-more summary").click()
    more.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("two hours old")
    predict(page, demo.site, "expired", "This site lets it through, too.")
    send(page)
    expect(page.locator(".lead")).to_contain_text(f"What happened: {ONLY_NAIVE}")
    assert row(page, "This site")[1] == "nobody"
    assert row(page, "allauth as it comes")[0].startswith("refuses it")
    assert row(page, "The naive app")[1] == "alice.outside"
    expect(page.get_by_text("That was the last one.")).to_be_visible()


def test_a_browser_shows_the_naive_page_in_a_frame_and_none_of_ours(demo, browser):
    """What the attack reads in the headers is what a browser does. It calls refusals errors: they are meant."""
    with closing(browser.new_context()) as context:
        page = context.new_page()
        for path, shown in (("/oauth/", False), (f"{BASE}naive/", False), (f"{BASE}naive/framed/", True)):
            page.set_content(f'<iframe name="inside" src="{demo.site}{path}"></iframe>')
            page.wait_for_load_state("networkidle")
            inside = page.frame("inside")
            assert inside
            assert bool(inside.get_by_role("heading", level=1).count()) == shown, path


def test_without_javascript_and_on_a_phone(demo, new_context):
    page = new_context(java_script_enabled=False, viewport={"width": 360, "height": 800}).new_page()
    predict(page, demo.site, "login-csrf", "Both let it through.")
    send(page)
    expect(page.locator(".lead")).to_contain_text(f"What happened: {RIGHT}")
    assert row(page, "The naive app")[1] == "mallory.outside"
