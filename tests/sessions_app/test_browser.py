"""In a real browser: two of them, by keyboard alone, without JavaScript, and with the back button."""

from __future__ import annotations

import pytest
import requests
from playwright.sync_api import expect

from tests.e2e.steps import PASSWORD, sign_in
from tests.e2e.test_accessibility import violations

pytestmark = [pytest.mark.browser, pytest.mark.live]


def test_one_browser_ends_the_other(demo, new_context):
    here, phone = new_context().new_page(), new_context(user_agent="A phone of bob's").new_page()
    sign_in(here, demo.site, "bob")
    sign_in(phone, demo.site, "bob")
    here.goto(f"{demo.site}/sessions/devices/")
    card = here.get_by_role("listitem").filter(has_text="A phone of bob's").first
    card.get_by_role("button", name="End").click()
    expect(here.get_by_role("status")).to_contain_text("Ended")
    phone.reload()
    expect(phone).to_have_url(f"{demo.site}/sessions/login/?next=/sessions/")
    expect(phone.get_by_role("region", name="What this browser holds")).to_contain_text("no session")
    here.reload()
    expect(here.get_by_role("heading", name="Where are you signed in?")).to_be_visible()


def test_by_keyboard_and_without_javascript(demo, new_context):
    page = new_context(java_script_enabled=False).new_page()
    page.goto(f"{demo.site}/sessions/devices/")
    keys = page.keyboard
    expect(page.get_by_label("User name")).to_be_focused()
    keys.type("alice")
    keys.press("Tab")
    keys.type(PASSWORD)
    keys.press("Enter")
    page.wait_for_url(f"{demo.site}/sessions/devices/")
    page.get_by_role("link", name="Back to my session").press("Enter")
    page.wait_for_url(f"{demo.site}/sessions/")
    page.get_by_role("main").get_by_role("button", name="End session").press("Enter")
    page.wait_for_url(f"{demo.site}/")


def test_the_back_button_shows_nothing_after_the_sign_out(demo, page):
    sign_in(page, demo.site)
    page.get_by_role("main").get_by_role("button", name="End session").click()
    page.wait_for_url(f"{demo.site}/")
    page.go_back()
    expect(page).to_have_url(f"{demo.site}/sessions/login/?next=/sessions/")


def test_no_script_can_read_the_cookie(demo, page):
    sign_in(page, demo.site)
    assert "authdemo_session" not in page.evaluate("document.cookie")
    assert "authdemo_session" in {cookie["name"] for cookie in page.context.cookies()}


FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.5 Mobile/15E148 Safari/604.1"
)


def status_of(page, site: str) -> int:
    return int(page.evaluate("url => fetch(url).then(answer => answer.status)", f"{site}/sessions/api/whoami/"))


def test_all_others_end_with_one_button_and_each_is_named(demo, new_context):
    here, desk, phone = (
        new_context(user_agent=agent).new_page() for agent in (None, FIREFOX, IPHONE)
    )  # fmt: skip
    somebody_else = new_context().new_page()
    sign_in(somebody_else, demo.site, "bob")
    for page in (desk, phone, here):
        sign_in(page, demo.site, "teacher")
    here.goto(f"{demo.site}/sessions/devices/")
    cards = here.get_by_role("main").get_by_role("listitem")
    expect(cards.filter(has_text="Firefox on Linux").filter(has_text="Another browser")).to_be_visible()
    expect(cards.filter(has_text="Mobile Safari on iOS").filter(has_text="Last seen")).to_be_visible()
    expect(cards.first).to_contain_text("This browser")
    expect(here.get_by_role("main")).not_to_contain_text("bob")
    here.get_by_role("button", name="End all others").click()
    expect(here.get_by_role("status")).to_contain_text("This one goes on.")
    expect(here.get_by_role("button", name="End all others")).to_have_count(0)
    assert [status_of(page, demo.site) for page in (here, desk, phone, somebody_else)] == [200, 401, 401, 200]


def test_somebody_elses_session_is_not_found_by_its_number(demo, new_context):
    bobs, alices = new_context().new_page(), new_context().new_page()
    sign_in(bobs, demo.site, "bob")
    sign_in(alices, demo.site, "alice")
    bobs.goto(f"{demo.site}/sessions/devices/")
    number = bobs.locator("form[action*=revoke]").first.get_attribute("action")
    alices.goto(f"{demo.site}/sessions/devices/")
    form = alices.locator("main li form").first
    form.evaluate("(form, action) => { form.action = action }", number)
    with alices.expect_response(lambda response: response.url.endswith(str(number))) as answer:
        form.get_by_role("button").click()
    assert answer.value.status == 404
    expect(alices.get_by_role("heading", level=1)).to_have_text("That session is not among yours")
    assert [status_of(page, demo.site) for page in (bobs, alices)] == [200, 200]


def test_a_new_password_ends_the_phone_and_not_this_browser(demo, new_context):
    demo.shell(f"User.objects.create_user('pia', 'pia@example.com', {PASSWORD!r})")
    try:
        here, phone = new_context().new_page(), new_context(user_agent=IPHONE).new_page()
        for page in (here, phone):
            sign_in(page, demo.site, "pia")
        here.goto(f"{demo.site}/sessions/devices/")
        here.get_by_role("link", name="Change my password").click()
        here.get_by_label("Old password").fill("not that one")
        here.get_by_label("New password", exact=False).first.fill("a much better phrase")
        here.get_by_label("New password confirmation").fill("a much better phrase")
        here.get_by_role("button", name="Change password").click()
        expect(here.locator(".errorlist")).to_be_visible()
        for theme in ("light", "dark"):
            here.emulate_media(color_scheme=theme, reduced_motion="reduce")
            assert violations(here) == []
        assert [status_of(page, demo.site) for page in (here, phone)] == [200, 200]
        for label, value in (
            ("Old password", PASSWORD),
            ("New password:", "a much better phrase"),
            ("New password confirmation", "a much better phrase"),
        ):
            here.get_by_label(label).fill(value)
        here.get_by_role("button", name="Change password").click()
        expect(here.get_by_role("status")).to_contain_text("Ended 1 other session. This one goes on, with a new ID.")
        assert [status_of(page, demo.site) for page in (here, phone)] == [200, 401]
    finally:
        demo.shell("User.objects.filter(username='pia').delete()")


def test_the_dashboard_counts_what_this_request_cost(demo, page):
    sign_in(page, demo.site)
    figure = page.locator("p.figure")
    expect(figure).to_contain_text("1 statement, 1 cache call")  # cached_db, as the demo runs
    expect(page.get_by_role("main")).to_contain_text("Off, because this page came over plain HTTP.")
    cookie = next(one["value"] for one in page.context.cookies() if one["name"] == "authdemo_session")
    assert cookie not in page.content()
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        assert violations(page) == []


ELSEWHERE = [
    "//evil.example", "/\\evil.example", "///evil.example", "////evil.example", "\\\\evil.example", "https://evil.example",
    "https:evil.example", "https:///evil.example", "http:/evil.example", "/\t/evil.example", "/\n/evil.example",
    "/\r\\evil.example", "\t//evil.example", "\x00//evil.example", "\x1f//evil.example", " //evil.example",
    "\u00a0//evil.example", "javascript:alert(1)", "java\nscript:alert(1)", "data:text/html,x",
    "//evil.example@localhost",
    "/%2F/evil.example", "/%5Cevil.example", "%2F%2Fevil.example", "/.//evil.example", "/..//evil.example",
    "/／evil.example", "//evil。example", ".evil.example", "@evil.example", ":80/evil.example", "//localhost:1/",
]  # fmt: skip


def test_wherever_next_points_a_browser_stays_on_this_site(demo, page):
    """Chromium itself says where an address leads: its parser is the one that counts."""
    sign_in(page, demo.site)
    http = requests.Session()
    for cookie in page.context.cookies():
        http.cookies.set(cookie["name"], cookie["value"], domain="localhost.local")
    for target in ELSEWHERE:
        answer = http.get(f"{demo.site}/sessions/login/", params={"next": target}, allow_redirects=False, timeout=30)
        assert answer.status_code == 302, target
        where = page.evaluate(
            "([address, base]) => new URL(address, base).origin", [answer.headers["Location"], answer.url]
        )
        assert where == demo.site, target
