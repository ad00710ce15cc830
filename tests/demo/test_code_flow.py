"""The authorization-code flow, the same at each of the three companies."""

from __future__ import annotations

import base64
import http.client
import json
import re
import secrets
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest
import requests

from tests.demo.conftest import SITE, SITE_B
from tests.demo.visitor import HIDDEN, Visitor, query_of

COMPANIES = ["github", "google", "oidc"]
every_company = pytest.mark.parametrize("company", COMPANIES)


def error_of(company, answer):
    """The error code, having checked that the status is the one that this company sends with it."""
    error = answer.json()["error"]
    if company == "github":
        assert answer.status_code == 200
    else:
        assert answer.status_code == (401 if error == "invalid_client" else 400)
    return error


def refused_grant(company: str) -> str:
    return "bad_verification_code" if company == "github" else "invalid_grant"


def refused_client(company: str) -> str:
    return "incorrect_client_credentials" if company == "github" else "invalid_client"


@every_company
def test_alice_allows_the_site_and_gets_a_token(visitor, client_of, company):
    client = client_of(company)
    answer = client.exchange(visitor.code_for(client))
    assert answer.status_code == 200
    assert answer.json()["access_token"]
    assert answer.headers["Cache-Control"] == "no-store"


@every_company
def test_the_second_instance_of_the_site_is_registered_too(visitor, client_of, company):
    client = client_of(company)
    client.redirect_uri = client.redirect_uri.replace(SITE, SITE_B)
    assert "access_token" in client.exchange(visitor.code_for(client)).json()


@every_company
def test_the_consent_page_says_who_asks_for_what_and_where_the_answer_goes(visitor, client_of, company):
    client = client_of(company)
    page = visitor.consent_page(client.request_url())
    assert "no-store" in page.headers["Cache-Control"]
    assert "Authdemo" in page.text
    assert "alice.outside" in page.text
    assert client.redirect_uri in page.text
    for scope in client.scope.split():
        assert f"<code>{scope}</code>" in page.text


@every_company
def test_whoever_sits_there_can_be_somebody_else_and_the_request_is_kept(visitor, client_of, company):
    client = client_of(company)
    page = visitor.consent_page(client.request_url(state="a&b=c #d"))
    link = re.search(r'<a href="([^"]*)">Sign in as somebody else</a>', page.text)
    assert link
    form = visitor.get(urljoin(page.url, unescape(link[1])))
    assert "You are signed in here as <b>alice.outside</b>" in form.text
    assert "An app sent you here." in form.text
    page = visitor.sign_in(form, "bob.outside")
    assert "You are signed in here as <b>bob.outside</b>" in page.text
    answer = visitor.submit(page, action="grant")
    assert answer.headers["Location"].startswith(client.redirect_uri)
    assert query_of(answer)["state"] == "a&b=c #d"
    assert "access_token" in client.exchange(query_of(answer)["code"]).json()


@every_company
def test_consent_is_asked_each_time(visitor, client_of, company):
    visitor.code_for(client_of(company))
    page = visitor.get(client_of(company).request_url())
    assert page.status_code == 200
    assert "Allow Authdemo?" in page.text


@every_company
def test_deny_sends_the_user_back_without_a_code(visitor, client_of, company):
    client = client_of(company)
    answer = visitor.submit(visitor.consent_page(client.request_url()), action="deny")
    assert answer.headers["Location"].startswith(client.redirect_uri)
    assert query_of(answer) == {"error": "access_denied", "state": client.state}


@every_company
def test_an_answer_that_is_neither_allow_nor_deny_denies(visitor, client_of, company):
    client = client_of(company)
    answer = visitor.submit(visitor.consent_page(client.request_url()))
    assert query_of(answer)["error"] == "access_denied"


@every_company
@pytest.mark.parametrize(
    "wrong",
    [
        "https://evil.example/callback",
        "http://localhost:18000/oauth/accounts/",
        "{right}?next=/evil",
        "{right}#fragment",
        "http://user@localhost:18000/oauth/accounts/{company}/login/callback/",
        "http://127.0.0.1:18000/oauth/accounts/{company}/login/callback/",
        "{right}%2F",
        "",
        None,
    ],
)
def test_a_redirect_uri_that_is_not_registered_letter_for_letter_gets_a_page(visitor, client_of, company, wrong):
    client = client_of(company)
    if wrong:
        wrong = wrong.format(right=client.redirect_uri, company=company)
    page = visitor.get(client.request_url(redirect_uri=wrong))
    assert page.status_code == 400
    assert "redirect_uri_mismatch" in page.text
    assert "Location" not in page.headers


@every_company
@pytest.mark.parametrize("client_id", ["nobody", "", None, "x" * 5000, "\x00"])
def test_an_unknown_client_gets_a_page(visitor, client_of, company, client_id):
    page = visitor.get(client_of(company).request_url(client_id=client_id))
    assert page.status_code == 400
    assert "invalid_client" in page.text


@pytest.mark.parametrize(("client", "company"), [(a, b) for a in COMPANIES for b in COMPANIES if a != b])
def test_a_client_is_unknown_at_every_other_company(visitor, client_of, client, company):
    stranger, here = client_of(client), client_of(company)
    here.client_id, here.redirect_uri = stranger.client_id, stranger.redirect_uri
    page = visitor.get(here.request_url())
    assert page.status_code == 400
    assert "invalid_client" in page.text


@pytest.mark.parametrize(("client", "company"), [(a, b) for a in COMPANIES for b in COMPANIES if a != b])
def test_no_other_company_takes_the_code(visitor, client_of, client, company):
    mine, other = client_of(client), client_of(company)
    code = visitor.code_for(mine)
    token_address, mine.token = mine.token, other.token
    assert error_of(company, mine.exchange(code)) == refused_client(company)
    # As a client of the other company, with a code that this company never made:
    other.verifier, other.redirect_uri = mine.verifier, mine.redirect_uri
    assert error_of(company, other.exchange(code)) == refused_grant(company)
    mine.token = token_address
    assert "access_token" in mine.exchange(code).json()


@every_company
@pytest.mark.parametrize(
    "changes",
    [
        {"code_challenge": None, "code_challenge_method": None},
        {"code_challenge": None},
        {"code_challenge": ""},
        {"code_challenge_method": None},
        {"code_challenge_method": "plain"},
    ],
)
def test_a_request_without_pkce_gets_a_page(visitor, client_of, company, changes):
    page = visitor.get(client_of(company).request_url(**changes))
    assert page.status_code == 400
    assert "PKCE" in page.text


@every_company
def test_a_parameter_sent_twice_gets_a_page(visitor, client_of, company):
    page = visitor.get(client_of(company).request_url() + "&state=other")
    assert page.status_code == 400
    assert "more than once" in page.text


@every_company
@pytest.mark.parametrize(
    "extra", ["x=%zz", "%", "claims=[1]", "resource=nonsense", "id_token_hint=a.b.c", "max_age=x"]
)
def test_parameters_that_nobody_knows_are_ignored(visitor, client_of, company, extra):
    address = client_of(company).request_url()
    visitor.consent_page(address)
    # By hand: requests would repair what is wrong in the address.
    server = http.client.HTTPConnection(urlsplit(address).netloc, timeout=20)
    cookie = f"outside_{company}={visitor.cookies[f'outside_{company}']}"
    server.request("GET", f"{urlsplit(address).path}?{urlsplit(address).query}&{extra}", headers={"Cookie": cookie})
    answer = server.getresponse()
    assert answer.status == 200
    assert "Allow Authdemo?" in answer.read().decode()
    server.close()


@every_company
def test_a_scope_that_does_not_exist_is_refused_at_the_client(visitor, client_of, company):
    client = client_of(company)
    page = visitor.get(client.request_url(scope="everything"))
    answer = visitor.sign_in(visitor.follow(page), "alice.outside")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(client.redirect_uri)
    assert query_of(answer)["error"] == "invalid_scope"
    assert query_of(answer)["state"] == client.state


@every_company
@pytest.mark.parametrize("response_type", ["token", "id_token", "code id_token", "nonsense"])
def test_no_flow_but_the_code_flow_is_offered(visitor, client_of, company, response_type):
    client = client_of(company)
    page = visitor.get(client.request_url(response_type=response_type))
    answer = visitor.sign_in(visitor.follow(page), "alice.outside")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(client.redirect_uri)
    assert query_of(answer)["error"] in {"unauthorized_client", "unsupported_response_type"}


@every_company
def test_a_code_works_once(visitor, client_of, company):
    client = client_of(company)
    code = visitor.code_for(client)
    assert "access_token" in client.exchange(code).json()
    assert error_of(company, client.exchange(code)) == refused_grant(company)


@every_company
def test_of_many_exchanges_of_one_code_at_once_one_succeeds(visitor, client_of, company):
    client = client_of(company)
    code = visitor.code_for(client)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: client.exchange(code).json(), range(8)))
    assert sum("access_token" in answer for answer in answers) == 1
    assert {answer.get("error") for answer in answers} == {None, refused_grant(company)}


@every_company
@pytest.mark.parametrize("verifier", [None, "", "x" * 43])
def test_a_wrong_verifier_gets_nothing_and_the_right_one_still_does(visitor, client_of, company, verifier):
    client = client_of(company)
    code = visitor.code_for(client)
    assert "access_token" not in client.exchange(code, code_verifier=verifier).json()
    assert "access_token" in client.exchange(code).json()


@every_company
@pytest.mark.parametrize("secret", [None, "", "wrong", "outside-github-secret-", "\x00"])
def test_a_wrong_client_secret_gets_nothing(visitor, client_of, company, secret):
    client = client_of(company)
    code = visitor.code_for(client)
    assert error_of(company, client.exchange(code, client_secret=secret)) == refused_client(company)


@every_company
def test_another_redirect_uri_at_the_exchange_gets_nothing(visitor, client_of, company):
    client = client_of(company)
    answer = client.exchange(visitor.code_for(client), redirect_uri=client.redirect_uri.replace(SITE, SITE_B))
    assert "access_token" not in answer.json()
    assert error_of(company, answer) == ("redirect_uri_mismatch" if company == "github" else "invalid_request")


@every_company
@pytest.mark.parametrize("code", [None, "", "never-made", "x" * 10_000, "\x00", "€"])
def test_a_code_that_was_never_made_gets_nothing(client_of, company, code):
    client = client_of(company)
    assert error_of(company, client.exchange(code)) in {refused_grant(company), "invalid_request"}


@every_company
@pytest.mark.parametrize("grant", ["password", "client_credentials", "refresh_token", "nonsense"])
def test_other_grants_get_nothing(client_of, company, grant):
    client = client_of(company)
    answer = client.exchange("x", grant_type=grant, username="alice.outside", password="workshop-2026")
    assert "access_token" not in answer.json()
    assert answer.status_code in {200, 400, 401}


@every_company
def test_the_client_may_authenticate_by_header(visitor, client_of, company):
    client = client_of(company)
    code = visitor.code_for(client)
    body = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": client.redirect_uri,
        "code_verifier": client.verifier,
    }
    headers = {"Accept": "application/json"}
    answer = requests.post(
        client.base + client.token, data=body, auth=(client.client_id, client.secret), headers=headers, timeout=20
    )
    assert "access_token" in answer.json()


@every_company
@pytest.mark.parametrize(
    "value", ["!!!", base64.b64encode(b"\xff\xfe").decode(), base64.b64encode(b"other:x").decode()]
)
def test_a_header_that_names_another_client_or_nobody_is_refused(client_of, company, value):
    client = client_of(company)
    body = {"client_id": client.client_id, "client_secret": client.secret, "code": "x"}
    headers = {"Accept": "application/json", "Authorization": f"Basic {value}"}
    answer = requests.post(client.base + client.token, data=body, headers=headers, timeout=20)
    assert error_of(company, answer) == refused_client(company)


@every_company
def test_credentials_in_the_address_do_not_count(visitor, client_of, company):
    client = client_of(company)
    code = visitor.code_for(client)
    address = f"{client.base}{client.token}?client_id={client.client_id}&client_secret={client.secret}&a=%zz"
    headers = {"Accept": "application/json"}
    answer = requests.post(
        address, data={"code": code, "redirect_uri": client.redirect_uri}, headers=headers, timeout=20
    )
    assert error_of(company, answer) == refused_client(company)


@every_company
def test_the_token_endpoint_takes_no_get(client_of, company):
    client = client_of(company)
    assert requests.get(client.base + client.token, timeout=20).status_code == 405


@every_company
def test_allow_cannot_be_sent_from_elsewhere(visitor, client_of, company):
    client = client_of(company)
    page = visitor.consent_page(client.request_url())
    hidden = dict(HIDDEN.findall(page.text))
    del hidden["csrfmiddlewaretoken"]
    answer = visitor.post(page.url, data=hidden | {"action": "grant"})
    assert answer.status_code == 403
    assert "refused this request" in answer.text
    assert "not one that you opened here" in answer.text


@every_company
def test_a_changed_consent_form_is_refused(visitor, client_of, company):
    client = client_of(company)
    page = visitor.consent_page(client.request_url())
    request = dict(HIDDEN.findall(page.text))["request"]
    assert visitor.submit(page, action="grant", request=request[:-3] + "abc").status_code == 403


@pytest.mark.parametrize(("client", "company"), [("github", "google"), ("google", "oidc"), ("oidc", "github")])
def test_a_consent_form_of_another_company_is_worth_nothing(visitor, client_of, client, company):
    theirs = dict(HIDDEN.findall(visitor.consent_page(client_of(client).request_url()).text))["request"]
    answer = visitor.submit(visitor.consent_page(client_of(company).request_url()), action="grant", request=theirs)
    assert answer.status_code == 400
    assert "Location" not in answer.headers


@every_company
@pytest.mark.parametrize("scopes", [[], ["everything"]])
def test_scopes_cannot_be_added_by_changing_the_form(visitor, client_of, company, scopes):
    page = visitor.consent_page(client_of(company).request_url())
    answer = visitor.submit(page, action="grant", scopes=scopes)
    assert answer.status_code == 400
    assert "Allow Authdemo?" in answer.text


@every_company
def test_signing_out_in_another_tab_ends_the_consent(visitor, client_of, outside, company):
    client = client_of(company)
    page = visitor.consent_page(client.request_url())
    visitor.submit(visitor.get(f"{outside.url}/{company}/logout"))
    answer = visitor.submit(page, action="grant")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(f"/{company}/login?")


@every_company
def test_a_request_may_come_by_post(visitor, client_of, company):
    client = client_of(company)
    query = client.request_url().partition("?")[2]
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = visitor.post(client.base + client.authorize, data=query + "&csrfmiddlewaretoken=x", headers=headers)
    assert answer.status_code == 302
    assert "csrfmiddlewaretoken" not in answer.headers["Location"]
    assert "Sign in to" in visitor.follow(visitor.follow(answer)).text


@every_company
def test_prompt_none_never_asks(visitor, client_of, outside, company):
    client = client_of(company)
    answer = visitor.get(client.request_url(prompt="none"))
    assert query_of(answer) == {"error": "login_required", "state": client.state}
    visitor.sign_in(visitor.get(f"{outside.url}/{company}/login"), "alice.outside")
    answer = visitor.get(client.request_url(prompt="none"))
    assert query_of(answer) == {"error": "consent_required", "state": client.state}


@every_company
@pytest.mark.parametrize("prompt", ["login", "select_account consent"])
def test_prompt_login_lets_somebody_else_sign_in(visitor, client_of, outside, company, prompt):
    visitor.sign_in(visitor.get(f"{outside.url}/{company}/login"), "alice.outside")
    page = visitor.follow(visitor.get(client_of(company).request_url(prompt=prompt)))
    assert "signed in here as <b>alice.outside</b>" in page.text
    page = visitor.sign_in(page, "bob.outside")
    assert "Allow Authdemo?" in page.text
    assert "<b>bob.outside</b>" in page.text


@every_company
def test_a_deactivated_account_gets_no_token(visitor, client_of, outside, company):
    client = client_of(company)
    code = visitor.code_for(client, "mallory.outside")
    active = (
        "from demo.outside.models import Account; Account.objects.filter(username='mallory.outside', company='{}')"
    )
    active = active.format(company) + ".update(is_active={})"
    outside.manage("shell", "-v0", "-c", active.format(False))
    try:
        assert "access_token" not in client.exchange(code).json()
        with Visitor() as other:
            page = other.get(f"{outside.url}/{company}/login")
            assert other.sign_in(page, "mallory.outside").status_code == 401
        assert "Nobody is signed in here" in visitor.get(f"{outside.url}/{company}/").text
    finally:
        outside.manage("shell", "-v0", "-c", active.format(True))


@every_company
def test_state_and_scope_come_through_whatever_is_in_them(visitor, client_of, company):
    client = client_of(company)
    client.state = "a b&c=d%zz\"'<script>€" + secrets.token_urlsafe(500)
    visitor.code_for(client)


def test_no_code_state_or_token_is_in_the_log(visitor, client_of, outside):
    secret_values = []
    for company in COMPANIES:
        client = client_of(company)
        code = visitor.code_for(client)
        secret_values += [code, client.state, json.dumps(client.exchange(code).json()["access_token"]).strip('"')]
    visitor.get(f"{outside.url}/oidc/x%0aINVENTED line")
    requests.get(outside.url, headers={"Host": "evil.example"}, timeout=20)
    log = outside.log.read_text()
    assert "\nINVENTED" not in log
    assert "GET /github/login/oauth/authorize 200" in log
    for value in [*secret_values, "workshop-2026", "Traceback"]:
        assert value not in log
