"""Each way in by a provider, as a person sees it in a browser."""

from __future__ import annotations

import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.steps import PASSWORD, sign_in
from tests.fixtures.axe import found_by_axe

pytestmark = [pytest.mark.browser, pytest.mark.live]

PROVIDERS = ["GitHub", "Google", "Outside ID"]


@pytest.fixture
def site(demo):
    """The site's address, without users that earlier tests made by a provider."""
    demo.shell("User.objects.filter(socialaccount__isnull=False).delete()")
    return demo.site


def press(page: Page, text: str) -> None:
    page.get_by_role("main").get_by_role("button", name=text, exact=True).click()


def at_the_provider(page: Page, name: str = "alice.outside", answer: str = "Allow") -> None:
    """Sign in there where asked, and answer."""
    page.wait_for_url("http://127.0.0.1:*/**")
    if page.get_by_label("Password").count():
        page.locator("input[name=username]").fill(name)
        page.locator("input[name=password]").fill(PASSWORD)
        page.locator("main").get_by_role("button", name=re.compile("^(Sign in|Next|Continue)")).first.click()
    page.get_by_role("button", name=answer, exact=False).first.click()
    page.wait_for_url("http://localhost:*/**")


def sign_in_with(page: Page, site: str, provider: str, name: str = "alice.outside", answer: str = "Allow") -> None:
    page.goto(f"{site}/oauth/")
    press(page, f"Sign in with {provider}")
    at_the_provider(page, name, answer)


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def check_accessible(page: Page) -> None:
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        found = found_by_axe(page)
        assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found] == [], theme
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.set_viewport_size({"width": 1280, "height": 800})


def end_session(page: Page) -> None:
    page.get_by_role("banner").get_by_role("button", name="End session").click()
    page.wait_for_load_state()


@pytest.mark.parametrize("provider", PROVIDERS)
def test_first_and_second_visit(site, page, provider):
    posted = []
    page.on("request", lambda request: posted.append((request.url, request.post_data or "")))
    sign_in_with(page, site, provider)
    heading(page, "OAuth has finished. This is an ordinary Django session now.")
    expect(page.get_by_text("A new user was made")).to_be_visible()
    expect(page.get_by_role("banner")).to_contain_text(f"opened by {provider}")
    check_accessible(page)
    # The password was sent to the provider's origin and to no other.
    assert {url.split("/")[2] for url, body in posted if PASSWORD in body}.isdisjoint({site.split("/")[2]})
    page.get_by_role("button", name="Look at the session").click()
    expect(page).to_have_url(f"{site}/sessions/")
    end_session(page)
    page.goto(f"{site}/oauth/")
    expect(page.get_by_text(f"{provider} may still know you.")).to_be_visible()
    check_accessible(page)
    press(page, f"Sign in with {provider}")
    expect(page.locator("input[name=password]")).to_have_count(0)  # no password: the provider still knew
    at_the_provider(page)
    expect(page.get_by_text("Welcome back")).to_be_visible()


def test_signing_out_at_the_provider_too(demo, site, page):
    sign_in_with(page, site, "GitHub")
    end_session(page)
    page.goto(f"{site}/oauth/")
    page.get_by_role("link", name="Sign out at GitHub too").click()
    expect(page).to_have_url(f"{demo.providers}/github/logout")
    page.get_by_role("button", name="Sign out").first.click()
    page.goto(f"{site}/oauth/")
    press(page, "Sign in with GitHub")
    expect(page.locator("input[name=password]")).to_be_visible()


def test_second_provider_with_the_same_address(site, page, new_context):
    sign_in_with(page, site, "GitHub")
    other = new_context().new_page()
    sign_in_with(other, site, "Google")
    heading(other, "You have an account here already, made with GitHub")
    expect(other.get_by_text("no session")).to_be_visible()
    check_accessible(other)
    press(other, "Sign in with GitHub")
    at_the_provider(other)
    expect(other.get_by_text("Now connect Google.")).to_be_visible()
    check_accessible(other)
    other.locator(".note").get_by_role("button", name="Connect Google").click()
    at_the_provider(other)
    expect(other).to_have_url(f"{site}/oauth/connections/")
    expect(other.get_by_role("heading", name="Google", exact=True)).to_be_visible()
    end_session(other)
    sign_in_with(other, site, "Google")
    expect(other.get_by_text("Welcome back")).to_be_visible()


def test_the_address_of_a_password_account(demo, site, page):
    demo.shell("User.objects.create_user('pat', 'alice@outside.example', 'workshop-2026')")
    try:
        sign_in_with(page, site, "Outside ID")
        heading(page, "You have an account here already")
        check_accessible(page)
        page.get_by_role("button", name="Sign in with your password").click()
        page.get_by_label("User name").fill("pat")
        page.get_by_label("Password").fill(PASSWORD)
        press(page, "Sign in")
        expect(page.get_by_text("Now connect Outside ID.")).to_be_visible()
    finally:
        demo.shell("User.objects.filter(username='pat').delete()")


def test_signed_in_already_connect_or_switch(site, page):
    sign_in(page, site, "bob")
    page.goto(f"{site}/oauth/")
    press(page, "Sign in with GitHub")
    heading(page, "You are signed in as bob. Connect, or switch?")
    check_accessible(page)
    expect(page.get_by_role("banner")).to_contain_text("bob, opened by password")
    press(page, "End session and sign in")
    at_the_provider(page)
    expect(page.get_by_role("banner")).to_contain_text("alice.outside, opened by GitHub")


def test_signed_in_already_connect(demo, site, page):
    sign_in(page, site, "bob")
    page.goto(f"{site}/oauth/")
    press(page, "Sign in with GitHub")
    press(page, "Connect GitHub")
    at_the_provider(page)
    expect(page).to_have_url(f"{site}/oauth/connections/")
    expect(page.get_by_role("banner")).to_contain_text("bob, opened by password")
    page.get_by_role("button", name="Disconnect GitHub").click()
    expect(page.get_by_text("No account is connected.")).to_be_visible()
    demo.shell("assert not User.objects.get(username='bob').socialaccount_set.exists()")


def test_signed_in_in_another_tab_meanwhile(site, page):
    page.goto(f"{site}/oauth/")
    press(page, "Sign in with GitHub")
    page.wait_for_url("http://127.0.0.1:*/**")
    other_tab = page.context.new_page()
    sign_in(other_tab, site, "bob")
    at_the_provider(page)
    heading(page, "You are signed in as bob. Connect, or switch?")
    expect(page.get_by_text("Nothing has changed yet.")).to_be_visible()
    check_accessible(page)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_consent_denied(site, page, provider):
    sign_in_with(page, site, provider, answer="Deny")
    heading(page, f"You said no at {provider}")
    expect(page.get_by_text("no session")).to_be_visible()
    check_accessible(page)
    press(page, f"Try again with {provider}")
    at_the_provider(page)
    heading(page, "OAuth has finished. This is an ordinary Django session now.")


def test_back_to_the_callback(site, page):
    callbacks = []
    page.on("request", lambda request: callbacks.append(request.url) if "/callback/?" in request.url else None)
    sign_in_with(page, site, "GitHub")
    page.goto(callbacks[-1])
    heading(page, "This sign-in is over")
    expect(page.get_by_text("You are signed in already, as alice.outside")).to_be_visible()
    check_accessible(page)
    end_session(page)
    page.goto(callbacks[-1])
    expect(page.get_by_text("Nobody was signed in here.")).to_be_visible()
    check_accessible(page)


def test_an_unverified_address_opens_nothing(site, page):
    sign_in_with(page, site, "Outside ID", "eve.outside")
    heading(page, "Outside ID has not verified your e-mail address")
    expect(page.get_by_text("no session")).to_be_visible()
    check_accessible(page)


def test_a_deactivated_user(demo, site, page):
    sign_in_with(page, site, "GitHub", "mallory.outside")
    end_session(page)
    demo.shell("User.objects.filter(username='mallory.outside').update(is_active=False)")
    sign_in_with(page, site, "GitHub", "mallory.outside")
    heading(page, "Your account here is not active")
    check_accessible(page)


def test_the_whole_way_by_keyboard(site, page):
    page.goto(f"{site}/oauth/")
    page.get_by_role("button", name="Sign in with GitHub").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("http://127.0.0.1:*/**")
    page.locator("input[name=username]").fill("bob.outside")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    allow = page.get_by_role("button", name="Allow").first
    allow.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site}/oauth/signed-in/")


def test_without_javascript(site, new_context):
    page = new_context(java_script_enabled=False).new_page()
    sign_in_with(page, site, "Google", "bob.outside")
    heading(page, "OAuth has finished. This is an ordinary Django session now.")


class Healthy(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


def test_with_the_stand_ins_off_the_page_says_so_and_comes_alive_by_itself(lonely_site, page):
    site, port = lonely_site
    page.goto(f"{site}/oauth/")
    expect(page.get_by_text("The stand-ins do not answer.")).to_be_visible()
    expect(page.get_by_text("python manage.py demo --outside", exact=True)).to_be_visible()
    check_accessible(page)
    with ThreadingHTTPServer(("127.0.0.1", port), Healthy) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        expect(page.get_by_text("The stand-ins answer now.")).to_be_visible()
        expect(page.get_by_text("The stand-ins do not answer.")).to_have_count(0)
        server.shutdown()


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_button_of_a_stand_in_that_is_off_does_not_leave_the_site(lonely_site, page, provider):
    site, _ = lonely_site
    page.goto(f"{site}/oauth/")
    press(page, f"Sign in with {provider}")
    heading(page, f"The sign-in with {provider} did not work")
    expect(page.get_by_text("It cannot be reached.")).to_be_visible()
    expect(page.get_by_text("python manage.py demo --outside", exact=True)).to_be_visible()
    check_accessible(page)
