"""On your behalf, with the real site and the real outside world: 200, 403, one scope more, refreshed, revoked."""

from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.oauth_app.person import Person

pytestmark = pytest.mark.live

PROVIDERS = ["GitHub", "Google", "Outside ID"]
SLUGS = {"GitHub": "github", "Google": "google", "Outside ID": "oidc"}
IDS = {"GitHub": "github", "Google": "google", "Outside ID": "outside"}
OUTSIDE_THE_SCOPE = {
    "GitHub": ("My repositories", "public_repo", "sourdough", "Resource not accessible"),
    "Google": ("My calendars", "calendar.readonly", "Choir", "insufficient authentication scopes"),
    "Outside ID": ("My timetable", "timetable", "Databases", "insufficient_scope"),
}
REFRESHING = PROVIDERS[1:]
PAGE = "/oauth/behalf/"
every_provider = pytest.mark.parametrize("provider", PROVIDERS)


def in_world(demo, provider, name="alice.outside"):
    """Somebody who has just signed in, and whom no earlier test has seen."""
    demo.shell("User.objects.filter(socialaccount__isnull=False).delete()")
    person = Person(demo.site)
    assert person.sign_in(provider, name).status_code == 200
    return person


def act(person, action, page=None):
    """Press a button of the first card; return the page."""
    page = page or person.get(PAGE)
    account = re.search(r'id="account-(\d+)"', page.text)
    assert account, page.text
    return person.follow(person.press(page, "Who am I?", account=account[1], action=action))


def calls(page):
    """What was sent: method, path, status."""
    found = re.findall(r"<p><code>(\w+) [\d.:]+([^<]*)</code> <span class=\"status \w+\">(\d+)", page.text)
    return [(method, path, int(status)) for method, path, status in found]


def at_the_company(demo, person, provider, action):
    """Press a button on the provider's page of apps, for this site: other apps of the demo may stand there, too."""
    page = person.get(f"{demo.providers}/{SLUGS[provider]}/apps")
    client_id = f"authdemo-{SLUGS[provider]}"
    return person.follow(person.press(page, "Remove access", action=action, client_id=client_id))


def we_hold(demo, person, provider):
    """What the provider's page of apps says that this site holds; nothing where it does not stand there."""
    page = person.get(f"{demo.providers}/{SLUGS[provider]}/apps").text
    assert "Which apps have access to your account?" in page
    ours = [part for part in page.split('<div class="panel">') if f'value="authdemo-{SLUGS[provider]}"' in part]
    return re.findall(r"<dt>Access tokens</dt><dd>(\d+)|<dt>Refresh token</dt><dd>(yes|no)", "".join(ours))


@every_provider
def test_inside_200_outside_403_one_scope_more_200(demo, provider):
    person = in_world(demo, provider)
    page = act(person, "who")
    assert [status for _, _, status in calls(page)] == [200]
    assert "Inside the scope." in page.text
    label, scope, found, reason = OUTSIDE_THE_SCOPE[provider]
    page = act(person, "more")
    assert [status for _, _, status in calls(page)] == [403]
    assert "Outside the scope" in page.text
    assert scope in page.text.split("Outside the scope")[1]
    assert reason in page.text
    assert label in page.text
    start = person.press(page, "Ask for one more")
    consent = person.follow(start)
    assert f"<code>{scope}" in consent.text or scope in consent.text
    page = person.follow(person.allow(consent))
    assert re.fullmatch(re.escape(f"{demo.site}{PAGE}") + r"#account-\d+", page.url)
    assert page.url.partition("#")[2] in re.findall(r'id="(account-\d+)"', page.text)
    assert "Ask for one more" not in page.text
    assert "Outside the scope" not in page.text  # that was said of the token before
    page = act(person, "more")
    assert [status for _, _, status in calls(page)] == [200]
    assert found in page.text


@every_provider
def test_no_token_is_in_any_page(demo, provider):
    person = in_world(demo, provider)
    secrets = demo.shell(
        "from oauth_app.client import stored; from oauth_app.client.models import ProviderToken\n"
        "one = stored.secrets_of(ProviderToken.objects.get()); print('>>', one.access, one.refresh)"
    ).split(">>")[1].split()  # fmt: skip
    for action in ("who", "more", *(["refresh"] if provider in REFRESHING else [])):
        page = act(person, action)
        assert secrets
        assert not [one for one in secrets if one in page.text]
    assert not [one for one in secrets if one in person.get("/oauth/connections/").text + demo.output]


@pytest.mark.parametrize("provider", REFRESHING)
def test_expired_there_is_refreshed_by_itself(demo, provider):
    person = in_world(demo, provider)
    at_the_company(demo, person, provider, "expire")
    page = act(person, "who:as-it-is")
    assert [status for _, _, status in calls(page)] == [401]
    page = act(person, "who")
    assert [(method, status) for method, _, status in calls(page)] == [("GET", 401), ("POST", 200), ("GET", 200)]
    at_the_company(demo, person, provider, "expire")
    assert [status for _, _, status in calls(act(person, "refresh"))] == [200]
    assert [status for _, _, status in calls(act(person, "who:as-it-is"))] == [200]


@every_provider
def test_revoked_there_and_still_signed_in_here(demo, provider):
    person = in_world(demo, provider)
    at_the_company(demo, person, provider, "remove")
    page = act(person, "who")
    assert calls(page)[0][2] == 401
    assert "You are still signed in here." in page.text
    assert person.username()
    # It signs in as before: who one is, is another question.
    person.sign_out()
    assert person.sign_in(provider).status_code == 200
    assert [status for _, _, status in calls(act(person, "who"))] == [200]


@every_provider
def test_disconnected_here_is_over_there(demo, provider):
    person = in_world(demo, provider)
    at_the_company(demo, person, provider, "remove")  # tokens of other tests, whose users were deleted
    for _ in range(2):
        person.sign_out()
        person.sign_in(provider)
    other = next(one for one in PROVIDERS if one != provider)
    start = person.press(person.get("/oauth/connections/"), f"Connect {other}")
    person.follow(person.allow(person.to_consent(start, "alice.outside")))
    page = person.get("/oauth/connections/")
    account = re.search(rf'name="account" value="(\d+)">\s*<button[^>]*aria-label="Disconnect {provider}', page.text)
    assert account
    page = person.follow(person.press(page, f"Disconnect {provider}", account=account[1]))
    assert "The token that we had was revoked there, too." in page.text
    assert until(lambda: we_hold(demo, person, provider) == [])


@every_provider
def test_a_new_sign_in_ends_the_token_before_it(demo, provider):
    """But at Google: there it would end both."""
    person = in_world(demo, provider)
    at_the_company(demo, person, provider, "remove")
    for _ in range(3):
        person.sign_out()
        person.sign_in(provider)
    number = "3" if provider == "Google" else "1"
    refreshes = "no" if provider == "GitHub" else "yes"
    assert until(lambda: we_hold(demo, person, provider) == [(number, ""), ("", refreshes)])
    assert [status for _, _, status in calls(act(person, "who"))] == [200]


@every_provider
def test_a_sign_in_that_is_refused_leaves_no_token(demo, provider):
    eve = Person(demo.site)
    assert eve.sign_in(provider, "eve.outside").status_code == 403
    assert until(lambda: we_hold(demo, eve, provider) == [])


def until(happened) -> bool:
    """Ask again for ten seconds: the site does it after it has answered."""
    end = time.monotonic() + 10
    while not (found := happened()) and time.monotonic() < end:
        pass
    return bool(found)


def test_nobody_uses_somebody_elses_token(demo):
    alice = in_world(demo, "GitHub")
    number = re.search(r'id="account-(\d+)"', alice.get(PAGE).text)
    assert number
    bob = Person(demo.site)
    bob.sign_in("Google", "bob.outside")
    page = bob.get(PAGE)
    answer = bob.press(page, "Who am I?", account=number[1], action="who")
    assert answer.status_code == 404
    assert "alice.outside" not in answer.text
    for action in ("", "all", "who:x", "more:as-it-is:x"):
        own = re.search(r'id="account-(\d+)"', page.text)
        assert own
        assert bob.press(page, "Who am I?", account=own[1], action=action).status_code == 400


# ---- Ten at once


@pytest.mark.parametrize("provider", REFRESHING)
def test_ten_requests_make_one_refresh(demo, provider):
    ten_at_once(demo, provider)


@pytest.mark.postgres
@pytest.mark.parametrize("provider", REFRESHING)
def test_the_same_on_postgresql(demo_postgres, provider):
    ten_at_once(demo_postgres, provider)


def ten_at_once(demo, provider):
    person = in_world(demo, provider)
    demo.shell(
        "from oauth_app.client.models import ProviderToken; from django.utils import timezone\n"
        "ProviderToken.objects.update(expires_at=timezone.now())"
    )
    at_the_company(demo, person, provider, "expire")
    page = person.get(PAGE)
    account = re.search(r'id="account-(\d+)"', page.text)
    csrf = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert account
    assert csrf
    token = {"Google": "POST /google/token", "Outside ID": "POST /oidc/identity/o/api/token"}[provider]
    before = demo.output.count(token)

    def one(number):
        twin = Person(demo.site if number % 2 else demo.site_b)
        twin.cookies.update(person.cookies)
        form = {"csrfmiddlewaretoken": csrf[1], "account": account[1], "action": "who"}
        return twin.post(f"{PAGE}act/", data=form).status_code

    with ThreadPoolExecutor(10) as pool:
        assert set(pool.map(one, range(10))) == {302}
    asked = demo.output.count(token) - before
    assert asked == 1
    assert [status for _, _, status in calls(act(person, "who:as-it-is"))] == [200]
    assert [status for _, _, status in calls(act(person, "refresh"))] == [
        200
    ]  # the rotated one is the one that counts


# ---- What remains where

S, C, T, A, P = "Session here", "Connection here", "Our copy of the token", "The token at its API", "Session at"
REMAINS = {
    "sign-out": {C, T, A, P},
    "sign-out-there": {S, C, T, A},
    "disconnect": {S, P},
    "remove": {S, C, T, P},
    "delete": {A, P},
}


@every_provider
def test_what_remains_where(demo, provider):
    person = Person(demo.site)
    person.sign_in_with_password("bob")
    page = person.get(f"/oauth/connections/?remains={IDS[provider]}")
    for act_, places in REMAINS.items():
        page = person.follow(person.press(page, "Try it", act=act_, provider=IDS[provider]))
        row = re.search(rf'<tr><th scope="row">(?:(?!</tr>).)*name="act" value="{act_}".*?</tr>', page.text, re.DOTALL)
        assert row
        cells = re.findall(r'<td data-mechanism="([^"]+)">(.*?)</td>', row[0], re.DOTALL)
        assert len(cells) == 5
        remains = {title for title, cell in cells if "remains" in cell}
        assert remains == {title for title, _ in cells if title.startswith(tuple(places))}, act_
        assert ("sent nothing: the provider is not told." in page.text) == (act_ == "delete")
        assert all("200 →" in cell or "there →" in cell for _, cell in cells), act_
    assert person.username() == "bob"
    left = demo.shell("print('>>', User.objects.filter(username__startswith='lab-').count())")
    assert left.split(">>")[1].strip() == "0"


def test_only_what_is_in_the_table_can_be_tried(demo):
    person = Person(demo.site)
    person.sign_in_with_password("bob")
    page = person.get("/oauth/connections/")
    assert person.press(page, "Try it", act="everything").status_code == 404
    assert person.press(page, "Try it", provider="nobody").status_code == 404
    stranger = Person(demo.site)
    assert stranger.post("/oauth/behalf/remains/", data={"act": "delete"}).status_code == 403
