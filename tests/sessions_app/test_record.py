"""The record behind the cookie, as the tour shows it: what is said of it, and what never is."""

from __future__ import annotations

from importlib import import_module

import pytest

from sessions_app.labs import record

pytestmark = pytest.mark.django_db


def session_of(browser, settings):
    return import_module(settings.SESSION_ENGINE).SessionStore(browser.cookie())


@pytest.mark.parametrize(
    ("store", "place", "has_size"),
    [
        ("db", "a row of the table django_session", True),
        ("cached_db", "with a copy in", True),
        ("redis", "Redis or Valkey", False),
        ("file", "a file on the server's disk", False),
        ("signed_cookie", "the cookie itself", True),
    ],
)
def test_it_says_where_the_record_lies_and_how_large_it_is(
    alice, browser_of, use_store, settings, store, place, has_size
):
    use_store(store)
    seen = record.describe(session_of(browser_of("alice"), settings))
    assert place in seen.place
    assert (seen.bytes is not None) == has_size
    assert seen.at_server == (store != "signed_cookie")


def test_secrets_of_the_session_are_not_in_it(alice, browser_of, settings):
    browser = browser_of("alice")
    session = session_of(browser, settings)
    session["socialaccount_state"] = {"state": "SECRET-STATE", "pkce_code_verifier": "SECRET-VERIFIER"}
    password_hash = session["_auth_user_hash"]
    seen = record.describe(session)
    shown = {key: value for key, value, _ in seen.entries}
    assert shown["_auth_user_id"] == str(alice.pk)
    assert shown["_auth_user_hash"] == record.HIDDEN
    assert seen.more >= 1
    assert seen.key_start == browser.cookie()[:4]
    for secret in ("SECRET", "socialaccount_state", password_hash, browser.cookie()):
        assert secret not in repr(seen)
