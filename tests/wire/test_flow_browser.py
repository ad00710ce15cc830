"""One list shows all legs of a sign-in by a provider, in order, and nothing in it could be used."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.demo.visitor import PASSWORD
from tests.e2e.test_social_journeys import at_the_provider, press, sign_in_with
from tests.wire.test_panel_browser import card, show, violations

pytestmark = [pytest.mark.browser, pytest.mark.live]

FRONT, BACK, OUTSIDE = "browser → site", "site → provider", "browser → provider"
GITHUB = [
    f"GET /oauth/ {FRONT}",
    f"POST /oauth/accounts/github/login/ {FRONT}",
    f"GET /github/login/oauth/authorize {OUTSIDE}",
    f"GET /github/login {OUTSIDE}",
    f"POST /github/login {OUTSIDE}",
    f"GET /github/login/oauth/authorize {OUTSIDE}",
    f"POST /github/login/oauth/authorize {OUTSIDE}",
    f"GET /oauth/accounts/github/login/callback/ {FRONT}",
    f"POST /github/login/oauth/access_token {BACK}",
    f"GET /github/api/v3/user {BACK}",
    f"GET /github/api/v3/user/emails {BACK}",
    f"GET /oauth/signed-in/ {FRONT}",
]
SECRETS = {"code", "state", "nonce", "code_challenge", "code_verifier", "access_token", "id_token"}


@pytest.fixture
def site(demo) -> str:
    demo.shell("User.objects.filter(socialaccount__isnull=False).delete()")
    return str(demo.site)


def rows(page: Page) -> list[str]:
    """Method, path and leg of each card, the oldest first."""
    found = page.locator(".exchange").evaluate_all(
        "cards => cards.map(card => `${card.querySelector('h3 code').textContent}"
        " ${card.querySelector('.meta b').textContent}`)"
    )
    return list(reversed(found))


def wait_for_rows(page: Page, expected: list[str]) -> None:
    expect(page.locator(".exchange")).to_have_count(len(expected))
    assert rows(page) == expected


def whole(page: Page) -> str:
    """All that the page says of the flow, with every fold-out open."""
    page.evaluate("document.querySelectorAll('.exchange details').forEach(fold => fold.open = true)")
    return page.content()


def tokens_of_forms(page: Page) -> set[str]:
    """The CSRF tokens that the page's own forms hold."""
    return set(page.locator("input[name=csrfmiddlewaretoken]").evaluate_all("all => all.map(one => one.value)"))


def secrets_seen(page: Page) -> list[str]:
    """What goes by on the wire from now on and must be nowhere else: the list grows while the page is used."""
    seen: list[str] = []

    def note(request) -> None:
        pairs = parse_qsl(urlsplit(request.url).query)
        nested = [pair for name, url in pairs if name == "next" for pair in parse_qsl(urlsplit(url).query)]
        form = parse_qsl(request.post_data or "") if request.method == "POST" else []
        wanted = SECRETS | {"csrfmiddlewaretoken", "request"}
        seen.extend(value for name, value in [*pairs, *nested, *form] if name in wanted)

    page.on("request", note)
    return seen


def stored(demo) -> str:
    code = "from django.core.serializers import serialize; from authdemo.wire.models import Exchange"
    return str(demo.shell(f"{code}; print(serialize('json', Exchange.objects.all()))"))


def test_all_legs_of_github_in_one_list(demo, site, page, new_context):
    page.goto(site)
    show(page)
    other = new_context().new_page()
    other.goto(site)
    show(other)
    seen = secrets_seen(page)
    sign_in_with(page, site, "GitHub")
    wait_for_rows(page, GITHUB)

    typed = page.locator(".exchange", has=page.locator("h3 code", has_text=re.compile("^POST /github/login$")))
    expect(typed).to_contain_text("password (Body password) Never kept")
    expect(typed).to_contain_text("session key at the provider")
    expect(typed).not_to_contain_text("The server took it for")
    tokens = card(page, "POST /github/login/oauth/access_token")
    tokens.get_by_text("Answer", exact=True).click()
    names = tokens.locator("details").last.locator("dl").last.locator("dt").all_inner_texts()
    assert names == ["access_token", "scope", "token_type"]
    expect(tokens).to_contain_text("authorization code")
    expect(tokens).to_contain_text("client secret")
    expect(tokens.get_by_role("button", name="Reveal")).to_have_count(0)

    cookies = {one["value"] for one in page.context.cookies() if len(one["value"]) > 8}
    secrets = {*seen, *cookies, "outside-github-secret"} - tokens_of_forms(page)
    assert len(secrets) > 8
    text, database = whole(page), stored(demo)
    assert [value for value in secrets if value in text] == []
    assert [value for value in secrets if value in database] == []
    for word in (PASSWORD, "alice@outside.example"):
        assert word not in "".join(page.locator(".exchange").all_inner_texts())
        assert word not in database
    expect(other.locator(".exchange")).to_have_count(0)
    other.goto(f"{site}/oauth/")
    wait_for_rows(other, [f"GET /oauth/ {FRONT}"])
    assert violations(page) == []


def test_the_same_code_and_state_are_recognised_on_each_leg(site, page):
    page.goto(site)
    show(page)
    sign_in_with(page, site, "GitHub")
    wait_for_rows(page, GITHUB)
    text = whole(page)
    prints = re.findall(r"(state|authorization code), <span[^>]*>\d+ characters, fingerprint <code>(\w+)</code>", text)
    kinds = {kind: {one for name, one in prints if name == kind} for kind, _ in prints}
    assert {kind: len(found) for kind, found in kinds.items()} == {"state": 1, "authorization code": 1}


def test_google_answers_with_an_id_token(site, page):
    page.goto(site)
    show(page)
    sign_in_with(page, site, "Google")
    expect(card(page, "GET /oauth/signed-in/")).to_be_visible()
    tokens = card(page, "POST /google/token")
    tokens.get_by_text("Answer", exact=True).click()
    expect(tokens.locator("dt", has_text=re.compile("^id_token$"))).to_be_visible()
    legs = [row for row in rows(page) if BACK in row or OUTSIDE in row]
    assert legs == [
        f"GET /google/o/oauth2/v2/auth {OUTSIDE}",
        f"GET /google/login {OUTSIDE}",
        f"POST /google/login {OUTSIDE}",
        f"GET /google/o/oauth2/v2/auth {OUTSIDE}",
        f"POST /google/o/oauth2/v2/auth {OUTSIDE}",
        f"POST /google/token {BACK}",
        f"GET /google/userinfo {BACK}",
        f"GET /google/jwks.json {BACK}",
    ]


def test_a_denied_consent_has_no_back_channel(site, page):
    page.goto(site)
    show(page)
    sign_in_with(page, site, "GitHub", answer="Deny")
    wait_for_rows(page, GITHUB[:8])
    denied = card(page, "POST /github/login/oauth/authorize")
    denied.get_by_text("Answer", exact=True).click()
    expect(denied).to_contain_text("access_denied")


def test_two_browsers_at_once_have_a_list_each(site, page, new_context):
    other = new_context(viewport={"width": 1280, "height": 800}).new_page()
    for one in (page, other):
        one.goto(site)
        show(one)
        one.goto(f"{site}/oauth/")
        press(one, "Sign in with GitHub")
    at_the_provider(other, "bob.outside")
    at_the_provider(page, "alice.outside")
    for one in (page, other):
        wait_for_rows(one, GITHUB)
        assert one.locator(".exchange .bad").count() == 0


def test_what_comes_late_takes_its_place_and_fold_outs_stay_open(demo, site, page):
    page.goto(site)
    show(page)
    page.goto(f"{site}/oauth/")
    with page.expect_response("**/oauth/accounts/github/login/") as started:
        press(page, "Sign in with GitHub")
    state = dict(parse_qsl(urlsplit(started.value.headers["location"]).query))["state"]
    page.goto(f"{site}/sessions/login/")
    newest = card(page, "GET /sessions/login/")
    newest.get_by_text("Request", exact=True).click()
    newest.get_by_text("Statements and cache calls").focus()
    at = demo.shell(
        "from authdemo.wire.models import Exchange\n"
        "print(Exchange.objects.filter(path='/oauth/accounts/github/login/').first().at.isoformat())"
    ).strip()
    report = {
        "state": state, "host": urlsplit(demo.providers).netloc, "method": "GET", "path": "/github/login",
        "at": at, "milliseconds": 1, "query": [], "fields": [], "cookies": [], "status": 418, "location": None,
        "set_cookies": [],
    }  # fmt: skip
    count = page.locator(".exchange").count()
    assert requests.post(f"{site}/wire/reports/", json=report, timeout=10).status_code == 204
    expect(page.locator(".exchange")).to_have_count(count + 1)
    assert rows(page)[-1] == f"GET /sessions/login/ {FRONT}"
    expect(page.locator(".exchange", has_text="418")).to_be_visible()
    expect(newest.get_by_role("heading", name="Headers").first).to_be_visible()
    expect(newest.get_by_text("Statements and cache calls")).to_be_focused()
