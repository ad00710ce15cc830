"""What an event costs, and what happens where it cannot be written."""

from __future__ import annotations

import pytest
from django.core.checks import run_checks
from django.db import connection
from django.test.utils import CaptureQueriesContext

from authdemo.events.models import AuthEvent
from tests.sessions_app.conftest import PASSWORD


@pytest.fixture
def statements():
    """Do something and return the statements about events."""

    def run(act) -> list[str]:
        with CaptureQueriesContext(connection) as queries:
            act()
        return [query["sql"].split(" ")[0] for query in queries if "events_authevent" in query["sql"]]

    return run


@pytest.mark.django_db(transaction=True)
def test_an_event_is_one_insert(alice, api, browser_of, statements):
    browser = browser_of()
    assert statements(lambda: browser.sign_in("alice", "wrong")) == ["INSERT"]
    assert statements(lambda: browser.sign_in("alice")) == ["INSERT"]
    assert statements(lambda: browser.post("/sessions/logout/")) == ["INSERT"]
    assert statements(lambda: api.sign_in("alice", PASSWORD)) == ["INSERT"]
    refresh = api.sign_in("alice", PASSWORD)["refresh"]
    assert statements(lambda: api.refresh(refresh)) == ["INSERT"]
    assert statements(lambda: api.refresh(refresh)) == ["INSERT", "INSERT"]  # reused, and the family ended


def test_an_ordinary_call_costs_nothing(alice, api, browser_of, statements):
    browser, pair = browser_of("alice"), api.sign_in("alice", PASSWORD)
    for act in (
        lambda: browser.get("/sessions/"),
        lambda: browser.get("/sessions/api/whoami/"),
        lambda: browser_of().get("/sessions/api/whoami/"),
        lambda: api.get("whoami", pair["access"]),
        lambda: api.get("me", pair["access"]),
        lambda: api.get("me", "no.such.token"),
        lambda: api.post("verify", {"token": pair["refresh"]}),
    ):
        assert statements(act) == []


def test_on_an_api_no_session_is_looked_up_for_it(alice, bob, browser_of):
    browser = browser_of("alice")
    body = {"username": "bob", "password": PASSWORD}
    with CaptureQueriesContext(connection) as queries:
        assert browser.post("/jwt/api/token/", body, content_type="application/json").status_code == 200
    assert not [query for query in queries if "django_session" in query["sql"]]


@pytest.fixture
def refused(db):
    """The database takes no event: on SQLite and PostgreSQL alike, a constraint says so."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                "CREATE TRIGGER no_events BEFORE INSERT ON events_authevent BEGIN SELECT RAISE(ABORT, 'full'); END"
            )
        else:
            cursor.execute("ALTER TABLE events_authevent ADD CONSTRAINT no_events CHECK (verb = '') NOT VALID")
    yield
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER no_events")
        else:
            cursor.execute("ALTER TABLE events_authevent DROP CONSTRAINT no_events")


# With a transaction around each test, the savepoint is tried; without one, the plain INSERT.
@pytest.mark.parametrize("around", [pytest.param("", marks=pytest.mark.django_db(transaction=True)), "transaction"])
def test_everything_works_where_the_database_takes_no_event(around, alice, api, browser_of, refused, caplog):
    browser = browser_of()
    assert browser.sign_in("alice", "wrong").status_code == 401
    assert browser.sign_in("alice").status_code == 302
    assert browser.user() == "alice"
    assert browser.post("/sessions/logout/").status_code == 302
    pair = api.sign_in("alice", PASSWORD)
    new = api.refresh(pair["refresh"]).json()
    # The family ends inside a transaction, and must end although its event fails there.
    assert api.refresh(pair["refresh"]).json()["code"] == "token_reused"
    assert api.refresh(new["refresh"]).json()["code"] == "token_revoked"
    assert not AuthEvent.objects.exists()
    lost = [record.getMessage() for record in caplog.records if record.name == "authdemo.events"]
    assert lost == [
        "An event was lost: sign_in_failed",
        "An event was lost: signed_in",
        "An event was lost: signed_out",
        *["An event was lost: family_changed"] * 4,
    ]
    for secret in (PASSWORD, *pair.values(), *new.values()):
        assert secret not in caplog.text


def test_a_setting_that_would_roll_events_back_is_pointed_out():
    assert not [message for message in run_checks() if message.id == "events.W001"]
    connection.settings_dict["ATOMIC_REQUESTS"] = True
    try:
        assert [message for message in run_checks() if message.id == "events.W001"]
    finally:
        connection.settings_dict["ATOMIC_REQUESTS"] = False
