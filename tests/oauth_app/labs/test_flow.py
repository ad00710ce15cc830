"""The flow drawn, and slow motion, in process: whose it is, what is in it, and that no check is weakened."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from authdemo.wire.models import Exchange
from oauth_app.labs.flow.marks import marks
from oauth_app.labs.flow.parameters import MEANINGS
from tests.oauth_app.conftest import PATHS, TOKEN, WHO, Company, Visitor, answer

pytestmark = pytest.mark.django_db
PAGE, NEXT = "/oauth/flow/", "/oauth/flow/next/"
ASKED_FOR = {
    "response_type", "client_id", "redirect_uri", "scope", "state", "nonce", "code_challenge", "code",
    "code_verifier", "access_token", "id_token", "refresh_token",
}  # fmt: skip
GITHUB = ["POST /github/login/oauth/access_token", "GET /github/api/v3/user", "GET /github/api/v3/user/emails"]


@pytest.fixture(autouse=True)
def demo(settings: Any, company: Company) -> None:
    settings.LABS, settings.ALLOWED_HOSTS = True, ["localhost", "testserver"]
    oidc = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["settings"]
    settings.SIGN_IN_WITH = [
        one | ({"address": oidc["server_url"]} if one["provider_id"] == "outside" else {})
        for one in settings.SIGN_IN_WITH
    ]
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    more = {"form-action": [*directives["form-action"], company.url]}
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": directives | more}


@pytest.fixture
def browser(company: Company) -> Visitor:
    return Visitor(Client(headers={"host": "localhost"}), company)


def press(browser: Visitor, provider: str = "github") -> Any:
    """Press the button of the lab's page, and follow to the answer of the app's own address."""
    handed_on = browser.client.post(f"{PAGE}start/", {"provider": provider})
    assert handed_on.status_code == 307
    return browser.client.post(handed_on["Location"], {"provider": provider})


def state_of(to: str, company: Company) -> str:
    sent = parse_qs(urlsplit(to).query)
    company.nonce = sent.get("nonce", [""])[0]
    return sent["state"][0]


def sign_in(browser: Visitor, provider: str = "github", **query: str) -> Any:
    state = state_of(press(browser, provider)["Location"], browser.company)
    return browser.come_back(provider, **({"code": "a-code-of-thirty-characters-000", "state": state} | query))


def page(client: Client, query: str = "") -> str:
    return unescape(client.get(f"{PAGE}{query}").content.decode())


def lines(html: str) -> list[str]:
    return re.findall(r'<li class="message[^>]*data-line="([^"]*)"', html)


def outcome(html: str) -> str:
    found = re.search(r'id="outcome">(.*?)</p>', html, re.S)
    return re.sub("<[^>]*>", "", found[1]) if found else ""


# ---- Whose, and when


def test_without_labs_there_is_no_such_page(client, settings):
    settings.LABS = False
    assert {client.get(path).status_code for path in (PAGE, NEXT)} == {404}
    assert {client.post(path).status_code for path in (f"{PAGE}start/", f"{PAGE}slow/", NEXT)} == {404}
    assert PAGE not in client.get("/oauth/").content.decode()


def test_without_labs_a_left_over_cookie_slows_nothing(browser, settings):
    browser.client.post(f"{PAGE}slow/", {"slow": "on"})
    settings.LABS = False
    assert browser.sign_in().status_code == 302
    assert browser.username() == "alice.outside"


def test_nothing_yet(client):
    html = page(client)
    assert "Nothing is drawn yet" in html
    assert not lines(html)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)", html)
    assert f'href="{PAGE}"' in client.get("/oauth/").content.decode()


def test_the_button_needs_a_post_a_token_and_a_known_provider(browser):
    assert browser.client.get(f"{PAGE}start/").status_code == 405
    assert browser.client.post(f"{PAGE}start/", {"provider": "evil"}).status_code == 404
    strict = Client(enforce_csrf_checks=True, headers={"host": "localhost"})
    assert {strict.post(path, {"provider": "github"}).status_code for path in (f"{PAGE}start/", f"{PAGE}slow/")} == {
        403
    }


def test_the_button_opens_the_panel(browser):
    press(browser)
    assert "Hide the wire" in page(browser.client)


def test_another_browser_sees_nothing(browser, another):
    sign_in(browser)
    assert lines(page(browser.client))
    other = Client(headers={"host": "localhost"})
    other.post("/wire/open/")
    assert "Nothing is drawn yet" in page(other)


def test_with_the_panel_closed_nothing_is_drawn(browser):
    assert browser.sign_in().status_code == 302
    assert "Nothing is drawn yet" in page(browser.client)


def test_who_is_signed_in_is_told_and_begins_by_ending_the_session(browser):
    sign_in(browser)
    assert "End session and sign in with Google" in page(browser.client)
    handed_on = browser.client.post(f"{PAGE}start/", {"provider": "google"})
    assert (handed_on.status_code, handed_on["Location"]) == (307, "/oauth/switch/google/")


# ---- What is drawn


def test_each_call_in_its_order(browser, company):
    sign_in(browser)
    html = page(browser.client)
    asked = [line for line in lines(html) if re.match("GET|POST", line)]
    callback = "GET /oauth/accounts/github/login/callback/"
    assert asked == ["POST /oauth/accounts/github/login/", callback, *GITHUB]
    assert asked[2:] == [
        f"{line.split()[0]} {path}" for line, (path, _, _) in zip(GITHUB, company.calls[-3:], strict=True)
    ]
    assert lines(html)[-1] == "302 Found"  # the callback's answer comes after the calls that it has made
    assert outcome(html).startswith("Signed in as alice.outside. 3 calls of the back channel")


@pytest.mark.parametrize(("provider", "calls"), [("google", 3), ("outside", 5)])
def test_openid_connect_has_tokens_and_keys(browser, provider, calls):
    sign_in(browser, provider)
    html = page(browser.client)
    assert f"{calls} calls of the back channel" in outcome(html)
    for name in ("id_token", "access_token", "code_verifier", "nonce"):
        assert f"<code>{name}</code>" in html
        assert MEANINGS[name].sentence in html
        assert MEANINGS[name].clause in html


def test_each_parameter_has_a_sentence_and_a_clause():
    assert set(MEANINGS) >= ASKED_FOR
    assert all(meaning.sentence.endswith(".") and meaning.clause for meaning in MEANINGS.values())


def test_no_secret_is_in_the_page(browser, company):
    press(browser, "outside")
    state = state_of(press(browser, "outside")["Location"], company)
    session = browser.client.session["socialaccount_states"][state][0]
    code = "a-code-of-thirty-characters-000"
    browser.come_back("outside", code=code, state=state)
    html = page(browser.client)
    secrets = [state, code, company.nonce, session["pkce_code_verifier"], "provider-token", "outside-oidc-secret"]
    assert [value for value in secrets if value in html] == []
    assert not re.search(r"eyJ[\w-]+\.", html)
    assert browser.client.session.session_key not in html


def test_a_request_at_the_provider_shows_each_parameter_once_and_with_its_value(browser, settings):
    """The form of the provider sends `next` in its address and as a field, of which we are told the name only."""
    settings.ALLOWED_HOSTS = ["localhost"]  # reports are taken on this machine only
    state = state_of(press(browser, "google")["Location"], browser.company)
    waiting = f"/google/o/oauth2/v2/auth?access_type=offline&include_granted_scopes=true&state={state}"
    report = {
        "state": state, "host": "127.0.0.1:9000", "method": "POST", "path": "/google/login", "status": 302,
        "at": timezone.now().isoformat(), "milliseconds": 1, "location": waiting, "cookies": [], "set_cookies": [],
        "query": [("next", waiting)], "fields": ["csrfmiddlewaretoken", "next", "username", "password"],
    }  # fmt: skip
    assert browser.client.post("/wire/reports/", report, content_type="application/json").status_code == 204
    html = page(browser.client)
    [asked, answered] = re.findall(
        r'<li class="message[^>]*data-line="(?:POST /google/login|302 Found)".*?</li>', html, re.S
    )[-2:]
    shown = re.findall(r'<code>(\w+)</code> <span class="value">(.*?)</span>', asked)
    assert [name for name, _ in shown] == ["next", "username", "password"]
    assert "••" not in dict(shown)["next"]
    assert "<code>next, as a field of the form, too</code>" in asked
    for name, value in (("access_type", "offline"), ("include_granted_scopes", "true")):
        assert f'<code>{name}</code> <span class="value">{value}</span>' in answered


def test_only_the_last_flow(browser):
    sign_in(browser)
    browser.client.post("/oauth/accounts/logout/")
    sign_in(browser, "google")
    assert not any("github" in line for line in lines(page(browser.client)))


def test_a_page_that_one_opens_from_the_callback_is_no_leg(browser):
    """Its referrer holds the state as well."""
    state = state_of(press(browser)["Location"], browser.company)
    browser.come_back(error="access_denied", state=state)
    referrer = f"http://localhost/oauth/accounts/github/login/callback/?error=access_denied&state={state}"
    browser.client.get("/oauth/", headers={"referer": referrer})
    assert "GET /oauth/" not in lines(page(browser.client))


def test_marks_follow_from_the_facts(browser):
    sign_in(browser)
    html = page(browser.client)
    parts = {one.split('"')[0]: one for one in html.split('data-line="')[1:]}
    callback, token = parts["GET /oauth/accounts/github/login/callback/"], parts[GITHUB[0]]
    assert "Browser’s history, seen</b>: the address, with code, state" in callback
    assert "Log of the site, seen</b>: the address, with code, state" in callback
    assert "Browser’s history, not seen</b>: it did not go through the browser" in token
    assert "Log of the provider, not seen</b>" in token
    assert "Network, seen</b>: http" in token


def test_https_closes_the_network(browser, settings):
    sign_in(browser)
    settings.SITE_URL = "https://localhost"
    html = page(browser.client)
    assert "Network, not seen</b>: https" in html
    assert "Network, seen</b>: http, so" in html  # the provider's


def test_a_leg_with_a_form_shows_its_address_and_not_the_form():
    """Nobody may read out of the marks that a password lies in a history, or in a log."""
    address = [["next", {"url": "/authorize", "query": [["state", "…"]]}]]
    sent = {"query": address, "body": {"fields": [["password", "…"]]}}
    leg = Exchange(leg=Exchange.Leg.OUTSIDE, method="POST", host="a.example", path="/login", request=sent)
    history, log = marks(leg)[1:]
    assert [(one.sign, one.word) for one in (history, log)] == [("◐", "the address only")] * 2
    assert history.text == "it holds next, state. The form’s fields are not kept"
    assert log.text == "it holds next, state, if it logs as servers usually do. The form’s fields are left out"
    leg.method = "GET"
    assert [one.sign for one in marks(leg)[1:]] == ["●", "●"]
    leg.request = {"query": []}
    assert [one.sign for one in marks(leg)[1:]] == ["○", "○"]


def test_the_signs_are_explained_where_they_stand(browser):
    sign_in(browser)
    html = page(browser.client)
    for sign, words in {"●": "seen", "◐": "the address only, not the form", "○": "not seen"}.items():
        assert f'<span class="shape" aria-hidden="true">{sign}</span> {words}' in html


def numbers(html: str) -> list[str]:
    return re.findall(r'<b class="number">(\w+)</b>', html)


def test_an_answer_has_a_number_that_tells_it_from_its_request(browser):
    sign_in(browser)
    html = page(browser.client)
    assert numbers(html) == ["1", "1a", "2", "3", "3a", "4", "4a", "5", "5a", "2a"]
    assert "4a answers 4" in html


def test_a_state_is_too_short_to_show_a_part_of_it(browser):
    sign_in(browser, "outside")
    html = page(browser.client)
    told = {name: set(re.findall(rf"<code>{name}</code>.*?<p>(.*?)<", html, re.S)) for name in ("state", "nonce")}
    assert all(text.startswith("Masked: of a value this short not one character is shown.") for text in told["state"])
    assert told["state"]
    assert told["nonce"]
    assert not any("this short" in text for text in told["nonce"])


def test_what_a_session_does_is_said_only_where_there_is_one(browser):
    words = "From here on the session cookie says who you are."
    sign_in(browser, code="", error="access_denied")
    assert words not in page(browser.client)
    sign_in(browser, code="", error="server_error")
    assert words not in page(browser.client)
    sign_in(browser)
    assert words in page(browser.client)


def test_the_picture_stands_above_what_begins_the_next_one(browser):
    first = page(browser.client)
    assert "<h2>Again</h2>" not in first
    assert f'action="{PAGE}start/"' in first
    sign_in(browser)
    html = page(browser.client)
    places = [html.index(part) for part in ('id="sequence"', "<h2>Again</h2>", f'action="{PAGE}start/"', 'id="slow"')]
    assert places == sorted(places)


def test_each_step_of_the_replay_leads_to_the_leg_of_its_call(browser):
    sign_in(browser)
    whole = page(browser.client)
    assert 'href="?call=1#leg-3"' in whole
    assert re.search(r'id="leg-3" data-line="POST /github/login/oauth/access_token"', whole)
    second = page(browser.client, "?call=2")
    assert 'href="?call=1#leg-3"' in second
    assert second.count('href="?call=3#leg-5"') == 2
    assert "#last" not in second
    assert "That was the last call." in page(browser.client, "?call=3")


def test_call_by_call(browser):
    sign_in(browser)
    first = lines(page(browser.client, "?call=1"))
    assert first[-2:] == [GITHUB[0], "200 OK"]
    assert GITHUB[1] not in first
    assert lines(page(browser.client, "?call=3"))[-2:] == [GITHUB[2], "200 OK"]
    whole = lines(page(browser.client))
    for strange in ("0", "4", "-1", "x", "9" * 5000, "%C2%B2"):
        assert lines(page(browser.client, f"?call={strange}")) == whole


# ---- It did not work


def test_a_denial(browser):
    assert sign_in(browser, code="", error="access_denied").status_code == 403
    html = page(browser.client)
    assert outcome(html).startswith("You said no.")
    assert not any(line in html for line in GITHUB)


def test_another_error_of_the_provider_is_no_denial(browser):
    assert sign_in(browser, code="", error="server_error").status_code == 502
    html = page(browser.client)
    assert outcome(html).startswith("Refused. The site answered 502 Bad Gateway: nobody was signed in.")
    assert "Back at the site, with an error" in html


def test_a_connection_that_is_refused_leaves_who_was_there(browser):
    sign_in(browser)
    name = browser.username()
    start = browser.client.post("/oauth/accounts/google/login/", {"process": "connect"})
    state = state_of(start["Location"], browser.company)
    assert browser.come_back("google", error="server_error", state=state).status_code == 502
    told = outcome(page(browser.client))
    assert told.startswith("Refused. The site answered 502 Bad Gateway: nothing has changed")
    assert f"you are still signed in as {name}." in told
    assert "nobody was signed in" not in told
    assert browser.username() == name


def test_under_way(browser):
    press(browser)
    assert outcome(page(browser.client)).startswith("Under way.")


@pytest.mark.parametrize(("path", "last"), [(TOKEN["github"], 1), (WHO["github"], 2)])
def test_a_call_that_fails(browser, company, path, last):
    company.spoiled[path] = answer("", 500)
    assert sign_in(browser).status_code == 502
    html = page(browser.client)
    assert outcome(html).startswith("Refused. The site answered 502 Bad Gateway: nobody was signed in.")
    assert "500 Internal Server Error" in outcome(html)
    assert [line for line in lines(html) if line in GITHUB] == GITHUB[:last]


def test_a_provider_that_nobody_plays_any_more(browser, company):
    state = state_of(press(browser)["Location"], company)
    company.spoiled[TOKEN["github"]] = lambda request: request.connection.close()
    browser.come_back(code="a-code", state=state)
    assert "Refused." in outcome(page(browser.client))
    assert "No answer" in page(browser.client)


# ---- Slow motion


@pytest.fixture
def slow(browser: Visitor) -> Visitor:
    assert browser.client.post(f"{PAGE}slow/", {"slow": "on"})["Location"] == f"{PAGE}#slow"
    return browser


def callback(provider: str, **query: str) -> tuple[str, dict[str, str]]:
    return f"/oauth/accounts/{PATHS[provider]}/login/callback/", query


@pytest.mark.parametrize("provider", PATHS)
def test_it_stops_before_each_leg_and_then_signs_in(slow, company, provider):
    assert press(slow, provider)["Location"] == NEXT
    waiting = unescape(slow.client.get(NEXT).content.decode())
    assert "your browser goes to the provider" in waiting
    out = slow.client.post(NEXT)
    assert out.status_code == 302
    state = state_of(out["Location"], company)
    assert state not in waiting
    assert MEANINGS["code_challenge"].sentence in waiting
    assert waiting.index(">Continue<") < waiting.index('class="parameters"') < waiting.rindex(">Continue<")
    calls = len(company.calls)
    back = slow.come_back(provider, code="a-code-of-thirty-characters-000", state=state)
    html = unescape(back.content.decode())
    assert (back.status_code, len(company.calls)) == (200, calls)  # no back channel yet
    assert "with a code and the state" in html
    assert state not in html
    assert "a-code-of-thirty" not in html
    assert "no-store" in back["Cache-Control"]
    assert slow.username() is None
    path, query = callback(provider, code="a-code-of-thirty-characters-000", state=state)
    again = slow.client.post(f"{path}?code={query['code']}&state={state}")
    assert again["Location"] == f"{path}?code={query['code']}&state={state}"
    assert slow.client.get(again["Location"]).status_code == 302
    name = "alice" if provider == "google" else "alice.outside"
    assert slow.username() == name
    drawn = page(slow.client)
    assert f"Signed in as {name}." in outcome(drawn)
    assert drawn.count(" · slow motion</span>") == 8  # four legs, and their answers
    assert "A dotted edge: a leg of slow motion." in drawn
    asked = [line for line in lines(drawn) if re.match(r"(GET|POST) /oauth", line)]
    base = f"/oauth/accounts/{PATHS[provider]}/login/"
    back_again = [f"{method} {base}callback/" for method in ("GET", "POST", "GET")]
    assert asked == [f"POST {base}", f"GET {NEXT}", f"POST {NEXT}", *back_again]


def test_it_says_where_it_stops_and_where_it_cannot(slow):
    html = page(slow.client)
    assert "stops twice, before your browser leaves for the provider, and when it is back" in html
    assert "What goes between your browser and the provider is not ours to stop." in html
    held(slow)
    assert "A dotted edge" in page(slow.client)
    slow.client.post(f"{PAGE}slow/", {"slow": "off"})
    sign_in(slow)
    assert "A dotted edge" not in page(slow.client)


def held(slow: Visitor, provider: str = "github") -> str:
    """Begin, and go to the provider."""
    press(slow, provider)
    return state_of(slow.client.post(NEXT)["Location"], slow.company)


def test_the_state_counts_once(slow):
    state = held(slow)
    path, query = callback("github", code="a-code", state=state)
    again = f"{path}?code=a-code&state={state}"
    slow.client.post(again)
    assert slow.client.get(path, query).status_code == 302
    for _ in range(2):
        assert slow.client.post(again).status_code == 405
        assert slow.client.get(path, query).status_code == 400
        slow.client.post("/oauth/accounts/logout/")
    assert slow.username() is None


def test_a_foreign_state_is_not_stopped_and_refused_as_ever(slow, another):
    held(slow)
    foreign = Visitor(Client(headers={"host": "localhost"}), slow.company).state()
    for state in (foreign, "made-up", ""):
        answered = slow.come_back(code="a-code", state=state)
        assert answered.status_code == 400
        assert "This sign-in is over" in answered.content.decode()
    assert slow.come_back(code="a-code").status_code == 400
    assert slow.username() is None


def test_its_buttons_need_a_token(slow):
    state = held(slow)
    strict = Client(enforce_csrf_checks=True, headers={"host": "localhost"})
    strict.cookies = slow.client.cookies
    path, _ = callback("github")
    assert strict.post(f"{path}?code=a-code&state={state}").status_code == 403
    assert strict.post(NEXT).status_code == 403
    assert slow.come_back(code="a-code", state=state).status_code == 200  # it waits still


def test_loading_a_page_again_goes_nowhere_and_back_is_the_same_request(slow):
    press(slow)
    first = [slow.client.get(NEXT).status_code, slow.client.get(NEXT).status_code]
    one, two = slow.client.post(NEXT)["Location"], slow.client.post(NEXT)["Location"]
    assert (first, one == two) == ([200, 200], True)
    state = state_of(one, slow.company)
    assert [slow.come_back(code="a-code", state=state).status_code for _ in range(3)] == [200] * 3
    assert slow.username() is None


def test_another_browser_cannot_go_on_with_it(slow):
    state = held(slow)
    other = Client(headers={"host": "localhost"})
    other.post(f"{PAGE}slow/", {"slow": "on"})
    assert other.post(NEXT)["Location"] == PAGE
    assert other.get(*callback("github", code="a-code", state=state)).status_code == 400


def test_turned_off_half_way_it_just_goes_on(slow):
    state = held(slow)
    slow.client.post(f"{PAGE}slow/", {"slow": "off"})
    assert slow.come_back(code="a-code", state=state).status_code == 302
    assert slow.username() == "alice.outside"


def test_a_denial_stops_too(slow):
    state = held(slow)
    query = {"error": "access_denied", "state": state}
    html = slow.come_back(**query).content.decode()
    assert "You came back, with an error" in html
    slow.client.post(f"{callback('github')[0]}?error=access_denied&state={state}")
    assert slow.come_back(**query).status_code == 403


def test_it_changes_no_other_page(slow):
    for path in ("/", "/oauth/", "/sessions/login/", "/oauth/connections/"):
        assert NEXT not in slow.client.get(path).get("Location", "")
    assert slow.client.get(NEXT)["Location"] == PAGE
    assert slow.client.post(NEXT)["Location"] == PAGE


def test_starting_over_turns_it_off(slow):
    slow.client.post("/start-over/")
    assert slow.client.cookies["oauth_slow"].value == ""
    assert slow.client.cookies["oauth_slow"]["path"] == "/oauth/"


def test_what_is_kept_of_it_holds_no_secret(slow):
    state = held(slow)
    slow.come_back(code="a-code-of-thirty-characters-000", state=state)
    kept = json.dumps(list(Exchange.objects.values("path", "request", "response", "carried")), default=str)
    assert state not in kept
    assert "a-code-of-thirty" not in kept
