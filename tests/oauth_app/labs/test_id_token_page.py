"""The ID token, line by line: what the page shows of one that was accepted, and of one that was refused."""

from __future__ import annotations

import json
import re
import time
from html import unescape
from typing import Any

import jwt
import pytest
from django.core.cache.backends.base import BaseCache
from django.test import Client
from django_redis.exceptions import ConnectionInterrupted

from authdemo.accounts.models import User
from oauth_app.client.id_token import CHECKS
from oauth_app.labs.id_token.lines import RULES
from tests.oauth_app.conftest import KEY, Company, Visitor
from tests.oauth_app.test_id_token import OTHER_KEY, half

pytestmark = pytest.mark.django_db
PAGE = "/oauth/id-token/"
RESULT = {"fits": True, "does not fit": False, "not there, optional": None}


@pytest.fixture(autouse=True)
def demo(settings: Any, company: Company) -> None:
    settings.LABS = True


@pytest.fixture
def watched(visitor: Visitor) -> Visitor:
    """Somebody whose panel is open."""
    visitor.client.post("/wire/open/")
    return visitor


def shown(client: Client) -> str:
    return unescape(client.get(PAGE).content.decode())


def results(html: str) -> dict[str, bool | None]:
    rows = re.findall(r'id="check-(\w+)".*?class="result">(.*?)</td>', html, re.S)
    return {name: RESULT[re.sub(r"<[^>]*>|[✔✘–]", "", cell).strip()] for name, cell in rows}


def test_without_labs_there_is_no_such_page_and_nothing_leads_there(client, settings):
    settings.LABS = False
    assert {client.get(PAGE).status_code, client.post(f"{PAGE}raw/").status_code} == {404}
    assert "id-token" not in client.get("/oauth/").content.decode()


def test_the_first_page_leads_there(client):
    assert f'href="{PAGE}"' in client.get("/oauth/").content.decode()


def test_each_check_has_a_line():
    assert list(RULES) == [name for name, _ in CHECKS]


def test_nothing_yet(client):
    html = shown(client)
    assert "No ID token is kept for this browser" in html
    assert "GitHub has no ID token" in html
    assert not results(html)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)", html)
    assert client.post(f"{PAGE}raw/").headers["Location"] == PAGE


@pytest.mark.parametrize("provider", ["google", "outside"])
def test_one_that_was_accepted(watched, another, company, provider):
    company.changed = {"at_hash": half("provider-token")}
    assert watched.sign_in(provider).status_code == 302
    html = shown(watched.client)
    assert "The token is good." in html
    assert results(html) == {name: None if name == "azp" else True for name, _ in CHECKS}
    assert "alg RS256, key key-1" in html
    assert "one of the published keys: key-1 (RS256)" in html
    assert "1001, as user-info says" in html
    assert company.nonce not in html
    assert "provider-token" not in html
    assert not re.search(r"eyJ[\w-]+\.[\w-]+\.", html)
    assert "No ID token is kept" in shown(another().client)


def test_github_has_none(watched):
    assert watched.sign_in("github").status_code == 302
    assert "No ID token is kept for this browser" in shown(watched.client)


def test_a_good_token_of_a_sign_in_that_is_refused_signs_nobody_in(watched, company):
    """The address is somebody's here: 409, whatever the token says."""
    User.objects.create_user("alice", "alice@outside.example", "a-password-of-alice")
    assert watched.sign_in("google").status_code == 409
    html = shown(watched.client)
    assert "The token is good." in html
    assert "Whether it signs you in is decided afterwards." in html
    assert "Accepted" not in html
    assert watched.username() is None


SPOILED = {
    "signature": {},
    "iss": {"iss": "https://accounts.example"},
    "aud": {"aud": "somebody-else"},
    "azp": {"azp": "somebody-else"},
    "exp": {"exp": int(time.time()) - 3600},
    "iat": {"iat": int(time.time()) - 86400},
    "nonce": {"nonce": "of-another-sign-in"},
    "at_hash": {"at_hash": half("another-token")},
    "sub": {"sub": ""},
}


@pytest.mark.parametrize("name", SPOILED)
def test_one_that_was_refused_says_by_which_check(watched, company, name):
    company.changed = SPOILED[name]
    if name == "signature":
        company.sign = lambda claims: jwt.encode(claims, OTHER_KEY, "RS256", {"kid": "key-1"})
    assert watched.sign_in("google").status_code == 502
    html = shown(watched.client)
    assert f"does not pass the check of <code>{name}</code>" in html
    assert [line for line, ok in results(html).items() if ok is False] == [name]
    assert RULES[name].attack in html
    assert RULES[name].clause in html


def test_whatever_it_says_can_be_shown(watched, company):
    headers = {"kid": "key-1"}
    company.sign = lambda claims: jwt.PyJWS().encode(json.dumps(claims).encode(), KEY, "RS256", headers)
    company.changed = {"iss": {"a": [1] * 999}, "exp": 1e300, "aud": "\ud800", "<b>": "<script>", "nonce": 7}
    assert watched.sign_in("google").status_code == 502
    html = watched.client.get(PAGE).content.decode()
    assert [line for line, ok in results(unescape(html)).items() if ok is False] == ["iss", "aud", "nonce"]
    assert "&lt;script&gt;" in html
    assert len(html) < 40_000


def test_a_huge_one_is_not_kept(watched, company):
    company.changed = {"name": "x" * 20_000}
    watched.sign_in("google")
    assert "No ID token is kept for this browser" in shown(watched.client)


def test_with_the_panel_closed_nothing_is_kept(visitor, company):
    visitor.sign_in("google")
    visitor.client.post("/wire/open/")
    assert "No ID token is kept for this browser" in shown(visitor.client)


def test_who_comes_next_at_this_browser_does_not_see_it(watched, company):
    User.objects.create_user("bob", password="a-password-of-bob")
    bob = {"username": "bob", "password": "a-password-of-bob"}
    watched.sign_in("google")
    assert "The token is good." in shown(watched.client)
    watched.client.post("/sessions/logout/")
    assert "No ID token is kept for this browser" in shown(watched.client)
    watched.company.changed = {"nonce": "another"}  # refused, so nobody is signed in and nobody signs out
    watched.sign_in("google")
    assert "No ID token is kept" not in shown(watched.client)
    assert watched.client.post("/sessions/login/", bob).status_code == 302
    assert "No ID token is kept for this browser" in shown(watched.client)


def test_in_the_cache_it_lies_encrypted_and_ends_with_starting_over(watched, company, monkeypatch):
    written: list[tuple[str, Any, Any]] = []

    class Seen(BaseCache):
        def __init__(self) -> None:
            super().__init__({})
            self.held: dict[str, Any] = {}

        def set(self, key: str, value: Any, timeout: Any = None, version: Any = None) -> None:
            written.append((key, value, timeout))
            self.held[key] = value

        def get(self, key: str, default: Any = None, version: Any = None) -> Any:
            return self.held.get(key, default)

        def delete(self, key: str, version: Any = None) -> bool:
            return self.held.pop(key, None) is not None

    monkeypatch.setattr("oauth_app.labs.id_token.kept.caches", {"security": Seen()})
    watched.sign_in("google")
    assert "The token is good." in shown(watched.client)
    ((key, value, timeout),) = written
    assert timeout == 600
    assert not re.search(r"alice|eyJ[\w-]+\.|key-1", f"{key} {value}")
    watched.client.post("/start-over/")
    assert "No ID token is kept for this browser" in shown(watched.client)


def test_a_cache_that_fails_costs_the_page_and_no_sign_in(watched, company, monkeypatch, caplog):
    def broken(*args: Any, **kwargs: Any) -> Any:
        raise ConnectionInterrupted(None)

    class Broken(BaseCache):
        get = set = delete = broken

    monkeypatch.setattr("oauth_app.labs.id_token.kept.caches", {"security": Broken({})})
    assert watched.sign_in("google").status_code == 302
    assert "an ID token was not kept: ConnectionInterrupted" in caplog.text
    answer = watched.client.get(PAGE)
    assert answer.status_code == 503
    assert "does not answer" in answer.content.decode()
    assert watched.client.post(f"{PAGE}raw/").headers["Location"] == PAGE


def test_to_the_inspector_by_post(watched, company):
    watched.sign_in("outside")
    answer = watched.client.post(f"{PAGE}raw/")
    html = unescape(answer.content.decode())
    found = re.search(r'name="token"[^>]*>([\w.-]+)</textarea>', html)
    keys = re.search(r'name="key"[^>]*>(\{.*?\})</textarea>', html)
    assert found
    assert keys
    form = {"token": found[1], "key": keys[1], "key_format": "jwks", "act": "inspect"}
    inspected = watched.client.post("/jwt/inspector/", form)
    assert inspected.status_code == 200
    api = watched.client.post(
        "/jwt/api/inspect/", {"token": found[1], "key": keys[1], "key_format": "jwks"}, "application/json"
    )
    assert api.json()["signature_valid"] is True
    assert "no-store" in answer["Cache-Control"]
    assert watched.client.get(f"{PAGE}raw/").status_code == 405


def test_the_page_after_a_sign_in_leads_there_and_the_page_of_a_failure_does(watched, company):
    watched.sign_in("google")
    page = watched.client.get("/oauth/signed-in/").content.decode()
    assert f'href="{PAGE}"' in looked_closer(page)
    assert 'href="/oauth/flow/"' in looked_closer(page)
    watched.client.post("/oauth/accounts/logout/")
    company.changed = {"nonce": "of-another-sign-in"}
    assert f'href="{PAGE}"' in looked_closer(watched.sign_in("google").content.decode())


def looked_closer(html: str) -> str:
    found = re.search(r'<p class="experiments">(.*?)</p>', html, re.S)
    return found[1] if found else ""


def test_with_the_wire_closed_nothing_is_drawn_and_no_link_says_so(visitor):
    visitor.sign_in("google")
    links = looked_closer(visitor.client.get("/oauth/signed-in/").content.decode())
    assert "The wire was closed, so nothing of this is drawn." in links
    assert '<a href="/oauth/flow/">Do it once more, and have it drawn</a>' in links
    assert PAGE not in links


def test_where_no_id_token_came_no_link_leads_to_one(watched, company):
    watched.sign_in("github")
    assert PAGE not in looked_closer(watched.client.get("/oauth/signed-in/").content.decode())
    watched.client.post("/oauth/accounts/logout/")
    denied = watched.come_back("google", error="access_denied", state=watched.state("google"))
    assert 'href="/oauth/flow/"' in looked_closer(denied.content.decode())
    assert PAGE not in looked_closer(denied.content.decode())
    company.person["verified"] = False  # a good ID token, and nobody comes in
    assert PAGE in looked_closer(watched.sign_in("google").content.decode())
