"""Two real instances and a Valkey that is killed with SIGKILL and started again with its old data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy

import pytest
import requests

from tests.fixtures.demo import RunningDemo, clean_environment
from tests.session_store.conftest import Server
from tests.sessions_app.test_live import sign_in, whoami

pytestmark = pytest.mark.live


@dataclass
class Site:
    """The running demo on one store, and the Valkey that it was given."""

    demo: RunningDemo
    valkey: Server
    addresses: tuple[str, str]

    def seen(self, *browsers: requests.Session) -> list[tuple[int, str | None]]:
        """What each instance says to each of these browsers: the status and the name."""
        answers = [whoami(browser, address) for browser in browsers for address in self.addresses]
        return [(answer.status_code, answer.json().get("user", {}).get("username")) for answer in answers]


@pytest.fixture(scope="module")
def site_on() -> Iterator[dict[str, Site]]:
    """Filled by `site`: each store's demo is started once."""
    started: dict[str, Site] = {}
    yield started
    for one in started.values():
        one.demo.stop()
        one.valkey.kill()


@pytest.fixture
def site(request, site_on, tmp_path_factory) -> Site:
    store = request.param
    if store not in site_on:
        folder = tmp_path_factory.mktemp(store)
        valkey = Server(folder / "valkey")
        running = RunningDemo(clean_environment(folder) | {"REDIS_URL": valkey.url, "SESSION_STORE": store})
        running.start()
        site_on[store] = Site(running, valkey, (running.site, running.site_b))
    ready: Site = site_on[store]
    return ready


def copy_of(browser: requests.Session) -> requests.Session:
    """Somebody who sends the cookie again and again, whatever the answers say."""
    thief = requests.Session()
    thief.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    thief.headers["Cookie"] = f"authdemo_session={browser.cookies['authdemo_session']}"
    return thief


def post(browser: requests.Session, url: str) -> requests.Response:
    token = {"X-CSRFToken": browser.cookies["authdemo_csrf"]}
    return browser.post(url, headers=token, allow_redirects=False, timeout=30)


ALICE, BOB, NOBODY, DOWN = (200, "alice"), (200, "bob"), (401, None), (503, None)


@pytest.mark.parametrize("site", ["cached_db"], indirect=True)
def test_on_cached_db_everybody_stays_and_what_ends_meanwhile_has_ended(site):
    address = site.demo.site
    alice, phone, bob = sign_in(address), sign_in(address), sign_in(address, "bob")
    stolen, key = copy_of(phone), phone.cookies["authdemo_session"]
    assert site.seen(alice, phone, stolen, bob) == [ALICE] * 6 + [BOB] * 2
    page = alice.get(f"{address}/sessions/devices/", timeout=30).text
    other = re.search(r"Another browser.*?/devices/(\d+)/revoke/", page, re.DOTALL)
    assert other
    site.valkey.client().save()

    site.valkey.kill()
    assert site.seen(alice, phone, stolen, bob) == [ALICE] * 6 + [BOB] * 2
    assert post(alice, f"{address}/sessions/devices/{other[1]}/revoke/").status_code == 302
    assert site.seen(alice, phone, stolen, bob) == [ALICE] * 2 + [NOBODY] * 4 + [BOB] * 2

    site.valkey.start_again()
    held = [name.decode() for name in site.valkey.names()]
    assert any(key in name for name in held), "its old data are back"
    assert site.seen(alice, stolen, bob) == [ALICE] * 2 + [NOBODY] * 2 + [BOB] * 2


@pytest.mark.parametrize("site", ["redis"], indirect=True)
def test_on_redis_alone_nobody_can_be_known_and_the_page_says_why(site):
    address = site.demo.site
    alice, phone, bob = sign_in(address), sign_in(address), sign_in(address, "bob")
    ended = copy_of(phone)
    site.valkey.client().save()
    assert post(phone, f"{address}/sessions/logout/").status_code == 302
    assert site.seen(ended) == [NOBODY] * 2
    site.valkey.client().save()

    site.valkey.kill()
    assert site.seen(alice, bob, ended) == [DOWN] * 6
    page = alice.get(f"{address}/sessions/", timeout=30)
    assert page.status_code == 503
    assert "Sessions cannot be read just now" in page.text
    assert "that store does not answer" in page.text
    assert page.headers["Retry-After"] == "5"
    refused = post(bob, f"{address}/sessions/logout/")
    assert refused.status_code == 503
    assert "may not have been done" in refused.text
    assert requests.get(f"{address}/", timeout=30).status_code == 200, "who has no session is served"

    site.valkey.start_again()
    assert site.seen(alice, bob, ended) == [ALICE] * 2 + [BOB] * 2 + [NOBODY] * 2
    assert post(bob, f"{address}/sessions/logout/").status_code == 302, "tried again, it is done"
    assert site.seen(alice, bob) == [ALICE] * 2 + [NOBODY] * 2
