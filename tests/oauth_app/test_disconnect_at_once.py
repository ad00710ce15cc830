"""Two things at one moment, one of them an end: who comes second waits, and sees what the first has done."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from threading import Event
from typing import Any

import psycopg
import pytest
import requests

from tests.fixtures.demo import RunningDemo

from .conftest import REVOKE, TOKEN, Company, answer, listening
from .person import PASSWORD, Person
from .test_parallel import callback_of, instance, start

pytestmark = [pytest.mark.live, pytest.mark.postgres]
PAGE = "/oauth/connections/"
FORGET = "User.objects.filter(username='alice.outside').delete()\n"
FORGET += "from allauth.socialaccount.models import SocialAccount; SocialAccount.objects.all().delete()"


@pytest.fixture
def company() -> Iterator[Company]:
    with listening() as played:
        played.google = f"{played.url}/google"
        yield played


@pytest.fixture
def site(demo_postgres: RunningDemo, company: Company) -> Iterator[str]:
    """An instance of the site on PostgreSQL, whose providers are the company."""
    demo_postgres.shell(FORGET)
    with_labs = replace(demo_postgres, environment=demo_postgres.environment | {"LABS": "true"})
    with instance(with_labs, company, "A") as running:
        yield running
    demo_postgres.shell(FORGET)


def come_by(person: Person, company: Company, provider: str, process: str = "") -> None:
    sent = start(person, provider, process)
    company.nonce = sent.get("nonce", "")
    assert person.get(callback_of(person.site, provider, sent["state"])).status_code == 302


def twin_of(person: Person) -> Person:
    """The same session in another tab."""
    twin = Person(person.site)
    twin.cookies.update(person.cookies)
    return twin


def numbers(page: str) -> list[str]:
    return re.findall(r'name="account" value="(\d+)"', page)


@contextmanager
def held(postgres_url: str, sql: str) -> Iterator[None]:
    """Hold what this statement locks."""
    with psycopg.connect(postgres_url) as connection:
        assert connection.execute(sql).fetchall()
        yield


def somebody_waits(postgres_url: str, number: int = 1) -> bool:
    """Ask until so many wait for a lock in the database."""
    sql = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    end = time.monotonic() + 20
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        while time.monotonic() < end:
            [(waiting,)] = connection.execute(sql).fetchall()
            if waiting >= number:
                return True
    return False


def test_the_last_two_connections_are_not_ended_at_once(site, company, postgres_url):
    """Each sees the other one, and both would go: then nobody could sign in any more."""
    person = Person(site)
    come_by(person, company, "github")
    come_by(person, company, "google", "connect")
    page = person.get(PAGE)
    first, second = numbers(page.text)

    def disconnect(number: str) -> int:
        return int(twin_of(person).press(page, "Disconnect", account=number).status_code)

    with ThreadPoolExecutor(2) as pool:
        with held(postgres_url, "SELECT id FROM accounts_user WHERE username = 'alice.outside' FOR UPDATE"):
            answers = [pool.submit(disconnect, number) for number in (first, second)]
            assert somebody_waits(postgres_url, 2)
        assert sorted(one.result(60) for one in answers) == [302, 400]
    assert len(numbers(person.get(PAGE).text)) == 1


def test_a_refresh_under_way_is_waited_for_and_what_it_brings_is_revoked(site, company, postgres_url):
    person, asked, go_on = Person(site), Event(), Event()

    def tokens(request: Any) -> None:
        first = company.calls[-1][1]["grant_type"] == "authorization_code"
        if not first:
            asked.set()
            assert go_on.wait(30)
        name = "first" if first else "second"
        said = company.normal(TOKEN["outside"]) | {
            "access_token": f"{name}-access",
            "refresh_token": f"{name}-refresh",
        }
        answer(said)(request)

    company.spoiled[TOKEN["outside"]] = tokens
    person.sign_in_with_password("bob")
    come_by(person, company, "outside", "connect")
    [number] = numbers(person.get(PAGE).text)
    behalf, page = person.get("/oauth/behalf/"), person.get(PAGE)
    with ThreadPoolExecutor(2) as pool:
        refreshed = pool.submit(twin_of(person).press, behalf, "Refresh now", account=number, action="refresh")
        assert asked.wait(30)
        ended = pool.submit(twin_of(person).press, page, "Disconnect", account=number)
        assert somebody_waits(postgres_url)
        go_on.set()
        assert [one.result(60).status_code for one in (refreshed, ended)] == [302, 302]
    told = [form["token"] for path, form, _ in company.calls if path == REVOKE["outside"]]
    assert told == ["second-refresh", "second-access"]
    assert numbers(person.get(PAGE).text) == []


# ---- Everything ends, by another process, after a request began and before it writes


NAME = "meanwhile"
END = """
    UPDATE accounts_user SET security_stamp = security_stamp + 1, password = '!'
    WHERE username = 'meanwhile' RETURNING id
"""
DISCONNECT = """
    WITH gone AS (DELETE FROM oauth_client_providertoken) DELETE FROM socialaccount_socialaccount RETURNING id
"""


@pytest.fixture
def somebody(site: str, demo_postgres: RunningDemo) -> Iterator[Person]:
    """A user of this test alone, signed in with the password."""
    forget = f"User.objects.filter(username='{NAME}').delete()\n"
    demo_postgres.shell(f"{forget}User.objects.create_user('{NAME}', '{NAME}@example.com', '{PASSWORD}')")
    person = Person(site)
    person.sign_in_with_password(NAME)
    assert person.username() == NAME
    yield person
    demo_postgres.shell(forget)


def password_of(postgres_url: str) -> str:
    with psycopg.connect(postgres_url) as connection:
        sql = "SELECT password FROM accounts_user WHERE username = %s"
        [(found,)] = connection.execute(sql, [NAME]).fetchall()
        return str(found)


def test_a_connection_that_comes_back_after_the_end_is_none(somebody, company, postgres_url):
    sent = start(somebody, "github", "connect")
    with ThreadPoolExecutor(1) as pool:
        with held(postgres_url, END):
            back = pool.submit(somebody.get, callback_of(somebody.site, "github", sent["state"]))
            assert somebody_waits(postgres_url)
        assert back.result(60).headers["Location"].startswith("/sessions/login/")
    assert password_of(postgres_url) == "!"
    with psycopg.connect(postgres_url) as connection:
        sql = "SELECT 1 FROM socialaccount_socialaccount JOIN accounts_user u ON u.id = user_id WHERE u.username = %s"
        assert connection.execute(sql, [NAME]).fetchall() == []


def test_a_new_password_that_comes_after_the_end_is_none(somebody, postgres_url):
    page = somebody.get("/sessions/password/")
    new = {"old_password": PASSWORD, "new_password1": "another phrase 7", "new_password2": "another phrase 7"}
    with ThreadPoolExecutor(1) as pool:
        with held(postgres_url, END):
            changed = pool.submit(somebody.press, page, "Change", **new)
            assert somebody_waits(postgres_url)
        assert changed.result(60).headers["Location"].startswith("/sessions/login/")
    assert password_of(postgres_url) == "!"
    assert "your session had ended" in somebody.get("/sessions/login/").text


def test_who_comes_by_an_account_while_it_is_disconnected_does_not_bring_it_back(site, company, postgres_url):
    person, other = Person(site), Person(site)
    come_by(person, company, "github")
    sent = start(other, "github", "")
    with ThreadPoolExecutor(1) as pool:
        with held(postgres_url, DISCONNECT):
            back = pool.submit(other.get, callback_of(site, "github", sent["state"]))
            assert somebody_waits(postgres_url)
        assert back.result(60).status_code == 409  # the address is somebody's, and no account says whose
    assert numbers(person.get(PAGE).text) == []


def test_who_ends_everything_waits_for_an_exchange_and_the_exchange_does_not_wait_for_them(
    somebody, demo_postgres, postgres_url
):
    """An exchange holds its family, and refers to the user's row when it is committed. Else one of the two fails."""
    given = requests.post(f"{somebody.site}/jwt/api/token/", json={"username": NAME, "password": PASSWORD}, timeout=60)
    teacher = Person(somebody.site)
    teacher.sign_in_with_password("teacher")
    user = somebody.get("/sessions/api/whoami/").json()["user"]["id"]
    page = teacher.get(f"/admin/accounts/user/{user}/access/end/")
    with ThreadPoolExecutor(1) as pool:
        with psycopg.connect(postgres_url) as connection:
            family = "SELECT f.id FROM jwt_app_refreshfamily f WHERE f.user_id = %s FOR UPDATE"
            assert connection.execute(family, [user]).fetchall()
            ended = pool.submit(teacher.press, page, "End everything")
            assert somebody_waits(postgres_url)
            refers = "SELECT id FROM accounts_user WHERE id = %s FOR KEY SHARE NOWAIT"
            assert connection.execute(refers, [user]).fetchall()
        assert ended.result(60).status_code == 302
    refresh = {"refresh": given.json()["refresh"]}
    assert requests.post(f"{somebody.site}/jwt/api/token/refresh/", json=refresh, timeout=60).status_code == 401
