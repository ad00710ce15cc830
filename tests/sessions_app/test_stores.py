"""One story on every store: sign in, be known, be copied, be ended."""

from __future__ import annotations

import pytest
from allauth.usersessions.models import UserSession

pytestmark = pytest.mark.django_db
RECORDS = ["db", "cached_db", "redis", "memory", "file"]


@pytest.mark.parametrize("store", RECORDS)
def test_with_a_record_on_the_server_the_end_is_at_once(alice, browser_of, use_store, store):
    use_store(store)
    here, there, thief = browser_of("alice", "Here"), browser_of("alice", "There"), browser_of()
    thief.use_cookie(there.cookie())
    assert [browser.user() for browser in (here, there, thief)] == ["alice", "alice", "alice"]
    assert here.get("/sessions/api/whoami/").json()["credential"]["revocable"] is True

    assert "There" in here.get("/sessions/devices/").content.decode()
    row = UserSession.objects.get(session_key=there.cookie())
    here.post(f"/sessions/devices/{row.pk}/revoke/")
    assert [browser.user() for browser in (here, there, thief)] == ["alice", None, None]

    copy = here.cookie()
    here.post("/sessions/logout/")
    thief.use_cookie(copy)
    assert thief.user() is None
    assert not UserSession.objects.exists()


@pytest.mark.parametrize("store", RECORDS)
def test_a_made_up_key_is_anonymous_on_every_store(alice, browser_of, use_store, store):
    use_store(store)
    browser = browser_of()
    for value in ("a" * 32, "../../../etc/passwd", "x" * 5000, '"aaaaaaaa\\000b"'):
        response = browser.client.get("/sessions/api/whoami/", headers={"cookie": f"authdemo_session={value}"})
        assert response.status_code == 401


def test_on_signed_cookies_a_copy_outlives_the_sign_out(alice, browser_of, use_store):
    use_store("signed_cookie")
    browser, thief = browser_of("alice"), browser_of()
    assert browser.get("/sessions/api/whoami/").json()["credential"]["revocable"] is False
    thief.use_cookie(browser.cookie())
    browser.post("/sessions/logout/")
    assert browser.user() is None
    assert thief.user() == "alice"
    alice.set_password("only this ends it")
    alice.save()
    assert thief.user() is None


def test_on_signed_cookies_there_is_nothing_to_list_and_the_page_says_so(alice, browser_of, use_store):
    use_store("signed_cookie")
    browser, other = browser_of("alice"), browser_of("alice")
    assert not UserSession.objects.exists()  # the key is the whole cookie: a row would be a copy of it
    html = browser.get("/sessions/devices/").content.decode()
    assert "The server cannot say." in html
    assert "End all others" not in html
    assert "Nothing. Signing out makes this browser forget the cookie" in browser.get("/sessions/").content.decode()
    browser.post("/sessions/devices/revoke-others/")
    assert other.user() == "alice"


def test_on_signed_cookies_the_rows_of_another_store_are_left_alone(alice, browser_of, use_store):
    browser_of("alice")
    row = UserSession.objects.get()
    use_store("signed_cookie")
    browser = browser_of("alice")
    browser.get("/sessions/devices/")
    browser.post("/sessions/devices/revoke-others/")
    assert "Ended 0 other sessions" in browser.get("/sessions/devices/").content.decode()
    assert UserSession.objects.get() == row


def test_on_signed_cookies_a_changed_cookie_is_anonymous(alice, browser_of, use_store):
    use_store("signed_cookie")
    browser = browser_of("alice")
    cookie = browser.cookie()
    browser.use_cookie(("a" if cookie[0] != "a" else "b") + cookie[1:])
    assert browser.user() is None


def test_cached_db_without_its_cache_costs_time_and_no_session(alice, browser_of, settings, use_store):
    use_store("cached_db")
    browser = browser_of("alice")
    nobody_there = {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": "redis://127.0.0.1:1/0",
        "OPTIONS": {"IGNORE_EXCEPTIONS": True, "SOCKET_CONNECT_TIMEOUT": 1},
    }
    settings.CACHES = settings.CACHES | {"sessions": nobody_there}
    assert browser.user() == "alice"
    browser.post("/sessions/logout/")
    assert browser.user() is None


def test_a_store_that_cannot_be_asked_leaves_the_list_alone(alice, browser_of, settings, use_store):
    use_store("redis")
    browser = browser_of("alice")
    working, cookie = settings.CACHES, browser.cookie()
    down = {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = working | {"sessions": down}
    assert browser.get("/sessions/api/whoami/").status_code == 503
    settings.CACHES = working
    browser.use_cookie(cookie)
    assert browser.user() == "alice"
    assert UserSession.objects.filter(session_key=cookie).exists()
