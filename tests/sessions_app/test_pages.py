"""The dashboard and `whoami`: what this session is, and nobody's business but its owner's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/sessions/", "/sessions/devices/"])
def test_an_anonymous_visit_is_sent_to_sign_in_and_comes_back(alice, browser_of, path):
    browser = browser_of()
    response = browser.get(path)
    assert response.status_code == 302
    assert response.headers["Location"] == f"/sessions/login/?next={path}"
    data = {"username": "alice", "password": "correct horse", "next": path}
    assert browser.post(response.headers["Location"], data).headers["Location"] == path


def test_an_anonymous_whoami_is_401_as_json(browser_of):
    response = browser_of().get("/sessions/api/whoami/")
    assert response.status_code == 401
    assert set(response.json()) == {"detail", "code"}
    assert response.json()["code"] == "not_authenticated"
    assert response.headers["WWW-Authenticate"].startswith("Cookie ")


@pytest.mark.parametrize(
    "value", ["x", "a" * 32, "a" * 5000, "../../etc/passwd", "ü" * 10, '"aaaaaaaa\\000b"', "A" * 32]
)
def test_a_made_up_cookie_is_anonymous(alice, client, value):
    response = client.get("/sessions/api/whoami/", headers={"cookie": f"authdemo_session={value}"})
    assert response.status_code == 401
    page = client.get("/sessions/", headers={"cookie": f"authdemo_session={value}"})
    assert page.status_code == 302


def test_whoami_has_the_shape_of_all_three_apps(alice, browser_of):
    before = datetime.now(UTC).replace(microsecond=0)
    body = browser_of("alice").get("/sessions/api/whoami/").json()
    issued = datetime.fromisoformat(body["credential"].pop("issued_at"))
    expires = datetime.fromisoformat(body["credential"].pop("expires_at"))
    assert body == {
        "mechanism": "session",
        "user": {"id": str(alice.pk), "username": "alice"},
        "credential": {"kind": "session cookie", "revocable": True},
        "served_by": "A",
    }
    assert before <= issued <= datetime.now(UTC)
    assert expires - issued == timedelta(days=14)


def test_the_end_does_not_move_with_use(alice, browser_of, monkeypatch):
    browser = browser_of("alice")
    first = browser.get("/sessions/api/whoami/").json()["credential"]
    tomorrow = timezone.now() + timedelta(days=1)
    monkeypatch.setattr(timezone, "now", lambda: tomorrow)
    session = browser.client.session
    session["something"] = "new"
    session.save()
    row = Session.objects.get(session_key=browser.cookie())
    assert browser.get("/sessions/api/whoami/").json()["credential"] == first
    assert abs(row.expire_date - datetime.fromisoformat(first["expires_at"])) < timedelta(seconds=2)


def test_a_session_past_its_end_is_anonymous(alice, browser_of):
    browser = browser_of("alice")
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert browser.user() is None


def test_a_session_from_before_this_app_says_that_it_does_not_know(alice, browser_of):
    browser = browser_of("alice")
    session = browser.client.session
    del session["signed_in_at"]
    session.save()
    assert browser.get("/sessions/api/whoami/").json()["credential"]["issued_at"] is None
    assert browser.get("/sessions/").status_code == 200


@pytest.mark.parametrize("path", ["/sessions/", "/sessions/devices/", "/sessions/api/whoami/"])
def test_reading_pages_take_no_post_and_are_never_cached(alice, browser_of, path):
    browser = browser_of("alice")
    assert browser.post(path).status_code == 405
    assert "no-store" in browser.get(path).headers["Cache-Control"]


@pytest.mark.parametrize("how", ["deactivated", "deleted", "password changed"])
def test_what_happens_to_the_user_happens_to_the_session(alice, browser_of, how):
    browser = browser_of("alice")
    if how == "deleted":
        alice.delete()
    elif how == "deactivated":
        alice.is_active = False
        alice.save()
    else:
        alice.set_password("another one")
        alice.save()
    assert browser.user() is None
    assert browser.get("/sessions/").status_code == 302


def test_the_dashboard_shows_a_piece_of_the_cookie_and_no_more(alice, browser_of):
    browser = browser_of("alice")
    html = browser.get("/sessions/").content.decode()
    assert "How does this server know that you are alice?" in html
    assert f"{browser.cookie()[:4]}…" in html
    assert browser.cookie()[:6] not in html
    assert alice.password not in html


@pytest.mark.parametrize(
    ("store", "words"),
    [
        ("db", "a row of the table django_session in SQLite"),
        ("cached_db", "with a copy in Redis or Valkey"),
        ("redis", "Redis or Valkey"),
        ("memory", "the memory of this one server process"),
        ("file", "a file on the server"),
        ("signed_cookie", "the cookie itself"),
    ],
)
def test_the_dashboard_says_where_the_record_lies(alice, browser_of, use_store, store, words):
    use_store(store)
    assert words in browser_of("alice").get("/sessions/").content.decode()


@pytest.mark.parametrize(
    ("backend", "words"),
    [
        ("django.core.cache.backends.db.DatabaseCache", "a cache table in SQLite"),
        ("django.core.cache.backends.filebased.FileBasedCache", "a cache (FileBasedCache)"),
    ],
)
def test_other_caches_have_their_words_too(alice, browser_of, settings, use_store, tmp_path, backend, words):
    use_store("memory")
    location = "django_cache" if backend.endswith("DatabaseCache") else str(tmp_path)
    settings.CACHES = settings.CACHES | {"sessions": {"BACKEND": backend, "LOCATION": location}}
    assert words in browser_of("alice").get("/sessions/").content.decode()


@pytest.mark.parametrize("samesite", ["Strict", "None"])
def test_the_dashboard_tells_of_cookies_that_are_set_otherwise(alice, browser_of, settings, samesite):
    settings.SESSION_COOKIE_SAMESITE = samesite
    settings.SESSION_COOKIE_SECURE = True
    settings.SESSION_COOKIE_HTTPONLY = False
    html = browser_of("alice").get("/sessions/").content.decode()
    assert "not even a link" in html if samesite == "Strict" else "all depends on the CSRF token" in html
    assert "Sent over HTTPS only" in html
    assert "any script on the page can read it" in html


def test_after_signing_in_with_a_provider_it_is_an_ordinary_session(alice, browser_of):
    browser = browser_of("alice")
    session = browser.client.session
    session["account_authentication_methods"] = [{"method": "socialaccount", "provider": "github", "at": 1.0}]
    session.save()
    assert "OAuth2 has finished" in browser.get("/sessions/").content.decode()
