"""The client exchanges its refresh token by itself, in time, and once: seen at the network."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from playwright.sync_api import BrowserContext, Page, Route, expect

from .client_steps import call, get_tokens, keep, says, sign_in, tokens

pytestmark = [pytest.mark.browser, pytest.mark.live]
# Plain http from another machine is no secure context, and there are no Web Locks then.
NO_LOCKS = "Object.defineProperty(Navigator.prototype, 'locks', {get: () => undefined})"
PLACES = {"local": "For all tabs", "cookie": "Refresh token in an HttpOnly cookie"}
# The clock of the page says that the access token is old; nobody else knows.
AGE = """received => {
    const kept = JSON.parse(sessionStorage.getItem('authdemo.tokens'));
    sessionStorage.setItem('authdemo.tokens', JSON.stringify({...kept, received}));
}"""


def exchanges(page: Page | BrowserContext) -> list[str]:
    """A list that grows with each exchange that leaves the browser."""
    seen: list[str] = []
    page.on("request", lambda request: seen.append(request.url) if "refresh/" in request.url else None)
    return seen


@pytest.mark.parametrize("locks", [True, False], ids=["web-locks", "no-web-locks"])
@pytest.mark.parametrize("place", PLACES)
def test_two_tabs_refresh_at_once_and_one_exchange_is_sent(
    demo: Any, new_context: Callable[..., BrowserContext], place: str, locks: bool
) -> None:
    context = new_context()
    if not locks:
        context.add_init_script(NO_LOCKS)
    one = context.new_page()
    one.goto(f"{demo.site}/jwt/")
    keep(one, PLACES[place])
    get_tokens(one)
    expect(one.locator("#tokens")).to_be_visible()
    other = context.new_page()
    other.goto(f"{demo.site}/jwt/")
    expect(other.locator("#tokens")).to_be_visible()
    before = other.locator("#access-text").inner_text()
    on_its_way: list[Route] = []
    context.route("**/refresh/", lambda route: on_its_way.append(route))

    for page in (one, other):
        page.evaluate("for (let i = 0; i < 3; i++) document.querySelector('[data-call=refresh]').click()")
        expect(page.locator("[data-call=refresh]")).to_have_attribute("aria-busy", "true")
    deadline = time.monotonic() + 10
    while not on_its_way:
        assert time.monotonic() < deadline, "nobody sent anything"
        one.wait_for_timeout(20)
    on_its_way[0].continue_()  # not before both have asked for it

    for page in (one, other):
        says(page, "A new pair")
        expect(page.locator("#access-text")).not_to_have_text(before)
        expect(page.locator("#access-text")).to_have_text(one.locator("#access-text").inner_text())
    assert len(on_its_way) == 1
    context.unroute_all()
    for page in (other, one):  # and what came out of it is good, for both
        with page.expect_response("**/refresh/") as answer:
            call(page, "Refresh")
        assert answer.value.status == 200


def test_a_tab_that_dies_in_the_middle_does_not_stop_the_others_for_ever(
    demo: Any, new_context: Callable[..., BrowserContext]
) -> None:
    context = new_context()
    context.add_init_script(NO_LOCKS)
    page = context.new_page()
    page.goto(f"{demo.site}/jwt/")
    keep(page, PLACES["local"])
    get_tokens(page)
    lease = "localStorage.setItem('authdemo.refresh', JSON.stringify({owner: 'gone', until: Date.now() + 1000}))"
    page.evaluate(lease)

    call(page, "Refresh")

    says(page, "A new pair")
    expect(page.locator("[data-call=refresh]")).not_to_have_attribute("aria-busy", "true")


def test_before_the_access_token_expires_the_page_has_the_next_pair(demo: Any, page: Page) -> None:
    page.clock.install()
    seen = exchanges(page)
    sign_in(page, demo.site)
    says(page, "Two tokens")
    expect(page.locator("#due")).to_contain_text("by itself in 14:")
    before = tokens(page)

    page.clock.fast_forward("14:00")
    expect(page.locator("#due")).to_contain_text("by itself in 0:")
    assert seen == []
    page.clock.fast_forward("00:30")

    says(page, "was about to expire, so this page got a new pair")
    assert len(seen) == 1
    assert not set(before.values()) & set(tokens(page).values())


def test_a_laptop_that_slept_refreshes_before_its_first_call(demo: Any, page: Page) -> None:
    sign_in(page, demo.site)
    says(page, "Two tokens")
    before = tokens(page)["access"]
    sent: list[tuple[str, str]] = []
    page.on("request", lambda r: sent.append((r.url.split("/")[-2], r.headers.get("authorization", ""))))

    page.evaluate(AGE, 1)
    page.evaluate("for (const name of ['whoami', 'me']) document.querySelector(`[data-call=${name}]`).click()")

    expect(page.locator("#log li")).to_have_count(4)  # the sign-in, one exchange, two calls
    assert sent[0][0] == "refresh"
    assert sorted(name for name, _ in sent) == ["me", "refresh", "whoami"]
    assert all(before not in authorization for _, authorization in sent)


def test_a_hidden_tab_refreshes_when_it_is_seen_again(demo: Any, page: Page) -> None:
    sign_in(page, demo.site)
    says(page, "Two tokens")
    page.clock.pause_at(datetime.now(UTC) + timedelta(hours=1))  # no timer runs
    page.evaluate(AGE, 1)

    with page.expect_response("**/token/refresh/") as answer:
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    assert answer.value.status == 200


def test_a_clock_that_is_wrong_by_hours_leads_to_no_storm(demo: Any, page: Page) -> None:
    page.clock.set_fixed_time(datetime.now(UTC) + timedelta(hours=3))
    seen = exchanges(page)
    sign_in(page, demo.site)
    for _ in range(3):
        call(page, "Who am I?")
        says(page, "You are alice")
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    assert seen == []


def test_an_expired_token_that_the_page_takes_for_a_good_one_is_exchanged_after_the_refusal(
    demo: Any, page: Page
) -> None:
    sign_in(page, demo.site)
    says(page, "Two tokens")
    expired = demo.shell(
        "from datetime import timedelta\n"
        "from jwt_app.tokens import RefreshToken\n"
        "token = RefreshToken.for_user(User.objects.get(username='alice')).access_token\n"
        "token.set_iat(at_time=token.current_time - timedelta(minutes=16))\n"
        "token.set_exp(from_time=token.current_time - timedelta(minutes=1), lifetime=timedelta(0))\n"
        "print(token)"
    ).strip()
    kept = json.dumps(tokens(page) | {"access": expired})
    page.evaluate("kept => sessionStorage.setItem('authdemo.tokens', kept)", kept)
    page.evaluate(AGE, datetime.now(UTC).timestamp() * 1000)
    seen = exchanges(page)

    call(page, "Who am I?")

    says(page, "You are alice")
    assert len(seen) == 1
    assert tokens(page)["access"] != expired


def test_without_the_network_it_keeps_its_tokens_and_tries_again(demo: Any, page: Page) -> None:
    page.clock.install()
    sign_in(page, demo.site)
    says(page, "Two tokens")
    before = tokens(page)
    seen = exchanges(page)
    page.context.set_offline(True)

    page.clock.fast_forward("14:31")
    says(page, "The server did not answer. Is it running? The tokens are kept, and this page tries again by itself.")
    page.clock.fast_forward("00:03")
    expect(page.locator("#log summary", has_text="no answer")).to_have_count(2)
    for _ in range(5):  # one after two seconds, the next after four: nothing in between
        page.clock.run_for(500)
    assert len(seen) == 2
    assert tokens(page) == before
    page.context.set_offline(False)

    says(page, "was about to expire, so this page got a new pair")
    assert tokens(page)["refresh"] != before["refresh"]


def test_what_ended_elsewhere_signs_out_here_and_says_why(demo: Any, page: Page) -> None:
    page.clock.install()
    sign_in(page, demo.site)
    says(page, "Two tokens")
    requests.post(f"{demo.site}/jwt/api/token/blacklist/", json={"refresh": tokens(page)["refresh"]}, timeout=10)

    page.clock.fast_forward("14:31")

    says(page, "This sign-in has ended, or the account is gone. Sign in again.")
    expect(page.locator("#sign-in")).to_be_visible()
    expect(page.locator("#tokens")).to_be_hidden()
    assert tokens(page) == {}
