"""Where the client keeps its tokens, and what that means for reloads, other tabs and the end."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from playwright.sync_api import Page, TimeoutError, expect

from tests.fixtures.tokens import tokens_in

from .client_steps import call, get_tokens, keep, says, sign_in, tokens, violations

pytestmark = [pytest.mark.browser, pytest.mark.live]
MEMORY, TAB, LOCAL, COOKIE = "In memory", "In this tab", "For all tabs", "Refresh token in an HttpOnly cookie"
FORGET = {"Set-Cookie": "authdemo_refresh=; Path=/jwt/api/cookie/; Max-Age=0; SameSite=Strict"}
EVERYWHERE = "JSON.stringify({...localStorage, ...sessionStorage}) + document.cookie"


def choose_and_sign_in(page: Page, site: str, place: str) -> None:
    page.goto(f"{site}/jwt/")
    keep(page, place)
    get_tokens(page)
    expect(page.locator("#tokens")).to_be_visible()


def cookie(page: Page, site: str) -> Any:
    found = [one for one in page.context.cookies(f"{site}/jwt/api/cookie/") if one["name"] == "authdemo_refresh"]
    return found[0] if found else None


def code_of(site: str, refresh: str) -> str:
    answer = requests.post(f"{site}/jwt/api/token/verify/", json={"token": refresh}, timeout=10).json()
    return str(answer.get("code", "good"))


def test_memory_is_gone_with_the_page_and_lies_in_no_store(demo: Any, page: Page) -> None:
    choose_and_sign_in(page, demo.site, MEMORY)
    call(page, "Who am I?")
    says(page, "You are alice")
    assert not tokens_in(page.evaluate(EVERYWHERE))

    page.reload()

    expect(page.locator("#sign-in")).to_be_visible()
    expect(page.get_by_label(MEMORY)).to_be_checked()


def test_local_storage_is_every_tabs_and_so_is_the_end(demo: Any, page: Page) -> None:
    choose_and_sign_in(page, demo.site, LOCAL)
    other = page.context.new_page()
    other.goto(f"{demo.site}/jwt/")
    expect(other.locator("#token-chip")).to_contain_text("alice")
    expect(other.locator("#token-chip")).to_contain_text("in this browser")
    refresh = tokens(page, "localStorage")["refresh"]

    call(other, "Sign out")

    says(other, "Signed out")
    says(page, "No tokens here any more.")
    expect(page.locator("#sign-in")).to_be_visible()
    assert code_of(demo.site, refresh) == "token_revoked"


def test_with_a_cookie_no_script_has_the_refresh_token_and_a_reload_goes_on(demo: Any, page: Page) -> None:
    choose_and_sign_in(page, demo.site, COOKIE)
    first = cookie(page, demo.site)
    assert first["httpOnly"]
    assert not tokens_in(page.evaluate(EVERYWHERE))
    expect(page.locator("#refresh-seen")).to_be_hidden()
    expect(page.get_by_text("no script can read it, a bad one neither")).to_be_visible()
    assert violations(page) == []

    page.reload()
    says(page, "The cookie of your last sign-in got a new access token.")
    assert cookie(page, demo.site)["value"] != first["value"]
    call(page, "Who am I?")
    says(page, "You are alice")

    last = cookie(page, demo.site)["value"]
    call(page, "Sign out")
    says(page, "Signed out")
    assert cookie(page, demo.site) is None
    assert code_of(demo.site, last) == "token_revoked"
    page.reload()
    expect(page.locator("#sign-in")).to_be_visible()
    expect(page.locator("#status")).to_be_hidden()  # there is no cookie, so nobody asks


def test_offline_a_cookie_cannot_be_thrown_away_and_the_page_says_so(demo: Any, page: Page) -> None:
    choose_and_sign_in(page, demo.site, COOKIE)
    page.context.set_offline(True)

    call(page, "Sign out")

    says(page, "the sign-in goes on: no script can throw the cookie away")
    page.context.set_offline(False)
    page.reload()
    says(page, "The cookie of your last sign-in got a new access token.")
    call(page, "Sign out")
    says(page, "Signed out")
    assert cookie(page, demo.site) is None


def test_a_late_refusal_takes_no_newer_sign_in_away(demo: Any, page: Page) -> None:
    choose_and_sign_in(page, demo.site, COOKIE)
    other = page.context.new_page()
    other.goto(f"{demo.site}/jwt/")
    expect(other.locator("#tokens")).to_be_visible()
    call(other, "Sign out")
    says(other, "Signed out")

    # The first tab's exchange is on its way with what has ended, and its answer comes late, as the server gives it.
    held: list[Any] = []
    page.route("**/jwt/api/cookie/refresh/", lambda route: held.append(route))
    page.evaluate("localStorage.setItem('authdemo.cookie', 'yes')")
    with page.expect_request("**/jwt/api/cookie/refresh/"):
        page.reload()
    with pytest.raises(TimeoutError), other.expect_response("**/jwt/api/cookie/login/", timeout=3000):
        get_tokens(other)
    held[0].fulfill(status=401, json={"detail": "Ended.", "code": "token_revoked"}, headers=FORGET)
    expect(other.locator("#tokens")).to_be_visible()
    assert code_of(demo.site, cookie(other, demo.site)["value"]) == "good"


def test_a_form_that_is_too_old_is_told_so_and_nothing_is_lost(demo: Any, page: Page) -> None:
    choose_and_sign_in(page, demo.site, COOKIE)
    page.evaluate("document.querySelectorAll('[name=csrfmiddlewaretoken]').forEach(one => one.value = 'old')")

    call(page, "Refresh")

    says(page, "Load this page again")
    assert cookie(page, demo.site)
    page.reload()
    says(page, "The cookie of your last sign-in got a new access token.")


def test_what_is_held_moves_to_the_place_that_is_chosen(demo: Any, page: Page) -> None:
    sign_in(page, demo.site)
    says(page, "Two tokens")
    kept = tokens(page)

    keep(page, LOCAL)
    says(page, "every tab of it has them")
    assert (tokens(page), tokens(page, "localStorage")) == ({}, kept)
    keep(page, MEMORY)
    says(page, "gone when you reload it")
    assert (tokens(page), tokens(page, "localStorage")) == ({}, {})
    keep(page, TAB)
    assert tokens(page) == kept
    call(page, "Who am I?")
    says(page, "You are alice")


def test_to_the_cookie_nothing_moves_and_the_sign_in_ends(demo: Any, page: Page) -> None:
    sign_in(page, demo.site)
    says(page, "Two tokens")
    kept = tokens(page)

    keep(page, COOKIE)

    says(page, "No script can put a refresh token into that cookie or get it out, so this sign-in was ended.")
    expect(page.locator("#sign-in")).to_be_visible()
    assert code_of(demo.site, kept["refresh"]) == "token_revoked"


def test_a_tab_that_holds_tokens_keeps_them_where_they_are(demo: Any, page: Page) -> None:
    sign_in(page, demo.site)
    says(page, "Two tokens")
    other = page.context.new_page()
    other.goto(f"{demo.site}/jwt/")
    keep(other, LOCAL)

    page.reload()

    expect(page.get_by_label(TAB)).to_be_checked()
    expect(page.locator("#tokens")).to_be_visible()
    call(page, "Sign out")
    says(page, "Signed out")
    page.reload()
    expect(page.get_by_label(LOCAL)).to_be_checked()


def test_starting_over_ends_what_all_tabs_have_and_forgets_the_choice(demo: Any, page: Page) -> None:
    choose_and_sign_in(page, demo.site, LOCAL)
    refresh = tokens(page, "localStorage")["refresh"]
    page.goto(f"{demo.site}/start-over/")
    page.get_by_role("button", name="Start over").click()
    expect(page).to_have_url(f"{demo.site}/")

    assert tokens(page, "localStorage") == {}
    assert code_of(demo.site, refresh) == "token_revoked"
    page.goto(f"{demo.site}/jwt/")
    expect(page.get_by_label(TAB)).to_be_checked()


def test_a_demoted_user_keeps_the_role_in_the_token_until_it_expires(demo: Any, page: Page) -> None:
    demo.shell("User.objects.create_user('zoe', 'zoe@example.com', 'correct horse battery', is_staff=True)")
    page.goto(f"{demo.site}/jwt/")
    page.get_by_label("User name").fill("zoe")
    page.get_by_label("Password").fill("correct horse battery")
    page.get_by_role("main").get_by_role("button", name="Get tokens").click()
    says(page, "Two tokens")
    demo.shell("User.objects.filter(username='zoe').update(is_staff=False)")

    call(page, "Who am I?")
    says(page, "Its role is “staff”.")
    call(page, "Me (loads the row)")
    says(page, "Your row says “user” now, and this token still says “staff”")
    call(page, "Refresh")
    says(page, "A new pair")
    call(page, "Me (loads the row)")
    expect(page.locator("#status")).not_to_contain_text("staff")
