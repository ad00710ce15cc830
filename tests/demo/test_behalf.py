"""What a token opens at each company, how it ends there, and the page on which its owner ends it."""

from __future__ import annotations

import base64
import re
from typing import Any

import pytest
import requests

from tests.demo.visitor import Visitor

COMPANIES = ["github", "google", "oidc"]
every_company = pytest.mark.parametrize("company", COMPANIES)
CALENDAR = "https://www.googleapis.com/auth/calendar.readonly"
API = {
    "github": "/github/api/v3/user/repos",
    "google": "/google/calendar/v3/users/me/calendarList",
    "oidc": "/oidc/api/timetable",
}
MORE = {"github": "public_repo", "google": CALENDAR, "oidc": "timetable"}
REVOKE = {"google": "/google/revoke", "oidc": "/oidc/identity/o/api/revoke"}
AGAIN = {"grant_type": "refresh_token", "redirect_uri": None, "code_verifier": None}
OFFLINE = {"google": {"access_type": "offline"}}


@pytest.fixture
def granted(visitor, client_of):
    """Go the whole way, and return the client and what its exchange gave."""

    def granted(company, scope="", who: Visitor | None = None, **more):
        client = client_of(company)
        url = client.request_url(scope=f"{client.scope} {scope}".strip(), **more)
        browser = who or visitor
        answer = browser.submit(browser.consent_page(url), action="grant")
        answered = client.exchange(answer.headers["Location"].split("code=")[1].split("&")[0])
        assert answered.status_code == 200, answered.text
        return client, answered.json()

    return granted


def ask(outside, company, token, path=""):
    headers = {"Authorization": f"Bearer {token}"}
    return requests.get(outside.url + (path or API[company]), headers=headers, timeout=20, allow_redirects=False)


def basic(client, secret=""):
    return (client.client_id, secret or client.secret)


def delete(outside, client, token, of="", what="token", **changes) -> requests.Response:
    url = f"{outside.url}/github/api/v3/applications/{of or client.client_id}/{what}"
    how = {"json": {"access_token": token}, "auth": basic(client)} | changes
    return requests.delete(url, timeout=20, **how)


delete_there = delete


# ---- Inside and outside of a scope


@every_company
def test_inside_the_scope_200_outside_403(outside, granted, company):
    _, narrow = granted(company)
    refused = ask(outside, company, narrow["access_token"])
    assert refused.status_code == 403
    _, wide = granted(company, MORE[company])
    answer = ask(outside, company, wide["access_token"])
    assert answer.status_code == 200
    assert {"github": "sourdough", "google": "Choir", "oidc": "Databases"}[company] in answer.text
    assert ask(outside, company, narrow["access_token"]).status_code == 403  # still: a scope belongs to a token


def test_each_says_no_in_its_own_way(outside, granted):
    tokens = {company: granted(company)[1]["access_token"] for company in COMPANIES}
    said = {company: ask(outside, company, token) for company, token in tokens.items()}
    assert said["github"].headers["X-Accepted-OAuth-Scopes"] == "public_repo"
    assert said["github"].headers["X-OAuth-Scopes"] == "read:user, user:email"
    assert set(said["github"].json()) == {"message", "documentation_url", "status"}
    error = said["google"].json()["error"]
    assert error["errors"][0]["reason"] == "insufficientPermissions"
    assert error["details"][0]["reason"] == "ACCESS_TOKEN_SCOPE_INSUFFICIENT"
    assert f'error="insufficient_scope", scope="{CALENDAR}"' in said["google"].headers["WWW-Authenticate"]
    assert said["oidc"].json() == {"error": "insufficient_scope"}
    assert 'scope="timetable"' in said["oidc"].headers["WWW-Authenticate"]


@every_company
@pytest.mark.parametrize("token", ["", "rubbish", "a b"])
def test_a_bad_token_is_401(outside, company, token):
    answer = ask(outside, company, token)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(("at", "of"), [(a, b) for a in COMPANIES for b in COMPANIES if a != b])
def test_a_token_of_another_company_is_a_bad_one(outside, granted, at, of):
    assert ask(outside, at, granted(of, MORE[of])[1]["access_token"]).status_code == 401


# ---- Expiry and refresh


@every_company
def test_how_long_a_token_lives(granted, company):
    _, answered = granted(company)
    assert answered.get("expires_in") == (None if company == "github" else 300)


def test_google_gives_a_refresh_token_only_offline(granted):
    assert "refresh_token" not in granted("google")[1]
    assert "refresh_token" not in granted("google", access_type="online")[1]
    assert "refresh_token" in granted("google", access_type="offline")[1]
    assert "refresh_token" not in granted("github", access_type="offline")[1]
    assert "refresh_token" in granted("oidc")[1]


@pytest.mark.parametrize("company", ["google", "oidc"])
def test_a_refresh_rotates(outside, granted, company):
    client, first = granted(company, MORE[company], **OFFLINE.get(company, {}))
    second = client.exchange(None, **AGAIN, refresh_token=first["refresh_token"])
    assert second.status_code == 200, second.text
    second = second.json()
    assert second["refresh_token"] != first["refresh_token"]
    assert ask(outside, company, second["access_token"]).status_code == 200
    used = client.exchange(None, **AGAIN, refresh_token=first["refresh_token"])
    assert (used.status_code, used.json()["error"]) == (400, "invalid_grant")


def test_google_includes_what_was_granted_before(granted, visitor):
    granted("google", CALENDAR, access_type="offline")
    _, answered = granted("google", include_granted_scopes="true")
    assert CALENDAR in answered["scope"].split()
    _, answered = granted("google")
    assert CALENDAR not in answered["scope"].split()


# ---- The app ends it


def test_githubs_own_way(outside, granted):
    client, answered = granted("github", "public_repo")
    token = answered["access_token"]
    assert ask(outside, "github", token).status_code == 200
    assert delete(outside, client, token).status_code == 204
    assert ask(outside, "github", token).status_code == 401
    assert delete(outside, client, token).status_code == 404


def test_github_ends_one_token_or_all_that_the_app_has_of_that_user(outside, granted):
    client, first = granted("github")
    tokens = [first["access_token"], *(granted("github")[1]["access_token"] for _ in range(2))]
    with Visitor() as other:
        bob = other.code_for(client, name="bob.outside")
    bobs = client.exchange(bob).json()["access_token"]

    def valid() -> list[int]:
        return [ask(outside, "github", token, "/github/api/v3/user").status_code for token in (*tokens, bobs)]

    assert delete(outside, client, tokens[0]).status_code == 204
    assert valid() == [401, 200, 200, 200]
    assert delete(outside, client, tokens[1], what="grant").status_code == 204
    assert valid() == [401, 401, 401, 200]
    assert delete(outside, client, tokens[1], what="grant").status_code == 404


@pytest.mark.parametrize("what", ["token", "grant"])
def test_only_the_app_itself_and_only_its_own_tokens(outside, granted, what):
    def delete(*args: Any, **more: Any) -> requests.Response:
        return delete_there(*args, **{"what": what} | more)

    client, answered = granted("github")
    token = answered["access_token"]
    assert delete(outside, client, token, auth=basic(client, "wrong")).status_code == 401
    assert delete(outside, client, token, auth=None).status_code == 401
    assert delete(outside, client, token, of="authdemo-google").status_code == 401
    assert delete(outside, client, token, auth=("authdemo-google", "outside-google-secret")).status_code == 401
    assert delete(outside, client, granted("google")[1]["access_token"]).status_code == 404
    bodies: tuple[dict, ...] = (
        {"json": {}},
        {"json": []},
        {"json": {"access_token": 5}},
        {"data": b"\xff"},
        {"json": None},
    )
    for body in bodies:
        assert delete(outside, client, token, **({"json": None} | body)).status_code == 422
    assert ask(outside, "github", token, "/github/api/v3/user").status_code == 200
    assert requests.get(f"{outside.url}/github/api/v3/applications/x/{what}", timeout=20).status_code == 405


def test_google_ends_all_by_one_token_and_oidc_that_one(outside, granted):
    for company in ("google", "oidc"):
        client, first = granted(company, MORE[company], **OFFLINE.get(company, {}))
        _, second = granted(company, MORE[company])
        form = {"token": second["access_token"], "client_id": client.client_id, "client_secret": client.secret}
        assert requests.post(outside.url + REVOKE[company], data=form, timeout=20).status_code == 200
        assert ask(outside, company, second["access_token"]).status_code == 401
        assert ask(outside, company, first["access_token"]).status_code == (401 if company == "google" else 200)


# ---- Its owner ends it


@every_company
def test_the_page_of_apps_needs_a_session(visitor, outside, company):
    answer = visitor.get(f"{outside.url}/{company}/apps")
    assert answer.headers["Location"] == f"/{company}/login?next=/{company}/apps"
    assert visitor.post(f"{outside.url}/{company}/apps", data={"action": "remove"}).status_code == 403


@every_company
def test_removed_by_its_owner(outside, visitor, granted, company):
    visitor.get(f"{outside.url}/{company}/")
    client, answered = granted(company, MORE[company], **OFFLINE.get(company, {}))
    page = visitor.get(f"{outside.url}/{company}/apps")
    assert f"<code>{MORE[company]}</code>" in page.text
    assert answered["access_token"] not in page.text
    answer = visitor.submit(page, action="remove")
    assert visitor.follow(answer).text.count("No app holds a valid token") == 1
    assert ask(outside, company, answered["access_token"]).status_code == 401
    if "refresh_token" in answered:
        refused = client.exchange(None, **AGAIN, refresh_token=answered["refresh_token"])
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")


@every_company
def test_nobody_elses_tokens_are_touched(outside, granted, company):
    _, alices = granted(company, MORE[company])
    bob = Visitor()
    bob.sign_in(bob.get(f"{outside.url}/{company}/login"), "bob.outside")
    page = bob.get(f"{outside.url}/{company}/apps")
    csrf = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', bob.get(f"{outside.url}/{company}/").text)
    assert "public_repo" not in page.text
    form = {"csrfmiddlewaretoken": csrf[1] if csrf else "", "client_id": f"authdemo-{company}", "action": "remove"}
    assert bob.post(f"{outside.url}/{company}/apps", data=form).status_code == 302
    assert bob.post(f"{outside.url}/{company}/apps", data=form | {"action": "all"}).status_code == 400
    assert ask(outside, company, alices["access_token"]).status_code == 200


@every_company
def test_access_tokens_expire_at_once_and_can_be_refreshed(outside, visitor, granted, company):
    client, answered = granted(company, MORE[company], **OFFLINE.get(company, {}))
    page = visitor.get(f"{outside.url}/{company}/apps")
    assert ("expire now" in page.text) == (company != "github")
    visitor.submit(page, action="expire")
    assert ask(outside, company, answered["access_token"]).status_code == (200 if company == "github" else 401)
    if company != "github":
        assert client.exchange(None, **AGAIN, refresh_token=answered["refresh_token"]).status_code == 200


# ---- Guests


@every_company
def test_a_guest_account_signs_in_and_can_grant(outside, visitor, granted, company):
    page = visitor.follow(visitor.submit(visitor.get(f"{outside.url}/{company}/signup")))
    name = re.search(r"signed in here as <b>(guest-\w+)</b>", page.text)
    assert name
    _, answered = granted(company, MORE[company])
    assert ask(outside, company, answered["access_token"]).status_code == 200
    assert Visitor().sign_in(Visitor().get(f"{outside.url}/{company}/login"), name[1], "").status_code in {401, 403}


@every_company
def test_without_the_demo_nobody_makes_one(outside_without_labs, visitor, company):
    url = f"{outside_without_labs.url}/{company}/signup"
    assert visitor.get(url).status_code == 404
    visitor.get(f"{outside_without_labs.url}/{company}/login")  # for a CSRF token
    form = {"csrfmiddlewaretoken": visitor.cookies.get("outside_csrf", "")}
    assert visitor.post(url, data=form).status_code == 404


def test_a_form_of_another_site_makes_none(visitor, outside):
    assert visitor.post(f"{outside.url}/github/signup").status_code == 403


def test_a_basic_header_of_nonsense_is_refused(outside):
    for value in ("Basic !!!", "Basic " + base64.b64encode(b"\xff:\xff").decode(), "Basic", "Bearer x"):
        url = f"{outside.url}/github/api/v3/applications/authdemo-github/token"
        answer = requests.delete(url, json={"access_token": "x"}, headers={"Authorization": value}, timeout=20)
        assert answer.status_code == 401
