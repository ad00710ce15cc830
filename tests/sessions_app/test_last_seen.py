"""When a session was last used: true to the minute, for one statement a minute, of which no answer waits."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.formats import date_format

from authdemo.accounts.models import User
from sessions_app import last_seen
from tests.sessions_app.conftest import PASSWORD
from tests.wire.instruments import Timing

pytestmark = pytest.mark.django_db
WHOAMI = "/sessions/api/whoami/"


@pytest.fixture
def at(monkeypatch):
    """Move the clock: `at(seconds)` from now."""
    start = timezone.now()

    def move(seconds: float) -> datetime:
        moment = start + timedelta(seconds=seconds)
        monkeypatch.setattr(timezone, "now", lambda: moment)
        return moment

    move(0)
    return move


@pytest.fixture
def another_process():
    """Forget what this process remembers, as one that has just started."""
    last_seen._written.clear()
    return last_seen._written.clear


def seen(browser) -> datetime:
    moment: datetime = UserSession.objects.get(session_key=browser.cookie()).last_seen_at
    return moment


def cost(browser) -> int:
    response = browser.get(WHOAMI)
    assert response.status_code == 200
    return Timing.of(response).sql


def test_one_statement_a_minute_and_no_more(alice, browser_of, use_store, at, another_process):
    use_store("db")
    browser = browser_of("alice")
    signed_in = seen(browser)
    assert [cost(browser) for _ in range(3)] == [2, 2, 2]
    at(59)
    assert cost(browser) == 2
    assert seen(browser) == signed_in
    later = at(61)
    with CaptureQueriesContext(connection) as queries:
        assert [cost(browser) for _ in range(3)] == [2, 2, 2]  # it is written when the answer has been sent
    assert [query["sql"].split()[0] for query in queries] == ["SELECT", "SELECT", "UPDATE"] + ["SELECT"] * 4
    assert seen(browser) == later
    at(100)
    assert cost(browser) == 2
    assert seen(browser) == later
    later = at(122)
    assert cost(browser) == 2
    assert seen(browser) == later


def test_the_first_request_at_another_process_just_after_the_sign_in_costs_nothing_more(
    alice, browser_of, use_store, another_process
):
    use_store("db")
    browser = browser_of("alice")
    another_process()
    assert cost(browser) == 2


def test_of_two_processes_one_writes(alice, browser_of, use_store, at, another_process):
    use_store("db")
    browser = browser_of("alice")
    first = at(70)
    browser.user()
    another_process()
    at(90)
    with CaptureQueriesContext(connection) as queries:
        browser.user()  # it asks once, since it cannot know
        browser.user()
    assert sum(query["sql"].startswith("UPDATE") for query in queries) == 1
    assert seen(browser) == first, "and changes nothing"


@pytest.mark.parametrize("path", ["/jwt/api/whoami/", "/healthz", "/jwt/.well-known/jwks.json"])
def test_what_asks_for_no_session_pays_nothing(alice, browser_of, at, path):
    browser = browser_of("alice")
    at(300)
    with CaptureQueriesContext(connection) as queries:
        browser.get(path)
    assert not [query["sql"] for query in queries if "session" in query["sql"]]


def test_a_session_that_is_not_in_the_list_costs_no_error(alice, browser_of, at):
    browser = browser_of("alice")
    UserSession.objects.all().delete()
    at(61)
    assert browser.user() == "alice"


@pytest.mark.parametrize("how", ["ended", "deactivated", "no session"])
def test_who_is_nobody_any_more_is_not_seen(alice, browser_of, at, how):
    browser = browser_of("alice")
    before = seen(browser)
    if how == "ended":
        Session.objects.all().delete()
    elif how == "deactivated":
        type(alice).objects.update(is_active=False)
    at(61)
    (browser if how != "no session" else browser_of()).get(WHOAMI)
    assert set(UserSession.objects.values_list("last_seen_at", flat=True)) == {before}


def test_a_database_that_refuses_costs_the_note_and_not_the_answer(alice, browser_of, at, monkeypatch, caplog):
    browser = browser_of("alice")

    def refuse(*args, **kwargs):
        raise DatabaseError("database is locked")

    monkeypatch.setattr("django.db.models.query.QuerySet.update", refuse)
    at(61)
    assert browser.user() == "alice"
    assert "last seen was not written" in caplog.text


def test_what_is_remembered_has_an_end(alice, browser_of, at, monkeypatch, another_process):
    monkeypatch.setattr(last_seen, "REMEMBERED", 2)
    browsers = [browser_of("alice") for _ in range(4)]
    at(61)
    for browser in browsers:
        assert browser.user() == "alice"
    assert list(last_seen._written) == [browser.cookie() for browser in browsers[2:]]


def test_the_list_shows_it(alice, browser_of, at):
    here, there = browser_of("alice"), browser_of("alice", "Old phone")
    moment = at(3600)
    there.user()
    at(7200)
    html = here.get("/sessions/devices/").content.decode()
    assert f'<dt>Last seen</dt><dd><time datetime="{moment.isoformat(timespec="seconds")[:16]}' in html
    assert "<dt>Last seen</dt><dd>Now</dd>" in html


def test_the_admin_sees_when_a_session_was_used_and_not_only_when_it_began(alice, browser_of, at):
    alices = browser_of("alice")
    User.objects.create_superuser("teacher", "teacher@example.com", PASSWORD)
    moment = at(86400)
    alices.user()
    page = browser_of("teacher").get("/admin/usersessions/usersession/").content.decode()
    row = next(row for row in page.split("<tr>") if ">alice<" in row)
    assert date_format(moment, "DATETIME_FORMAT") in row


def test_on_signed_cookies_nothing_is_noted(alice, browser_of, use_store, at):
    use_store("signed_cookie")
    browser = browser_of("alice")
    at(61)
    assert cost(browser) == 1
