"""The flow in a real browser with the real demo: the picture has the legs that the outside world's own log has."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_social_journeys import at_the_provider, check_accessible, heading, press
from tests.fixtures.demo import RunningDemo
from tests.wire.test_flow_browser import secrets_seen, tokens_of_forms

pytestmark = [pytest.mark.browser, pytest.mark.live]

NAMES = {"GitHub": "github", "Google": "google", "Outside ID": "oidc"}
LOGGED = re.compile(r"outside\.access: (GET|POST) (\S+) ([0-9]{3})")
SIGNED_IN = "OAuth has finished. This is an ordinary Django session now."
COUNTS = {"GitHub": 3, "Google": 3, "Outside ID": 5}  # calls of the back channel


@pytest.fixture
def site(demo) -> str:
    demo.shell("User.objects.filter(socialaccount__isnull=False).delete()")
    return str(demo.site)


@dataclass
class AccessLog:
    """What the outside world writes from now on."""

    demo: RunningDemo
    before: int

    def lines(self, company: str) -> list[str]:
        """Method, path and status of each request at a company, in order."""
        found = [match.groups() for line in self.demo.lines[self.before :] if (match := LOGGED.search(line))]
        return [f"{method} {path} {status}" for method, path, status in found if path.startswith(f"/{company}/")]


@pytest.fixture
def access_log(demo) -> AccessLog:
    return AccessLog(demo, len(demo.lines))


def drawn(page: Page) -> list[str]:
    """Method, path and status of each leg at the provider, in the order in which they were answered."""
    found = page.locator(".message").evaluate_all(
        "all => all.filter(one => !one.matches('.browser-site'))"
        ".map(one => [one.querySelector('.number').textContent, one.dataset.line])"
    )
    asked = {number: line for number, line in found if re.match("GET|POST", line)}
    answered = [(number.removesuffix("a"), line) for number, line in found if number.endswith("a")]
    assert sorted(number for number, _ in answered) == sorted(asked)
    return [f"{asked[number]} {line.split()[0]}" for number, line in answered]


def outcome(page: Page, site: str) -> str:
    """Wait until the record is complete: it is written after the answer has gone."""
    page.goto(f"{site}/oauth/flow/")
    return page.locator("#outcome").inner_text()


def start(page: Page, site: str, provider: str) -> None:
    page.goto(f"{site}/oauth/flow/")
    press(page, f"Sign in with {provider}")


@pytest.mark.parametrize("slow", [False, True], ids=["at once", "slow motion"])
@pytest.mark.parametrize("provider", NAMES)
def test_the_picture_has_the_legs_of_the_outside_worlds_own_log(
    demo, site, page, new_context, access_log, provider, slow
):
    posted: list[tuple[str, str]] = []
    page.on("request", lambda request: posted.append((request.url, request.post_data or "")))
    other = new_context().new_page()
    other.goto(f"{site}/oauth/flow/")
    page.goto(f"{site}/oauth/flow/")
    if slow:
        press(page, "Turn slow motion on")
    seen = secrets_seen(page)
    press(page, f"Sign in with {provider}")
    if slow:
        heading(page, "Next leg: your browser goes to the provider")
        assert access_log.lines(NAMES[provider]) in ([], ["GET /oidc/.well-known/openid-configuration 200"])
        press(page, "Continue")
    at_the_provider(page)
    if slow:
        heading(page, "You came back, with a code and the state")
        assert not [line for line in access_log.lines(NAMES[provider]) if "token" in line]
        press(page, "Continue")
    heading(page, SIGNED_IN)
    page.get_by_role("link", name="the flow, drawn", exact=True).click()
    expect(page.locator("#outcome")).to_contain_text(f"{COUNTS[provider]} calls of the back channel")
    expect(page.locator("#outcome")).to_contain_text("Signed in as alice")
    assert drawn(page) == access_log.lines(NAMES[provider])
    assert len(drawn(page)) == COUNTS[provider] + 5

    # The password: one origin, and the page names the one that the browser has really posted to.
    (to,) = {"/".join(url.split("/")[:3]) for url, body in posted if "workshop-2026" in body}
    assert page.locator("main > .password code").inner_text() == to == demo.providers
    secrets = {*seen, *(one["value"] for one in page.context.cookies() if len(one["value"]) > 8)} - tokens_of_forms(
        page
    )
    assert len(secrets) > 6
    text = page.content()
    assert [value for value in secrets if value in text] == []
    other.reload()
    expect(other.get_by_text("Nothing is drawn yet")).to_be_visible()


def test_each_parameter_is_explained_on_click_and_without_a_script(site, new_context):
    page = new_context(java_script_enabled=False).new_page()
    start(page, site, "Google")
    at_the_provider(page)
    page.goto(f"{site}/oauth/flow/")
    token = page.locator(".message", has=page.get_by_text("POST /google/token"))
    verifier = token.locator("details", has=page.locator("summary code", has_text="code_verifier"))
    expect(verifier.get_by_text("a stolen code is worth nothing without it")).to_be_hidden()
    verifier.locator("summary").click()
    expect(verifier.get_by_text("a stolen code is worth nothing without it")).to_be_visible()
    expect(verifier).to_contain_text("RFC 7636")
    token.get_by_text("Who could have seen it?").click()
    expect(token).to_contain_text("Browser’s history, not seen: it did not go through the browser")


def test_a_denial_is_drawn_up_to_where_it_ends(demo, site, page, access_log):
    start(page, site, "GitHub")
    at_the_provider(page, answer="Deny")
    heading(page, "You said no at GitHub")
    page.get_by_role("link", name="the flow, drawn", exact=True).click()
    expect(page.locator("#outcome")).to_contain_text("You said no.")
    assert drawn(page) == access_log.lines("github")
    assert not [line for line in drawn(page) if "token" in line]
    expect(page.get_by_text("Go back to the site, with an error")).to_be_visible()


def test_the_back_channel_call_by_call(site, page):
    start(page, site, "Outside ID")
    at_the_provider(page)
    page.goto(f"{site}/oauth/flow/")
    page.get_by_role("button", name="Replay the back channel, call by call").click()
    counts = []
    for call in range(1, 6):
        expect(page.get_by_role("heading", name=f"The back channel, call {call} of 5")).to_be_visible()
        counts.append(page.locator(".message.back:not(.answer)").count())
        expect(page.locator(".message.back:not(.answer)").last).to_be_in_viewport(ratio=0.9)
        assert page.evaluate("document.activeElement.matches('body, main')")
        if call < 5:
            page.locator("#last").get_by_role("button", name="Next call").click()
    assert counts == [1, 2, 3, 4, 5]
    page.locator("#last").get_by_role("link", name="Show all").click()
    expect(page.get_by_text("Signed in: alice")).to_be_visible()


def test_back_button_and_reload_in_slow_motion(site, page):
    page.goto(f"{site}/oauth/flow/")
    press(page, "Turn slow motion on")
    press(page, "Sign in with GitHub")
    press(page, "Continue")
    page.wait_for_url("http://127.0.0.1:*/**")
    page.go_back()
    heading(page, "Next leg: your browser goes to the provider")
    press(page, "Continue")
    at_the_provider(page)
    page.reload()
    heading(page, "You came back, with a code and the state")
    press(page, "Continue")
    heading(page, SIGNED_IN)
    page.go_back()
    heading(page, "This sign-in is over")


def test_they_are_accessible_with_something_in_them(site, page):
    page.goto(f"{site}/oauth/flow/")
    press(page, "Turn slow motion on")
    press(page, "Sign in with Outside ID")
    check_accessible(page)
    press(page, "Continue")
    at_the_provider(page)
    check_accessible(page)
    press(page, "Continue")
    heading(page, SIGNED_IN)
    for path in ("flow", "id-token"):
        page.goto(f"{site}/oauth/{path}/")
        page.locator(".drawn, .lines").wait_for()
        page.evaluate("document.querySelectorAll('main details').forEach(fold => fold.open = true)")
        check_accessible(page)


def test_the_id_token_goes_to_the_inspector(site, page):
    page.goto(f"{site}/oauth/id-token/")
    press(page, "Sign in with Google")
    at_the_provider(page)
    page.get_by_role("link", name="the ID token, line by line", exact=True).click()
    expect(page.locator("#verdict")).to_contain_text("The token is good.")
    expect(page.locator(".result")).to_have_count(9)
    press(page, "Open in the inspector")
    press(page, "Take both to the inspector")
    assert page.url.startswith(f"{site}/jwt/inspector/")
    assert "eyJ" not in page.url
    expect(page.get_by_role("main")).to_contain_text("authdemo-google")
