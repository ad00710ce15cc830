"""The same story on all six stores: sign in, be known, be copied, be ended."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from authdemo.accounts.models import User
from authdemo.start_over.ending import LAB_COOKIES
from oauth_app.attacks import naive as oauth_naive
from oauth_app.labs.flow import slow
from sessions_app.attacks.naive import COOKIE
from sessions_app.labs.stores.models import CachedDbSession, DbSession
from sessions_app.labs.stores.stores import STORES
from tests.sessions_app.conftest import PASSWORD
from tests.sessions_app.labs.stores.conftest import NAMES, RECORDS
from tests.wire.instruments import Timing

COST = {
    "memory": (1, 1), "db": (2, 0), "cached_db": (1, 1), "redis": (1, 1), "file": (1, 0), "signed_cookie": (1, 0),
}  # fmt: skip
PATHS = ["/sessions/stores/", "/sessions/instances/", "/sessions/stores/run/", "/sessions/instances/send/"]
PATHS += [f"/sessions/stores/{store}/{page}/" for store in NAMES for page in ("login", "whoami", "logout")]


@pytest.mark.parametrize("store", RECORDS)
def test_one_of_two_clients_ends_the_session_and_the_other_one_is_anonymous_at_once(visitor, store):
    here, there, elsewhere = visitor(store, "alice"), visitor(store), visitor(store, "alice")
    there.cookie = here.cookie
    assert [one.user() for one in (here, there, elsewhere)] == ["alice", "alice", "alice"]
    assert there.sign_out().status_code == 302
    assert [one.user() for one in (here, there, elsewhere)] == [None, None, "alice"]


def test_on_signed_cookies_a_copy_outlives_the_sign_out(visitor):
    here, thief = visitor("signed_cookie", "alice"), visitor("signed_cookie")
    thief.cookie = here.cookie
    here.sign_out()
    assert [here.user(), thief.user()] == [None, "alice"]


@pytest.mark.parametrize("store", NAMES)
def test_another_password_ends_it_on_every_store(visitor, alice, store):
    here = visitor(store, "alice")
    alice.set_password("another one")
    alice.save()
    assert here.user() is None


def test_the_form_for_somebody_else_does_not_scroll_away_who_you_are_now(visitor):
    here = visitor("db")
    focus = re.compile(r"<input[^>]* autofocus")
    assert focus.search(here.client.get(here.path("login")).content.decode())
    here.sign_in("alice")
    page = here.client.get(here.path("login")).content.decode()
    assert "You are alice on this store" in page
    assert not focus.search(page)


@pytest.mark.parametrize("store", NAMES)
def test_who_am_i_in_the_shape_of_all_apps_and_at_its_price(visitor, alice, store):
    answer = visitor(store, "alice").whoami()
    said = answer.json()
    times = {name: datetime.fromisoformat(said["credential"].pop(name)) for name in ("issued_at", "expires_at")}
    assert times["expires_at"] - times["issued_at"] == timedelta(hours=1)
    assert said == {
        "mechanism": "session",
        "user": {"id": str(alice.pk), "username": "alice"},
        "credential": {"kind": "session cookie", "revocable": store != "signed_cookie"},
        "served_by": "A",
    }
    assert Timing.of(answer).counts == COST[store]


@pytest.mark.parametrize("store", NAMES)
def test_it_ends_an_hour_after_the_sign_in_and_use_does_not_put_that_off(visitor, monkeypatch, store):
    browser, now = visitor(store, "alice"), timezone.now
    ends = browser.whoami().json()["credential"]["expires_at"]
    monkeypatch.setattr(timezone, "now", lambda: now() + timedelta(minutes=10))
    assert browser.whoami().json()["credential"]["expires_at"] == ends


@pytest.mark.parametrize("store", NAMES)
def test_wrong_credentials_are_401_and_open_nothing(visitor, store):
    somebody = visitor(store)
    answer = somebody.sign_in(password="wrong")
    assert answer.status_code == 401
    assert "do not fit together" in answer.content.decode()
    assert f'cookie-name="lab_{store}"' in answer["WWW-Authenticate"]
    assert f"lab_{store}" not in answer.cookies
    anonymous = somebody.whoami()
    assert anonymous.status_code == 401
    assert anonymous.json()["code"] == "not_authenticated"
    assert anonymous["WWW-Authenticate"] == answer["WWW-Authenticate"]


@pytest.mark.parametrize("store", NAMES)
def test_the_cookie_is_good_for_the_paths_of_its_store_only(visitor, store):
    answer = visitor(store).sign_in()
    assert list(answer.cookies) == ["authdemo_csrf", f"lab_{store}"]
    cookie = answer.cookies[f"lab_{store}"]
    assert cookie["path"] == f"/sessions/stores/{store}/"
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert 3590 < cookie["max-age"] <= 3600
    assert answer["Location"] == f"/sessions/stores/{store}/login/"


@pytest.mark.parametrize("store", NAMES)
def test_signing_in_renews_the_key_and_as_another_user_carries_nothing_over(visitor, store):
    browser = visitor(store, "alice")
    of_alice = browser.cookie
    session = browser.store.engine(of_alice)
    session["basket"] = 3
    session.save()
    browser.cookie = session.session_key
    assert browser.sign_in("bob").status_code == 302
    assert browser.user() == "bob"
    assert browser.cookie != of_alice
    assert "basket" not in browser.store.engine(browser.cookie)


@pytest.mark.parametrize("store", RECORDS)
def test_nothing_of_an_ended_session_is_left(visitor, store):
    browser = visitor(store, "alice")
    copy = browser.cookie
    assert browser.store.engine().exists(copy)
    answer = browser.sign_out()
    assert answer.cookies[browser.store.cookie]["path"] == browser.store.path
    assert answer.cookies[browser.store.cookie]["max-age"] == 0
    assert not browser.store.engine().exists(copy)


def test_the_cookie_of_one_store_opens_no_other(visitor):
    cookies = {store: visitor(store, "alice").cookie for store in NAMES}
    for mine, value in cookies.items():
        for other in NAMES:
            stranger = visitor(other)
            stranger.cookie = value
            assert stranger.user() == ("alice" if other == mine else None), (mine, other)


@pytest.mark.parametrize("name", ["db", "cached_db", "memory", "file"])
def test_a_key_of_the_lab_opens_no_session_of_the_site_nor_the_other_way_round(visitor, settings, name, tmp_path):
    settings.SESSION_ENGINE = settings.ENGINES[name]
    settings.SESSION_CACHE_ALIAS = "memory" if name == "memory" else "sessions"
    (tmp_path / "site").mkdir()
    settings.SESSION_FILE_PATH = str(tmp_path / "site")
    of_lab, client = visitor(name, "alice"), Client()
    client.cookies["authdemo_session"] = of_lab.cookie
    assert client.get("/sessions/api/whoami/").status_code == 401
    client = Client()
    client.post("/sessions/login/", {"username": "alice", "password": PASSWORD})
    assert client.get("/sessions/api/whoami/").status_code == 200
    of_lab.cookie = client.cookies["authdemo_session"].value
    assert of_lab.user() is None


@pytest.mark.parametrize("store", NAMES)
@pytest.mark.parametrize("value", ["a" * 32, "../../../etc/passwd", "x" * 7000, '"aaaaaaaa\\000b"', "e30:1:2", "a b;"])
def test_rubbish_in_the_cookie_is_anonymous(visitor, store, value):
    somebody = visitor(store)
    for page, status in (("whoami", 401), ("login", 200)):
        answer = somebody.client.get(somebody.path(page), headers={"cookie": f"lab_{store}={value}"})
        assert answer.status_code == status


@pytest.mark.parametrize("store", NAMES)
def test_sign_out_is_post_only_and_forms_need_their_token(visitor, store):
    browser = visitor(store, "alice")
    assert browser.client.get(browser.path("logout")).status_code == 405
    strict = visitor(store)
    strict.client = Client(enforce_csrf_checks=True)
    strict.cookie = browser.cookie
    assert strict.sign_out().status_code == 403
    assert strict.sign_in().status_code == 403
    assert browser.user() == "alice"


@pytest.mark.parametrize("next_url", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:x"])
def test_next_leads_to_no_other_site(visitor, next_url):
    assert visitor("db").sign_in(next=next_url)["Location"] == "/sessions/stores/db/login/"


@pytest.mark.parametrize("path", PATHS)
def test_without_labs_there_is_nothing(lab, settings, client, path):
    settings.LABS = False
    client.cookies["lab_db"] = "a" * 32
    assert client.get(path).status_code == 404
    answer = client.post(path, {"username": "alice", "password": PASSWORD})
    assert answer.status_code == 404
    assert not {name for name in answer.cookies if name.startswith("lab_")}


@pytest.mark.parametrize("store", ["cached_db", "redis"])
def test_a_store_that_is_not_there_is_503_and_says_what_to_set(visitor, settings, store):
    settings.CACHES = {alias: cache for alias, cache in settings.CACHES.items() if alias != f"lab_{store}"}
    somebody = visitor(store)
    for answer in (somebody.whoami(), somebody.sign_in(), somebody.client.get(somebody.path("login"))):
        assert answer.status_code == 503
        assert "Set REDIS_URL" in answer.content.decode()
    assert somebody.whoami().json()["code"] == "store_unavailable"
    assert "Set REDIS_URL" in somebody.client.get("/sessions/stores/").content.decode()


def nobody_there(settings, alias):
    gone = settings.CACHES[alias] | {"LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = settings.CACHES | {alias: gone}


def test_redis_that_does_not_answer_is_503_and_no_failure(visitor, settings):
    browser, there = visitor("redis", "alice"), settings.CACHES
    copy = browser.cookie
    nobody_there(settings, "lab_redis")
    answer = browser.sign_in("bob")
    assert answer.status_code == 503
    assert "does not answer" in answer.content.decode()
    # What the page says of Django's own engine: everybody is taken for signed out, and this is no sign-out.
    assert browser.user() is None
    assert browser.sign_out().status_code == 302
    settings.CACHES = there
    browser.cookie = copy
    assert browser.user() == "alice"


def test_cached_db_without_its_cache_has_the_row(visitor, settings):
    browser = visitor("cached_db", "alice")
    nobody_there(settings, "lab_cached_db")
    assert browser.user() == "alice"
    browser.sign_out()
    assert browser.user() is None


def test_what_has_expired_is_cleared_away_by_the_next_sign_in(visitor):
    for store, model in (("db", DbSession), ("cached_db", CachedDbSession)):
        visitor(store, "alice")
        model.objects.update(expire_date=datetime.fromisoformat("2020-01-01T00:00:00Z"))
        visitor(store, "bob")
        assert model.objects.count() == 1


def test_start_over_names_each_cookie_with_its_path():
    naive = {COOKIE: reverse("attacks:naive-home"), oauth_naive.COOKIE: reverse("oauth_attacks:naive-home")}
    slow_motion = {slow.COOKIE: reverse("oauth:index")}
    assert {store.cookie: store.path for store in STORES} | naive | slow_motion == LAB_COOKIES


def test_there_is_no_seventh_store(lab, client):
    assert client.get("/sessions/stores/memcached/whoami/").status_code == 404
    assert client.post("/sessions/instances/send/", {"store": "memcached"}).status_code == 400


@pytest.mark.parametrize("password", ["", "x" * 5000, "\0"])
def test_odd_input_is_a_401(visitor, password):
    for name in ("alice", "al\0ice", "x" * 10_000):
        assert visitor("db").sign_in(name, password).status_code == 401


def test_a_closed_account_is_anonymous_everywhere(visitor):
    browsers = [visitor(store, "alice") for store in NAMES]
    User.objects.filter(username="alice").update(is_active=False)
    assert {browser.user() for browser in browsers} == {None}
