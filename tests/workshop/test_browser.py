"""The tour as learners take it: one who does all, one who skips, by keyboard, on a phone, without JavaScript."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
import requests
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.steps import PASSWORD
from tests.fixtures.axe import found_by_axe
from tests.workshop import learner

pytestmark = [pytest.mark.browser, pytest.mark.live]


@pytest.fixture
def site(demo) -> str:
    """The site's address, without users that earlier tests made by a provider."""
    demo.shell("User.objects.filter(socialaccount__isnull=False).delete()")
    address: str = demo.site
    return address


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def tokens(page: Page) -> dict[str, str]:
    kept: dict[str, str] = json.loads(page.evaluate("sessionStorage.getItem('authdemo.tokens')") or "{}")
    return kept


def check_accessible(page: Page) -> None:
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        found = found_by_axe(page)
        seen = "; ".join(f"{one['id']} {[node['target'] for node in one['nodes']]}" for one in found)
        assert not found, f"{page.url} {theme}: {seen}"
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360, page.url
    page.set_viewport_size({"width": 1280, "height": 800})


def test_the_whole_tour(site, page):
    learner.start(page, site)
    check_accessible(page)
    learner.session(page)
    expect(page.locator("#tour-status")).to_contain_text("1 statement, 1 cache call")
    expect(page.get_by_text("row of the table django_session")).to_be_visible()
    check_accessible(page)

    learner.next_step(page)
    learner.token(page)
    expect(page.locator("#tour-payload")).to_contain_text('"username": "bob"')
    expect(page.locator("#tour-figures")).to_contain_text("0 statements, 0 cache calls")
    stolen = tokens(page)["access"]
    check_accessible(page)

    learner.next_step(page)
    check_accessible(page)
    learner.thief(page)
    expect(page.get_by_role("row", name="While you were signed in 200 gets in 200 gets in")).to_be_visible()
    expect(page.get_by_role("row", name="After you signed out 401 stays out 200 gets in")).to_be_visible()
    expect(page.get_by_text("You expected: “Neither copy. I signed out.”")).to_be_visible()
    expect(page.locator("#tour-countdown")).to_contain_text(re.compile(r"another 14:\d\d"))
    expect(page.get_by_role("banner")).to_contain_text("no session")
    expect(page.get_by_role("banner")).to_contain_text("no access token in this tab")
    assert tokens(page) == {}
    # What the page says is so: the copy still opens the API, and its refresh token was ended.
    bearer = {"Authorization": f"Bearer {stolen}"}
    assert requests.get(f"{site}/jwt/api/whoami/", headers=bearer, timeout=10).status_code == 200
    learner.main_button(page, "Let the thief try once more")
    expect(page.get_by_role("row", name="Tried once more 401 stays out 200 gets in")).to_be_visible()
    check_accessible(page)

    learner.next_step(page)
    check_accessible(page)
    posted: list[tuple[str, str]] = []
    page.on("request", lambda request: posted.append((request.url, request.post_data or "")))
    learner.providers(page)
    providers = {url.split("/")[2] for url, body in posted if PASSWORD in body}
    password = page.locator(".tour-legs .password").first
    expect(password).to_contain_text("browser → provider")
    expect(password).to_contain_text("your password")
    (provider,) = providers  # one host, and the page names it
    expect(password).to_contain_text(provider)
    expect(page.get_by_text("no request to this site carried a password").first).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("^An ID token"))).to_contain_text(re.compile(r"No\..*Yes\."))
    expect(page.get_by_role("row", name=re.compile("^In the answer"))).to_contain_text("id_token")
    check_accessible(page)

    learner.next_step(page)
    check_accessible(page)
    learner.case(page)
    expect(page.get_by_role("heading", name="A Django session for people in browsers")).to_be_visible()
    learner.next_step(page)
    heading(page, "You have seen the difference")
    expect(page.get_by_text("You predicted: Neither copy. I signed out.")).to_be_visible()
    expect(page.get_by_text("The copy of the access token gets in, the cookie does not.")).to_be_visible()
    expect(page.get_by_text("Not what you expected.")).to_be_visible()
    check_accessible(page)
    page.goto(f"{site}/workshop/tour/")
    heading(page, "You have done the tour")


def test_tokens_from_before_the_tour_are_good_enough(site, page):
    page.goto(f"{site}/jwt/")
    page.get_by_label("User name").fill("bob")
    page.get_by_label("Password").fill(PASSWORD)
    learner.main_button(page, "Get tokens")
    expect(page.locator("#tokens")).to_be_visible()
    learner.start(page, site)
    page.goto(f"{site}/workshop/tour/2/")
    learner.main_button(page, "Who am I?")
    learner.status(page, "Step 2 is done")


def test_who_skips_a_step_is_not_told_that_it_is_done(site, page):
    learner.start(page, site)
    learner.session(page)
    learner.next_step(page)
    page.get_by_role("link", name="GitHub", exact=True).click()  # no token, no prediction
    learner.providers(page)
    learner.next_step(page)
    learner.case(page)
    learner.next_step(page)
    heading(page, "Not done yet: 3 of 5 steps")
    expect(page.get_by_role("row", name=re.compile("How can a token"))).to_contain_text("Not done.")
    expect(page.get_by_role("row", name=re.compile("A thief has a copy"))).to_contain_text("Not done.")
    learner.main_button(page, "Go on with step 2")
    page.get_by_role("navigation", name="Steps of the tour").get_by_role("link", name="Thief").click()
    expect(page.get_by_text("This step needs what you get before it.")).to_be_visible()
    learner.predict(page)
    expect(page.get_by_role("button", name="Sign me out, and let the thief try")).to_be_disabled()
    expect(page.get_by_text("This tab holds no access token")).to_be_visible()
    page.get_by_role("banner").get_by_role("button", name="End session").click()
    expect(page).to_have_url(f"{site}/workshop/tour/3/")  # and not thrown out of the tour
    expect(page.get_by_text("This browser has no session any more.")).to_be_visible()
    expect(page.get_by_role("heading", name="Still to do")).to_be_visible()


def test_almost_does_not_count(site, page):
    learner.start(page, site)
    page.get_by_label("Password").fill("wrong")
    learner.main_button(page, "Sign in")
    expect(page.get_by_role("alert")).to_contain_text("do not fit together")
    expect(page.get_by_label("Password")).to_be_focused()
    page.get_by_label("Password").fill(PASSWORD)
    learner.main_button(page, "Sign in")
    expect(page).to_have_url(f"{site}/workshop/tour/1/")  # it led back
    expect(page.get_by_role("heading", name="Still to do")).to_be_visible()
    page.goto(f"{site}/workshop/tour/2/")
    page.get_by_label("Password").fill("wrong")
    learner.main_button(page, "Get tokens")
    expect(page.locator("#tour-refused")).to_contain_text(re.compile("account|password", re.IGNORECASE))
    page.get_by_label("Password").fill(PASSWORD)
    learner.main_button(page, "Get tokens")
    expect(page.locator("#tour-status").get_by_text("You have tokens.")).to_be_visible()
    expect(page.get_by_role("heading", name="Still to do")).to_be_visible()


def test_on_a_phone_by_keyboard_alone(site, new_context):
    page = new_context(viewport={"width": 360, "height": 740}).new_page()
    page.goto(f"{site}/workshop/tour/")
    press(page, "Start")
    type_into(page, "Password")
    learner.status(page, "Still to do")
    press(page, "Who am I?")
    learner.status(page, "Step 1 is done")
    press(page, "Next: step 2")
    type_into(page, "Password")
    expect(page.locator("#tour-whoami")).to_be_focused()  # where one goes on
    page.keyboard.press("Enter")
    learner.status(page, "Step 2 is done")
    press(page, "Next: step 3")
    page.get_by_label("Both copies get in.").focus()
    page.keyboard.press("Space")
    press(page, "Keep my prediction")
    press(page, "Sign me out, and let the thief try")
    learner.status(page, "Step 3 is done")
    press(page, "Next: step 4")
    for name in ("Sign in with GitHub", "Ask Google"):
        press(page, name)
        page.wait_for_url("http://127.0.0.1:*/**")
        page.locator("input[name=username]").fill("bob.outside")
        page.locator("input[name=password]").focus()
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        allow = page.get_by_role("button", name="Allow").first
        allow.focus()
        page.keyboard.press("Enter")
        page.wait_for_url(f"{site}/workshop/tour/4/")
    learner.status(page, "Step 4 is done")
    press(page, "Next: step 5")
    page.get_by_label("Other people's apps, on behalf of my users").check()
    press(page, "Answer")
    learner.status(page, "Step 5 is done")
    press(page, "See the result")
    heading(page, "You have seen the difference")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def press(page: Page, name: str) -> None:
    """Go to a button by focus, as Tab does, and press Enter. It must be seen there."""
    button = page.get_by_role("main").get_by_role("button", name=name, exact=True)
    button.focus()
    expect(button).to_be_focused()
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    shadow = page.evaluate("getComputedStyle(document.activeElement).boxShadow")
    assert outline != "none" or shadow != "none", name
    page.keyboard.press("Enter")


def type_into(page: Page, label: str) -> None:
    page.get_by_label(label).focus()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")


def test_tab_reaches_all_that_can_be_used_in_a_step(site, page):
    learner.start(page, site)
    usable = page.get_by_role("main").locator("a[href], button:enabled, input:not([type=hidden]), summary")
    left = usable.evaluate_all(
        "all => all.filter(one => one.checkVisibility()).map((one, number) => one.dataset.tab = `${number}`)"
    )
    assert len(left) > 8  # the steps, the form and its button
    for _ in range(60):
        page.keyboard.press("Tab")
        number = page.evaluate("document.activeElement.dataset.tab || ''")
        left = [one for one in left if one != number]
    assert not left


def test_left_and_resumed_in_another_tab(site, page):
    learner.start(page, site)
    learner.session(page)
    page.close()
    other = page.context.new_page()
    other.goto(site)
    other.get_by_role("button", name="Start: ten minutes, five steps").click()
    heading(other, "Go on with the tour")
    learner.main_button(other, "Go on with step 2")
    learner.token(other)


def test_a_step_done_elsewhere_turns_green_by_itself(site, page):
    learner.start(page, site)
    elsewhere = page.context.new_page()
    elsewhere.goto(f"{site}/sessions/login/")
    elsewhere.get_by_label("User name").fill("alice")
    elsewhere.get_by_label("Password").fill(PASSWORD)
    elsewhere.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(elsewhere).to_have_url(f"{site}/sessions/")
    elsewhere.goto(f"{site}/sessions/api/whoami/")
    learner.status(page, "Step 1 is done")


def test_two_browsers_never_see_each_others(site, page, new_context: Callable[..., BrowserContext]):
    other = new_context().new_page()
    learner.start(page, site)
    learner.start(other, site)
    learner.session(page)
    learner.next_step(page)
    learner.token(page)
    learner.next_step(page)
    learner.thief(page, "Both copies get in.")
    for path in ("1", "2", "3", "4", "end"):
        other.goto(f"{site}/workshop/tour/{path}/")
        expect(other.locator(".tour-progress .done")).to_have_count(0)
    other.goto(f"{site}/workshop/tour/3/")
    expect(other.get_by_role("radio", checked=True)).to_have_count(0)
    other.goto(f"{site}/device/")
    expect(other.get_by_text("Nothing. It is anonymous everywhere.")).to_be_visible()
    other.goto(f"{site}/wire/")
    expect(other.locator(".exchange").first).to_be_visible()
    paths = " ".join(other.locator(".exchange h3").all_inner_texts())
    assert "whoami" not in paths
    assert "replay" not in paths


def test_without_javascript(site, new_context):
    page = new_context(java_script_enabled=False).new_page()
    learner.start(page, site)
    page.get_by_label("Password").fill(PASSWORD)
    learner.main_button(page, "Sign in")
    learner.main_button(page, "Who am I?")
    page.go_back()
    page.reload()
    learner.status(page, "Step 1 is done")
    learner.next_step(page)
    page.get_by_role("main").get_by_role("link", name="the other device").click()
    page.get_by_role("button", name="Get tokens").click()
    page.get_by_role("group", name="By token").get_by_role("button", name="Who am I?").click()
    page.goto(f"{site}/workshop/tour/2/")
    learner.status(page, "Step 2 is done")
    learner.next_step(page)
    learner.thief(page)
    expect(page.get_by_role("row", name="After you signed out 401 stays out 200 gets in")).to_be_visible()


def test_with_the_outside_world_off_the_step_says_how_to_start_it(lonely_site, page):
    site, _ = lonely_site
    page.goto(f"{site}/workshop/tour/")
    learner.main_button(page, "Start")
    page.goto(f"{site}/workshop/tour/4/")
    expect(page.get_by_text("python manage.py demo --outside")).to_be_visible()


def test_printed_it_is_the_page_without_the_machinery(site, page):
    learner.start(page, site)
    page.goto(f"{site}/workshop/tour/end/")
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator("#wire")).to_be_hidden()


def test_a_place_that_ends_with_the_page_is_left_for_the_tour(site, page):
    page.goto(f"{site}/jwt/")
    page.get_by_label("In memory").check()
    learner.start(page, site)
    learner.session(page)
    learner.next_step(page)
    learner.token(page)
    assert tokens(page)["access"]
    learner.next_step(page)
    learner.thief(page)
