"""Each attack as a learner makes it: predict, send, see what happened and which line decided."""

from __future__ import annotations

import re

import pytest
import requests
from playwright.sync_api import Page, expect

from sessions_app.attacks.cast import VICTIM
from tests.e2e.steps import sign_in
from tests.e2e.test_accessibility import sweep

pytestmark = [pytest.mark.browser, pytest.mark.live]

LAB = "/sessions/stores/signed_cookie/"


@pytest.fixture(scope="module")
def lab(demo) -> bool:
    """Whether this site has the lab with sessions in signed cookies."""
    return requests.get(f"{demo.site}{LAB}login/", timeout=10).status_code == 200


def predict(page: Page, site: str, slug: str, answer: str) -> None:
    page.goto(f"{site}/sessions/attacks/{slug}/")
    page.get_by_label(answer, exact=True).check()
    page.get_by_role("button", name="Keep my prediction").click()
    expect(page.get_by_role("heading", name="Now try it")).to_be_visible()


def send(page: Page, name: str = "Send it") -> None:
    page.get_by_role("main").get_by_role("button", name=name, exact=True).click()
    expect(page.get_by_role("heading", name="Which line decided?")).to_be_visible(timeout=30_000)


def row(page: Page, name: str) -> list[str]:
    found = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=re.compile(name)))
    return [text.strip() for text in found.get_by_role("cell").all_inner_texts()]


def lines(page: Page) -> str:
    return " ".join(page.locator(".attack-lines").all_inner_texts())


def sessions_left(demo) -> int:
    """How many sessions of the victim live at the site."""
    lines = "from allauth.usersessions.models import UserSession as Device\n"
    lines += f"print(Device.objects.filter(user__username={VICTIM!r}).count())"
    return int(demo.shell(lines))


def check_page(page: Page) -> None:
    base, path = re.fullmatch(r"(https?://[^/]+)(.*)", page.url).groups()  # type: ignore[union-attr]
    assert sweep(page, base, [path]) == []


def test_from_the_session_page_to_each_attack(demo, page):
    sign_in(page, demo.site)
    page.get_by_role("link", name="Attacks", exact=True).click()
    check_page(page)
    expect(page.get_by_role("button", name="Try it: Forged form")).to_be_visible()
    more = page.get_by_role("button", name="Try it: Guessing an ID")
    expect(more).to_be_hidden()
    page.get_by_text("More: ").click()
    check_page(page)
    page.get_by_text("More: ").click()
    more.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("How long does it take to guess somebody's session ID?")


def test_a_stolen_cookie_dies_with_the_record_and_lives_on_without_one(demo, page, lab):
    predict(page, demo.site, "stolen-cookie", "In neither place. You signed out.")
    check_page(page)
    send(page)
    assert row(page, "This site") == ["200 gets in", "401 stays out"]
    if lab:
        assert row(page, "Signed cookie") == ["200 gets in", "200 gets in"]
        expect(page.locator(".lead")).to_contain_text("What happened: It works where the session is a signed cookie")
    else:
        assert all("Not there" in cell for cell in row(page, "Signed cookie"))
    assert "request.session.flush()" in lines(page)
    assert "django/contrib/auth/__init__.py:" in lines(page)
    check_page(page)
    # In the order in which it happened: the thief's turn comes twice.
    turns = page.locator(".attack-story summary").filter(has_text="Site: the thief")
    expect(turns).to_have_text(["Site: the thief: 1 request"] * 2)
    turns.last.click()
    expect(page.locator(".attack-story[open] .exchange")).to_contain_text("401")
    expect(page.locator("#wire-cards")).to_contain_text("/sessions/api/whoami/")
    send(page, "Send it again")


def test_a_planted_id_is_worth_nothing_after_the_sign_in(demo, page):
    before = sessions_left(demo)
    predict(page, demo.site, "fixation", "They get in both times.")
    send(page)
    assert sessions_left(demo) == before  # the victim of the play was signed out
    assert row(page, "This site") == ["401 stays out"]
    assert row(page, "Wrong on purpose") == ["200 gets in"]
    expect(page.locator(".lead")).to_contain_text("You expected: “They get in both times.”")
    expect(page.get_by_text("the victim got another ID than")).to_be_visible()
    expect(page.get_by_text("the victim kept the ID")).to_be_visible()
    assert "request.session.cycle_key()" in lines(page)
    check_page(page)


def test_one_changed_character_makes_a_stranger(demo, page, lab):
    predict(page, demo.site, "tampered-cookie", "It does not count at all: the sender is a stranger.")
    send(page)
    assert row(page, "wire panel") == ["known", "a stranger"]
    if lab:
        assert row(page, "Signed cookie") == ["200 gets in", "401 stays out"]
    expect(page.locator(".lead")).to_contain_text("You were right")
    assert "constant_time_compare" in lines(page)
    assert "django/core/signing.py:" in lines(page)
    check_page(page)


def test_guessing_is_hopeless(demo, page):
    predict(page, demo.site, "guess-an-id", "Some days.")
    send(page)
    expect(page.get_by_text("0 of 20 guesses were right")).to_be_visible()
    expect(page.get_by_text("165 bits")).to_be_visible()
    expect(page.locator(".lead")).to_contain_text("Longer than the universe is old.")
    assert "get_random_string(32, VALID_KEY_CHARS)" in lines(page)
    check_page(page)


# ---- The forged form


def colour(page: Page) -> str:
    return page.locator("#colour").inner_text()


def choose_teal(page: Page, site: str) -> None:
    page.goto(f"{site}/sessions/attacks/colour/")
    page.get_by_label("teal").check()
    page.get_by_role("button", name="Keep it").click()


def open_hostile(page: Page, row_id: str) -> None:
    page.locator(f"#{row_id} a").click()
    expect(page.get_by_text("Hostile on purpose.")).to_be_visible()


def send_it_now(page: Page) -> None:
    """By the button: the same form, without the three seconds in which one can read what it does."""
    page.get_by_role("button", name="Show me my prize").click()
    page.get_by_role("button", name="What happened?").click()


def cells(page: Page, row_id: str) -> list[str]:
    return [text.strip() for text in page.locator(f"#{row_id} td").all_inner_texts()]


def test_a_forged_form(demo, page):
    sign_in(page, demo.site)
    choose_teal(page, demo.site)
    predict(page, demo.site, "csrf", "Both change your colour.")
    assert colour(page) == "teal"
    check_page(page)

    # From another site the browser leaves the cookie at home.
    open_hostile(page, "cross-shipped")
    expect(page.locator("header")).to_contain_text("This page sends a form to")
    assert page.context.cookies(page.url) == []  # 127.0.0.1 has a jar of its own, and nothing was put into it
    page.get_by_role("button", name="What happened?").click(timeout=20_000)  # it sent itself
    assert cells(page, "cross-shipped") == ["stayed behind", "403 Origin checking failed", "not changed"]

    # From the same site the cookie comes along, and the server has to refuse.
    open_hostile(page, "same-shipped")
    send_it_now(page)
    assert cells(page, "same-shipped") == ["came along", "403 Origin checking failed", "not changed"]
    assert colour(page) == "teal"
    expect(page.locator(".lead")).to_contain_text("What happened: Neither. Your colour stays.")
    assert "_origin_verified" in lines(page)
    assert 'SESSION_COOKIE_SAMESITE = "Lax"' in lines(page)

    # Where the check is off, SameSite is all that is left: it does nothing against the same site.
    open_hostile(page, "cross-unsafe")
    send_it_now(page)
    assert cells(page, "cross-unsafe") == ["stayed behind", "401 Nobody knows who that was", "not changed"]
    assert colour(page) == "teal"
    open_hostile(page, "same-unsafe")
    page.get_by_role("button", name="Show me my prize").click()
    expect(page.locator("#same-unsafe td").first).to_have_text("came along", timeout=20_000)
    assert cells(page, "same-unsafe") == ["came along", "302", "changed"]
    assert colour(page) == "red"
    assert "@csrf_exempt" in lines(page)

    # Without an Origin, the token is what decides.
    send(page, "Send it without an Origin")
    assert cells(page, "without-origin") == ["came along", "403 CSRF token missing", "not changed"]
    assert "REASON_CSRF_TOKEN_MISSING" in lines(page)
    check_page(page)

    # The learner is still signed in, and what came without a cookie stands in the wire, too.
    assert page.request.get(f"{demo.site}/sessions/api/whoami/").status == 200
    bare = (
        page.locator("#wire-cards > li")
        .filter(has_text="POST /sessions/attacks/colour/")
        .filter(has_text="No credential.")
    )
    expect(bare.first).to_contain_text("403")


def test_the_hostile_page_without_javascript(demo, new_context):
    page = new_context(java_script_enabled=False).new_page()
    sign_in(page, demo.site)
    predict(page, demo.site, "csrf", "Neither. Your colour stays.")
    open_hostile(page, "cross-shipped")
    send_it_now(page)
    assert cells(page, "cross-shipped") == ["stayed behind", "403 Origin checking failed", "not changed"]


def test_the_hostile_pages_are_readable_and_wait_for_who_only_looks(demo, page):
    quiz = ["/quiz/", "/quiz/?code=x&state=owl", "/quiz/?error=access_denied"]
    assert sweep(page, demo.hostile, ["/", "/shipped/", "/unsafe/", "/no-such/", *quiz]) == []
    page.goto(f"{demo.hostile}/shipped/")
    expect(page.get_by_text("waits for your click")).to_be_visible()
    assert page.locator("#attack").count() == 0  # what the script would send


def test_who_is_not_signed_in_is_told_so(demo, page):
    predict(page, demo.site, "csrf", "Neither. Your colour stays.")
    expect(page.get_by_text("You are not signed in, so your browser has no cookie")).to_be_visible()
    check_page(page)
    assert sweep(page, demo.site, ["/sessions/attacks/colour/", "/sessions/attacks/naive/login/"]) == []
