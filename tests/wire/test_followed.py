"""Calls of somebody's app: which browser's list they get into, by which credential, and what is kept of them."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from django.core.cache import caches
from django.core.cache.backends.base import BaseCache
from django.test import Client
from django.urls import reverse

from authdemo.wire import followed
from authdemo.wire.models import Exchange
from tests.oauth_app.provider.conftest import (  # noqa: F401  fixtures
    REVOKE,
    TOKEN,
    USERINFO,
    App,
    alices,
    app,
    bobs,
    register,
)

pytestmark = pytest.mark.django_db
NOTES = "/oauth/api/notes/"


@pytest.fixture(autouse=True)
def demo(settings: Any) -> None:
    settings.LABS = True
    caches["default"].clear()


@pytest.fixture
def browser(alices: Client) -> Client:  # noqa: F811
    """Alice's browser, with its panel open."""
    alices.post("/wire/open/")
    return alices


def calls() -> list[Exchange]:
    return list(Exchange.objects.filter(leg=Exchange.Leg.CALL).order_by("at"))


def lines() -> list[str]:
    return [f"{one.method} {one.path} {one.status}" for one in calls()]


def test_it_looks_where_allauth_has_its_endpoints():
    for name in ("token", "revoke", "userinfo"):
        assert getattr(followed, name.upper()) == reverse(f"idp:oidc:{name}")


def test_each_call_on_the_way_of_a_code_is_in_the_list_of_its_browser(browser, bobs, app):  # noqa: F811
    bobs.post("/wire/open/")
    tokens = app.tokens(browser, scope="openid profile notes:read", state="of-alice")
    app.tokens(bobs, scope="notes:read", state="of-bob")
    app.call(tokens["access_token"])
    app.server.get(USERINFO, headers={"authorization": f"Bearer {tokens['access_token']}"})
    later = app.refresh(tokens["refresh_token"]).json()
    assert app.works(later["access_token"])
    app.revoke(later["refresh_token"])
    assert not app.works(later["access_token"])
    of_alice, of_bob = [
        [f"{one.method} {one.path} {one.status}" for one in calls() if one.browser == whose]
        for whose in dict.fromkeys(one.browser for one in calls())
    ]
    assert of_alice == [
        f"POST {TOKEN} 200", f"GET {NOTES} 200", f"GET {USERINFO} 200", f"POST {TOKEN} 200", f"GET {NOTES} 200",
        f"POST {REVOKE} 200", f"GET {NOTES} 401",
    ]  # fmt: skip
    assert of_bob == [f"POST {TOKEN} 200"]
    assert len({one.flow for one in calls()}) == 2


def test_it_is_our_own_record_with_counts_and_whom_it_was_taken_for(browser, app):  # noqa: F811
    access = app.tokens(browser)["access_token"]
    answer = app.call(access)
    call = calls()[-1]
    assert f'desc="{call.statement_count}"' in answer["Server-Timing"]
    assert (call.username, call.mechanism, call.counted) == ("alice", "oauth2", True)
    assert len(call.statements) == call.statement_count
    assert answer["X-Request-ID"] == str(call.pk)
    page = browser.get("/wire/").content.decode()
    assert "app → site" in page
    assert "<b>alice</b>, by the token" in page


def test_nothing_of_it_could_be_used(browser, app):  # noqa: F811
    code = app.code(browser, scope="openid notes:read")
    tokens = app.exchange(code).json()
    app.server.post(
        NOTES, {"text": "a secret note"}, "application/json",
        headers={"authorization": f"Bearer {tokens['access_token']}"},
    )  # fmt: skip
    app.refresh(tokens["refresh_token"])
    kept = json.dumps(list(Exchange.objects.values()), default=str)
    used = [
        code,
        "v" * 64,
        "s3cret-of-the-app",
        "a secret note",
        *(tokens[name] for name in tokens if "token" in name),
    ]
    assert [value for value in used if len(value) > 10 and value in kept] == []
    assert '"printer"' in kept  # the app's id is public


def test_with_the_panel_closed_nothing_is_kept_and_nothing_is_said(alices, app):  # noqa: F811
    answer = app.call(app.tokens(alices)["access_token"])
    assert not calls()
    assert "X-Request-ID" not in answer


@pytest.mark.parametrize("how", ["/wire/close/", "/start-over/"])
def test_once_it_is_closed_the_tokens_of_before_are_nobodys(browser, app, how):  # noqa: F811
    access = app.tokens(browser)["access_token"]
    browser.post(how)
    Exchange.objects.all().delete()
    app.call(access)
    assert not calls()


def test_without_labs_no_call_is_followed(browser, app, settings):  # noqa: F811
    settings.LABS = False
    app.call(app.tokens(browser)["access_token"])
    assert not calls()


def test_a_made_up_credential_is_nobodys(browser, app):  # noqa: F811
    app.tokens(browser)
    before = len(calls())
    app.exchange("not-that-one")
    app.refresh("nor-that")
    app.revoke("nor-that")
    for header in ("Bearer made-up", "Bearer", "Basic abc", "", "Bearer " + "x" * 3000):
        app.server.get(NOTES, headers={"authorization": header} if header else {})
    app.server.post(TOKEN, b"\xff=%", content_type="application/x-www-form-urlencoded")
    app.server.post(TOKEN, "&".join(f"a{n}=1" for n in range(2000)), content_type="application/x-www-form-urlencoded")
    assert len(calls()) == before


def test_a_copy_that_a_program_uses_is_seen_by_whose_flow_it_came_of(browser, bobs, app):  # noqa: F811
    access = app.tokens(browser)["access_token"]
    bobs.post("/wire/open/")
    mine = len(calls())
    bobs.get(NOTES, headers={"authorization": f"Bearer {access}"})  # with a cookie of the wire: it is in Bob's list
    assert len(calls()) == mine
    Client().get(NOTES, headers={"authorization": f"Bearer {access}"})
    assert len(calls()) == mine + 1
    assert NOTES in browser.get("/wire/").content.decode()


def test_what_it_costs_is_in_no_count(browser, app, django_assert_num_queries):  # noqa: F811
    followed = app.tokens(browser)["access_token"]
    browser.post("/wire/close/")
    closed = app.tokens(browser)["access_token"]
    browser.post("/wire/open/")
    timings = [app.call(access)["Server-Timing"] for access in (followed, followed, closed, closed)]
    counts = [[part.partition("desc=")[2] for part in timing.split(",")] for timing in timings]
    assert counts[1] == counts[3]


def test_a_cache_that_fails_costs_the_record_and_no_call(browser, app, monkeypatch, caplog):  # noqa: F811
    access = app.tokens(browser)["access_token"]

    def broken(*args: Any, **kwargs: Any) -> Any:
        raise ConnectionError(f"no cache for {access}")

    class Broken(BaseCache):
        get = set = add = set_many = broken

    monkeypatch.setattr("authdemo.wire.followed.caches", {"default": Broken({})})
    monkeypatch.setattr("authdemo.wire.flows.caches", {"default": Broken({})})
    before = len(calls())
    with caplog.at_level(logging.ERROR, logger="authdemo.wire"):
        assert app.call(access).status_code == 200
        app.tokens(browser, state="another")
    assert len(calls()) == before
    assert "a credential was not looked up: ConnectionError" in caplog.text
    assert access not in caplog.text
