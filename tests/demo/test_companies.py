"""Who is signed in where, and what the pages of the three companies are like."""

from __future__ import annotations

import re
import stat
import subprocess
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version

import pytest
import requests

from tests.demo.conftest import SITE, SITE_B
from tests.demo.visitor import PASSWORD, Visitor

COMPANIES = ["github", "google", "oidc"]
every_company = pytest.mark.parametrize("company", COMPANIES)
PAGES = ["/", *(f"/{company}/{page}" for company in COMPANIES for page in ("", "login", "logout", "signup"))]


@every_company
@pytest.mark.parametrize("name", ["alice.outside", "alice@outside.example", "ALICE@outside.example"])
def test_sign_in_by_name_or_email(visitor, outside, company, name):
    page = visitor.sign_in(visitor.get(f"{outside.url}/{company}/login"), name)
    assert "You are signed in here as <b>alice.outside</b>" in page.text


@every_company
@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("alice.outside", "wrong"),
        ("a" * 60_000, PASSWORD),  # SQLite refuses a pattern of that length
        ("nobody", PASSWORD),
        ("", ""),
        ("alice.outside", ""),
        ("alice", PASSWORD),
        ("x" * 5000, "y" * 5000),
        ("a\x00", "b\x00"),
    ],
)
def test_wrong_credentials_get_401_and_the_form_again(visitor, outside, company, name, password):
    page = visitor.sign_in(visitor.get(f"{outside.url}/{company}/login"), name, password)
    assert page.status_code == 401
    assert "No account here has this name and password." in page.text
    assert f"outside_{company}" not in visitor.cookies


@pytest.mark.parametrize(("here", "there"), [(a, b) for a in COMPANIES for b in COMPANIES if a != b])
def test_signed_in_at_one_company_is_not_signed_in_at_another(visitor, outside, client_of, here, there):
    visitor.sign_in(visitor.get(f"{outside.url}/{here}/login"), "alice.outside")
    assert "You are signed in here" in visitor.get(f"{outside.url}/{here}/").text
    assert "Nobody is signed in here" in visitor.get(f"{outside.url}/{there}/").text
    assert visitor.get(client_of(there).request_url()).headers["Location"].startswith(f"/{there}/login")


def test_three_people_at_three_companies_and_each_signs_out_alone(visitor, outside):
    people = dict(zip(COMPANIES, ["alice.outside", "bob.outside", "eve.outside"], strict=True))
    for company, person in people.items():
        visitor.sign_in(visitor.get(f"{outside.url}/{company}/login"), person)
    answer = visitor.submit(visitor.get(f"{outside.url}/google/logout"))
    assert answer.headers["Location"] == "/google/"
    assert "Nobody is signed in here" in visitor.get(f"{outside.url}/google/").text
    assert "<b>alice.outside</b>" in visitor.get(f"{outside.url}/github/").text
    assert "<b>eve.outside</b>" in visitor.get(f"{outside.url}/oidc/").text


def test_a_session_copied_to_another_companys_cookie_is_nobody_there(visitor, outside):
    visitor.sign_in(visitor.get(f"{outside.url}/github/login"), "alice.outside")
    session = visitor.cookies["outside_github"]
    thief = {"Cookie": f"outside_google={session}; outside={session}; sessionid={session}"}
    page = requests.get(f"{outside.url}/google/", headers=thief, timeout=20)
    assert "Nobody is signed in here" in page.text


def test_the_cookies_are_named_and_limited(visitor, outside):
    answer = visitor.submit(visitor.get(f"{outside.url}/github/login"), username="alice.outside", password=PASSWORD)
    cookies = {cookie.name: cookie for cookie in answer.cookies}
    assert set(cookies) == {"outside_github", "outside_csrf"}
    assert cookies["outside_github"].path == "/github/"
    for cookie in cookies.values():
        assert cookie.has_nonstandard_attr("HttpOnly")
        assert cookie.get_nonstandard_attr("SameSite") == "Lax"


def test_the_session_key_changes_at_sign_in(visitor, outside):
    visitor.sign_in(visitor.get(f"{outside.url}/github/login"), "alice.outside")
    first = visitor.cookies["outside_github"]
    visitor.sign_in(visitor.get(f"{outside.url}/github/login"), "bob.outside")
    assert visitor.cookies["outside_github"] != first


@every_company
@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_sign_in_leads_to_no_other_host(visitor, outside, company, target):
    page = visitor.get(f"{outside.url}/{company}/login", params={"next": target})
    answer = visitor.submit(page, username="alice.outside", password=PASSWORD, next=target)
    assert answer.headers["Location"] == f"/{company}/"


@every_company
def test_signing_out_by_a_link_only_asks(visitor, outside, company):
    visitor.sign_in(visitor.get(f"{outside.url}/{company}/login"), "alice.outside")
    assert "Sign out of" in visitor.get(f"{outside.url}/{company}/logout").text
    assert "You are signed in here" in visitor.get(f"{outside.url}/{company}/").text


@every_company
@pytest.mark.parametrize("page", ["login", "logout"])
def test_a_form_from_elsewhere_is_refused(visitor, outside, company, page):
    answer = visitor.post(f"{outside.url}/{company}/{page}", data={"username": "alice.outside", "password": PASSWORD})
    assert answer.status_code == 403
    assert "Refused" in answer.text


@pytest.mark.parametrize("path", [*PAGES, "/nothing", "/static/outside/outside.css", "/github/api/v3/user"])
def test_every_answer_carries_the_security_headers(outside, path):
    headers = requests.get(outside.url + path, timeout=20).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-inline" not in policy
    assert f"form-action 'self' {SITE} {SITE_B}" in policy
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", PAGES)
def test_every_page_says_that_it_is_a_stand_in_and_has_nothing_inline(outside, path):
    page = requests.get(outside.url + path, timeout=20)
    assert page.status_code == 200
    assert "This is not the real company" in page.text
    assert not re.search(r"<style|<script|\son\w+=|\sstyle=", page.text)
    if path != "/":
        assert f"{outside.url}/{path.split('/')[1]}" in page.text


@pytest.mark.parametrize("path", ["/nothing", "/github/nothing", "/oidc/identity/o/device", "/github", "/elsewhere/"])
def test_what_is_not_there_is_a_page_and_no_traceback(outside, path):
    page = requests.get(outside.url + path, timeout=20)
    assert page.status_code == (200 if path == "/github" else 404)
    assert "Traceback" not in page.text


def test_a_host_name_that_is_not_ours_is_refused(outside):
    page = requests.get(f"{outside.url}/github/", headers={"Host": "evil.example"}, timeout=20)
    assert page.status_code == 400


def test_healthz(outside):
    answer = requests.get(f"{outside.url}/healthz", timeout=20)
    assert answer.json() == {"status": "ok", "checks": {"database": "ok", "cache": "ok"}}


def test_healthz_names_what_fails(outside, tmp_path):
    # A fresh folder: the database has no tables yet.
    code = "from django.test import Client; r = Client().get('/healthz', headers={'host': 'localhost'}); "
    code += "print(r.status_code, r.json())"
    output = outside.manage("shell", "-v0", "--no-imports", "-c", code, VAR_DIR=str(tmp_path))
    assert "503 {'status': 'failed', 'checks': {'database': 'ok', 'cache': 'failed'}}" in output


def test_seeding_again_changes_nothing_but_the_redirect_uris(outside, tmp_path):
    run = {"VAR_DIR": str(tmp_path)}
    outside.manage("migrate", "--verbosity=0", **run)
    outside.manage("seed_outside", **run)
    change = (
        "from demo.outside.models import Account; from allauth.idp.oidc.models import Client\n"
        "Account.objects.filter(pk=1001).update(given_name='Changed', email_verified=False)\n"
        "Client.objects.filter(id='authdemo-github').update(name='Changed', scopes='read:user')"
    )
    outside.manage("shell", "-v0", "-c", change, **run)
    output = outside.manage("seed_outside", **run, DEMO_SITE_URL="http://localhost:4711")
    assert "0 accounts and clients made" in output
    look = (
        "from demo.outside.models import Account; from allauth.idp.oidc.models import Client\n"
        "account = Account.objects.get(pk=1001); client = Client.objects.get(id='authdemo-github')\n"
        "print(account.given_name, account.email_verified, client.name, client.scopes, client.redirect_uris)"
    )
    output = outside.manage("shell", "-v0", "-c", look, **run)
    assert "Changed False Changed read:user http://localhost:4711/oauth/" in output


def test_processes_that_start_together_agree_on_the_keys(outside, tmp_path):
    look = "from django.conf import settings; print(settings.SECRET_KEY, settings.IDP_OIDC_PRIVATE_KEY)"

    def start(_: int):
        return outside.manage("shell", "-v0", "--no-imports", "-c", look, VAR_DIR=str(tmp_path))

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(start, range(4)))) == 1
    files = {
        path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir() if path.name != "outside.sqlite3"
    }
    assert files == {"outside_secret_key": 0o600, "outside_oidc_key.pem": 0o600}


def test_an_address_that_is_no_url_stops_the_start_with_a_sentence(outside):
    with pytest.raises(subprocess.CalledProcessError) as stopped:
        outside.manage("check", DEMO_PROVIDERS_URL="nonsense")
    assert stopped.value.stderr.strip() == "DEMO_PROVIDERS_URL must be a URL such as http://127.0.0.1:9000."


@pytest.mark.parametrize("path", [*PAGES, "/healthz", "/google/certs"])
def test_head_is_answered_like_get(outside, path):
    assert requests.head(outside.url + path, timeout=20).status_code == 200


def test_the_engine_is_the_version_whose_source_was_read():
    """`engine.py` overrides undocumented methods of allauth's views, and `keys.py` imports an internal module.

    Before you raise this number: read `allauth/idp/oidc/views.py` again (`_login_required`, `_request_info`,
    `_scopes`, `_respond`, when a code is deleted) and `allauth/core/internal/jwkkit.py`.
    """
    assert version("django-allauth") == "65.21.1"


def test_no_migration_is_missing(outside):
    outside.manage("makemigrations", "--check", "--dry-run")


def test_the_checks_find_nothing(outside):
    assert "no issues" in outside.manage("check", "--fail-level", "WARNING")


def test_many_people_at_once(outside):
    def sign_in(number: int) -> bool:
        with Visitor() as somebody:
            company = COMPANIES[number % 3]
            page = somebody.sign_in(somebody.get(f"{outside.url}/{company}/login"), "alice.outside")
            return "You are signed in here" in page.text

    with ThreadPoolExecutor(12) as pool:
        assert all(pool.map(sign_in, range(24)))
