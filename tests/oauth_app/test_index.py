"""The first page: three buttons, whether the stand-ins answer, and who may still know you."""

from __future__ import annotations

import pytest

from .conftest import answer, hang_up, silence


def text(response) -> str:
    return str(response.content.decode())


def test_three_buttons_and_what_each_is(visitor):
    page = text(visitor.client.get("/oauth/"))
    for name in ("GitHub", "Google", "Outside ID"):
        assert f"Sign in with {name}" in page
    assert page.count("Stand-in:") == 3
    assert "OAuth2 and an API call" in page
    assert "OpenID Connect with discovery" in page
    assert "do not answer" not in page
    assert "htmx" not in page


def test_with_an_outside_world_that_hangs_it_does_not_say_that_it_is_not_running(visitor):
    visitor.company.spoiled["/healthz"] = silence(3)
    page = text(visitor.client.get("/oauth/"))
    assert "The stand-ins do not answer in time." in page
    assert "not running" not in page
    assert "It is there, but busy or stuck." in page
    assert 'hx-get="/oauth/status/"' in page
    assert "Sign in with GitHub" in page


@pytest.mark.parametrize("trouble", [answer("", status=500), hang_up], ids=["500", "hangs up"])
def test_with_the_outside_world_off_it_says_how_to_start_it(visitor, trouble):
    visitor.company.spoiled["/healthz"] = trouble
    page = text(visitor.client.get("/oauth/"))
    assert "The stand-ins do not answer." in page
    assert "<code>python manage.py demo --outside</code>" in page
    assert 'hx-get="/oauth/status/"' in page
    assert "Sign in with GitHub" in page


def test_the_stand_ins_account_and_password_are_two_values(visitor):
    page = text(visitor.client.get("/oauth/"))
    name, password = '<span class="value">alice.outside</span>', '<span class="value">workshop-2026</span>'
    assert page.count(f"Sign in there as {name}, password {password}.") == 3


def test_it_comes_alive_by_itself(visitor):
    visitor.company.spoiled["/healthz"] = answer("", status=500)
    fragment = text(visitor.client.get("/oauth/status/"))
    assert 'hx-trigger="every 3s"' in fragment
    assert "<html" not in fragment
    visitor.company.spoiled.clear()
    fragment = text(visitor.client.get("/oauth/status/"))
    assert "The stand-ins answer now." in fragment
    assert "hx-" not in fragment


def test_real_providers_are_not_asked_for_their_health(visitor, settings, monkeypatch):
    for provider in settings.SOCIALACCOUNT_PROVIDERS.values():
        monkeypatch.setitem(provider["APPS"][0], "settings", {"server_url": visitor.company.url})
    page = text(visitor.client.get("/oauth/"))
    assert page.count("The real one:") == 3
    assert visitor.company.calls == []


def test_the_provider_still_knows_you_after_signing_out_here(visitor):
    assert "may still know you" not in text(visitor.client.get("/oauth/"))
    visitor.sign_in("google")
    assert "may still know you" not in text(visitor.client.get("/oauth/"))
    visitor.client.post("/sessions/logout/")
    page = text(visitor.client.get("/oauth/"))
    assert "Google may still know you." in page
    assert "/google/logout" in page


def test_the_cookie_behind_it_says_no_more_than_a_name(visitor):
    cookie = visitor.sign_in("google").cookies["oauth_provider"]
    assert cookie.value == "google"
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/oauth/", True, "Lax")


def test_a_made_up_cookie_says_nothing(visitor):
    visitor.client.cookies["oauth_provider"] = "<script>"
    page = text(visitor.client.get("/oauth/"))
    assert "may still know you" not in page
    assert "<script>" not in page.replace("<script src", "").replace("<script type", "")


def test_nothing_set_up(visitor, settings):
    settings.SOCIALACCOUNT_PROVIDERS = {}
    page = text(visitor.client.get("/oauth/"))
    assert "No provider is set up." in page


def test_no_page_claims_that_the_id_token_was_verified(visitor):
    pages = text(visitor.client.get("/oauth/")) + text(visitor.sign_in("google"))
    assert "signature" not in pages
