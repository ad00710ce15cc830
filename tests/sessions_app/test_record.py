"""The dashboard's record: where it lies to the letter, its size as the store has it, and nothing that opens it."""

from __future__ import annotations

import os
import re

import pytest
import redis
import requests
from django.conf import settings as site
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.db import connection

from sessions_app.places import places
from sessions_app.record import describe
from tests.wire.instruments import Timing

pytestmark = pytest.mark.django_db
STORES = ["db", "cached_db", "redis", "memory", "file", "signed_cookie"]


def dashboard(browser) -> str:
    return str(browser.get("/sessions/").content.decode())


def bytes_of(html: str) -> list[int]:
    return [int(number) for number in re.findall(r"</code><br>(\d+) bytes", html)]


@pytest.mark.parametrize("store", STORES)
def test_no_page_on_any_store_shows_what_opens_the_session(alice, browser_of, use_store, store):
    use_store(store)
    browser = browser_of("alice")
    session = browser.client.session
    session["socialaccount_states"] = {"a-state": "a-verifier"}
    session.save()
    if store == "signed_cookie":
        browser.use_cookie(session.session_key)
    html = dashboard(browser)
    cookie = browser.cookie()
    assert f"authdemo_session={cookie[:4]}…" in html
    assert cookie not in html
    assert cookie[4:16] not in html
    assert session["_auth_user_hash"] not in html
    assert "a-state" not in html
    assert "a-verifier" not in html
    assert "2 more, for other apps" in html
    assert f"<dd><code>{alice.pk}</code>" in html


@pytest.mark.parametrize("store", ["db", "cached_db"])
def test_a_row_has_the_size_that_the_database_counts(alice, browser_of, use_store, store):
    use_store(store)
    browser = browser_of("alice")
    with connection.cursor() as cursor:
        cursor.execute("SELECT length(session_data) FROM django_session")
        assert bytes_of(dashboard(browser))[0] == cursor.fetchone()[0]
    assert f"django_session where session_key = {browser.cookie()[:4]}…" in dashboard(browser)


@pytest.mark.parametrize("store", ["redis", "cached_db"])
def test_a_key_has_the_name_and_the_size_that_valkey_counts(alice, browser_of, use_store, store, redis_url):
    use_store(store)
    browser = browser_of("alice")
    html = dashboard(browser)
    server = redis.Redis.from_url(redis_url)
    names = [name.decode() for name in server.scan_iter() if browser.cookie() in name.decode()]
    assert len(names) == 1
    assert names[0].replace(browser.cookie(), browser.cookie()[:4] + "…") in html
    assert bytes_of(html)[-1] == server.strlen(names[0])


def test_a_copy_that_is_not_there_is_said_so(alice, browser_of, use_store, settings):
    use_store("cached_db")
    browser = browser_of("alice")
    gone = {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = settings.CACHES | {"sessions": gone}
    html = dashboard(browser)
    assert "Not there just now" in html
    assert bytes_of(html)


def test_a_file_has_the_size_that_the_disk_has(alice, browser_of, use_store, tmp_path):
    use_store("file")
    browser = browser_of("alice")
    html = dashboard(browser)
    name = f"authdemo_session{browser.cookie()}"
    assert bytes_of(html) == [os.path.getsize(tmp_path / name)]
    assert str(tmp_path) not in html, "a path of this machine"


def test_memory_and_a_cache_table_have_what_they_hold(alice, browser_of, use_store, settings):
    use_store("memory")
    browser = browser_of("alice")
    cache = caches["sessions"]
    assert bytes_of(dashboard(browser)) == [len(next(iter(cache._cache.values())))]  # type: ignore[attr-defined]
    settings.CACHES = settings.CACHES | {"sessions": site.CACHES["security"]}
    browser = browser_of("alice")
    with connection.cursor() as cursor:
        cursor.execute("SELECT length(value) FROM django_cache WHERE cache_key LIKE %s", [f"%{browser.cookie()}"])
        assert bytes_of(dashboard(browser)) == [cursor.fetchone()[0]]


def test_a_signed_cookie_is_its_own_record(alice, browser_of, use_store):
    use_store("signed_cookie")
    browser = browser_of("alice")
    html = dashboard(browser)
    assert bytes_of(html) == [len(browser.cookie())]
    assert f"{len(browser.cookie())} bytes. The rest is kept off this page" in html


def test_a_session_that_was_never_saved_lies_nowhere(db, client):
    session = client.session
    Session.objects.all().delete()
    assert [place.bytes for place in places(session)] == [None]
    assert describe(session).bytes is None


COST = {"db": (2, 0), "cached_db": (1, 1), "redis": (1, 1), "memory": (1, 1), "signed_cookie": (1, 0), "file": (1, 0)}


@pytest.mark.parametrize("store", STORES)
def test_what_the_look_up_cost_is_what_whoami_costs(alice, browser_of, use_store, store):
    """On `whoami`, to know who asks is all that there is. The page pays more, and says only what that cost."""
    use_store(store)
    browser = browser_of("alice")
    seen = Timing.of(browser.get("/sessions/api/whoami/")).counts
    response = browser.get("/sessions/")
    shown = re.search(r"<b>(\d+)</b> statements?, <b>(\d+)</b> cache calls?", response.content.decode())
    assert shown
    assert (int(shown[1]), int(shown[2])) == seen == COST[store]
    assert Timing.of(response).sql >= int(shown[1])


class TestFlags:
    def test_secure_is_off_over_plain_http_and_the_page_says_why(self, alice, browser_of):
        assert "because this page came over plain HTTP" in dashboard(browser_of("alice"))

    def test_secure_off_over_https_is_a_fault(self, alice, browser_of):
        browser = browser_of("alice")
        html = browser.get("/sessions/", secure=True).content.decode()
        assert "Off, although this page came over HTTPS" in html


def test_a_client_that_goes_by_the_rule_keeps_a_secure_cookie_back_over_http():
    """What the page says of Secure: seen with `requests`."""
    http = requests.Session()
    for name, secure in (("plain", False), ("secure", True)):
        http.cookies.set(name, "1", domain="localhost.local", path="/", secure=secure)
    request = http.prepare_request(requests.Request("GET", "http://localhost:8000/"))
    assert request.headers["Cookie"] == "plain=1"


@pytest.mark.parametrize("store", STORES)
def test_it_is_said_whether_the_server_keeps_anything(alice, browser_of, use_store, store):
    use_store(store)
    assert describe(browser_of("alice").client.session).at_server == (store != "signed_cookie")


@pytest.mark.parametrize("expiry", [0, 300])
def test_a_session_that_ends_after_seconds_or_with_the_browser_is_shown_too(alice, browser_of, expiry):
    """As a project sets it by `set_expiry`, for "remember me" for example. Here no view does."""
    browser = browser_of("alice")
    session = browser.client.session
    session.set_expiry(expiry)
    session.save()
    assert f"<code>{expiry}</code>" in dashboard(browser)
