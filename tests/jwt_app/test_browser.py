"""The page's client in a real browser, against the running demo."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from playwright.sync_api import BrowserContext, Page, expect

from .client_steps import PASSWORD, call, logged, says, sign_in, tokens, violations

pytestmark = [pytest.mark.browser, pytest.mark.live]


def test_from_the_password_to_the_sign_out(demo: Any, page: Page) -> None:
    sign_in(page, demo.site)
    says(page, "Two tokens came back")
    expect(page.locator("#access-payload")).to_contain_text('"username": "alice"')
    expect(page.locator("#access-header")).to_contain_text('"alg": "RS256"')

    call(page, "Who am I?")
    says(page, "You are alice. The token said so; no database was asked.")
    expect(logged(page, "GET /jwt/api/whoami/")).to_contain_text("200")
    call(page, "Me (loads the row)")
    says(page, "the user's row was read")
    call(page, "Ask the orders service")
    says(page, "Another program, without a database, knew you")
    before = tokens(page)
    call(page, "Refresh")
    says(page, "A new pair")
    after = tokens(page)
    assert before["access"] != after["access"]
    assert before["refresh"] != after["refresh"]

    call(page, "Sign out")
    says(page, "A copy of the access token still works for 1")
    expect(page.locator("#tokens")).to_be_hidden()
    expect(page.locator("#no-token-chip")).to_be_visible()
    assert page.evaluate("sessionStorage.getItem('authdemo.tokens')") is None
    bearer = {"Authorization": f"Bearer {after['access']}"}
    assert requests.get(f"{demo.site}/jwt/api/whoami/", headers=bearer, timeout=10).status_code == 200
    refresh = requests.post(f"{demo.site}/jwt/api/token/refresh/", json={"refresh": after["refresh"]}, timeout=10)
    assert refresh.json()["code"] == "token_revoked"


def test_a_wrong_password_is_a_sentence(demo: Any, page: Page) -> None:
    sign_in(page, demo.site, "wrong")

    says(page, "No active account found with the given credentials")
    expect(page.get_by_label("Password")).to_be_focused()
    expect(page.get_by_label("Password")).to_have_value("")
    expect(page.locator("#tokens")).to_be_hidden()


def test_tokens_are_masked_until_they_are_revealed(demo: Any, page: Page) -> None:
    sign_in(page, demo.site)
    says(page, "Two tokens")
    call(page, "Who am I?")
    call(page, "Refresh")
    says(page, "A new pair")
    kept = tokens(page)

    assert not [token for token in kept.values() if token in page.content()]
    assert PASSWORD not in page.locator("#log").inner_text()
    page.locator("#access-reveal").click()
    expect(page.locator("#access-text")).to_have_text(kept["access"])
    assert kept["refresh"] not in page.content()
    page.locator("#access-reveal").click()
    expect(page.locator("#access-text")).not_to_have_text(kept["access"])
    expect(page.locator("#access-text")).to_contain_text("…")


def test_clicks_at_once_are_one_exchange(demo: Any, page: Page) -> None:
    sign_in(page, demo.site)
    says(page, "Two tokens")

    page.evaluate("for (let i = 0; i < 5; i++) document.querySelector('[data-call=refresh]').click()")
    says(page, "A new pair")
    call(page, "Refresh")

    expect(logged(page, "/jwt/api/token/refresh/")).to_have_count(2)
    says(page, "A new pair")


def test_a_refresh_token_that_was_used_elsewhere_ends_the_sign_in(demo: Any, page: Page) -> None:
    sign_in(page, demo.site)
    says(page, "Two tokens")
    stolen = tokens(page)["refresh"]
    thief = requests.post(f"{demo.site_b}/jwt/api/token/refresh/", json={"refresh": stolen}, timeout=10).json()

    call(page, "Refresh")

    says(page, "This refresh token was used before, so this sign-in has been ended. Sign in again.")
    again = requests.post(f"{demo.site}/jwt/api/token/refresh/", json={"refresh": thief["refresh"]}, timeout=10)
    assert again.json()["code"] == "token_revoked"


def test_the_seconds_run_down_and_an_expired_token_says_so(demo: Any, page: Page) -> None:
    sign_in(page, demo.site)
    expect(page.locator("#token-chip")).to_contain_text(re.compile(r"alice, 14:5\d left, in this tab"))

    page.clock.set_fixed_time(datetime.now(UTC) + timedelta(minutes=16))

    expect(page.locator("#token-chip")).to_contain_text("alice, expired, in this tab")
    expect(page.locator("#access-left")).to_have_text("no longer: it has expired")


def test_without_the_orders_service_the_page_says_how_to_start_it(demo: Any, page: Page) -> None:
    sign_in(page, demo.site)
    page.route(f"{demo.orders}/**", lambda route: route.abort("connectionrefused"))

    call(page, "Ask the orders service")

    says(
        page, f"The orders service does not answer at {demo.orders}. This starts it: waitress-serve --listen=127.0.0.1"
    )


def test_without_the_server_the_tab_forgets_its_token_and_says_what_that_means(demo: Any, page: Page) -> None:
    sign_in(page, demo.site)
    says(page, "Two tokens")
    kept = tokens(page)
    page.context.set_offline(True)

    call(page, "Who am I?")
    says(page, "The server did not answer.")
    page.locator("#token-chip-end").click()

    expect(page.locator("#no-token-chip")).to_contain_text(
        "the server did not answer, so it has not ended the sign-in"
    )
    expect(page.locator("#sign-in")).to_be_visible()
    page.context.set_offline(False)
    alive = requests.post(f"{demo.site}/jwt/api/token/verify/", json={"token": kept["refresh"]}, timeout=10)
    assert alive.status_code == 200


def test_forgetting_the_token_in_the_header_signs_out_on_the_server(demo: Any, page: Page) -> None:
    sign_in(page, demo.site)
    says(page, "Two tokens")
    kept = tokens(page)
    page.goto(demo.site)

    with page.expect_response("**/jwt/api/token/blacklist/") as answer:
        page.locator("#token-chip-end").click()

    assert answer.value.status == 200
    ended = requests.post(f"{demo.site}/jwt/api/token/verify/", json={"token": kept["refresh"]}, timeout=10)
    assert ended.json()["code"] == "token_revoked"


def test_rubbish_in_the_store_is_no_token(demo: Any, page: Page) -> None:
    page.goto(f"{demo.site}/jwt/")
    for rubbish in ("{", "null", "5", '{"access": 7}'):
        page.evaluate("value => sessionStorage.setItem('authdemo.tokens', value)", rubbish)
        page.reload()
        expect(page.locator("#no-token-chip")).to_be_visible()
        expect(page.locator("#sign-in")).to_be_visible()
    page.evaluate("sessionStorage.setItem('authdemo.tokens', JSON.stringify({access: 'x', refresh: 'y'}))")
    page.reload()
    expect(page.locator("#token-chip")).to_contain_text("unreadable, expired")
    call(page, "Who am I?")
    says(page, "This is not a token.")
    call(page, "Sign out")
    expect(page.locator("#no-token-chip")).to_be_visible()


def test_without_javascript(demo: Any, new_context: Callable[..., BrowserContext]) -> None:
    page = new_context(java_script_enabled=False, viewport={"width": 360, "height": 740}).new_page()
    page.goto(f"{demo.site}/jwt/")

    expect(page.get_by_text("This page needs JavaScript.")).to_be_visible()
    expect(page.get_by_label("Password", exact=True)).to_be_hidden()
    page.get_by_text("The same by curl, in Python").click()
    expect(page.get_by_role("heading", name="Who am I", exact=False).first).to_be_visible()


@pytest.mark.parametrize("width", [360, 1920])
def test_nothing_is_wider_than_the_screen(demo: Any, new_context: Callable[..., BrowserContext], width: int) -> None:
    page = new_context(viewport={"width": width, "height": 900}).new_page()
    sign_in(page, demo.site)
    call(page, "Who am I?")
    call(page, "Refresh")
    says(page, "A new pair")
    page.locator("#access-reveal").click()

    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_by_keyboard_alone(demo: Any, page: Page) -> None:
    page.goto(f"{demo.site}/jwt/")
    page.get_by_label("User name").focus()
    page.keyboard.type("bob")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    says(page, "Two tokens")
    page.keyboard.press("Enter")  # the first call has the focus
    says(page, "You are bob.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    says(page, "the user's row was read")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_after_good_and_bad_calls(
    demo: Any, new_context: Callable[..., BrowserContext], theme: Any
) -> None:
    page = new_context(color_scheme=theme, reduced_motion="reduce").new_page()
    sign_in(page, demo.site)
    for name in ("Who am I?", "Me (loads the row)", "Ask the orders service", "Refresh"):
        call(page, name)
        expect(page.locator("#status.success")).to_be_visible()
    page.evaluate("document.querySelectorAll('#log details').forEach(exchange => exchange.open = true)")
    page.locator("#access-reveal").click()
    assert violations(page) == []

    requests.post(f"{demo.site}/jwt/api/token/refresh/", json={"refresh": tokens(page)["refresh"]}, timeout=10)
    call(page, "Refresh")
    expect(page.locator("#status.error")).to_be_visible()
    assert violations(page) == []
