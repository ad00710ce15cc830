"""The page of events in the admin: to be looked at, searched and filtered."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from authdemo.events.models import AuthEvent, Mechanism, Verb
from tests.fixtures.people import PASSWORD, signed_in

LIST = "/admin/events/authevent/"


@pytest.fixture
def admin(teacher) -> Client:
    return signed_in(teacher)


@pytest.fixture
def events(alice, bob, api, browser_of, admin):
    """Alice has a session and a token, bob has a token, malice failed, and long ago alice signed in as well."""
    browser_of("alice")
    for name in ("alice", "bob"):
        api.sign_in(name, PASSWORD)
    browser_of().sign_in("malice", "wrong")
    long_ago = timezone.now() - timedelta(days=400)
    AuthEvent.objects.create(
        at=long_ago, username="alice", mechanism=Mechanism.SESSION, verb=Verb.SIGNED_OUT, instance="A"
    )


def shown(admin: Client, query: str) -> list[str]:
    response = admin.get(LIST + query)
    assert response.status_code == 200
    return sorted(f"{row.username} {row.mechanism} {row.verb}" for row in response.context["cl"].result_list)


def test_filters(events, admin):
    assert shown(admin, "?mechanism__exact=jwt") == ["alice jwt issued", "bob jwt issued"]
    assert shown(admin, "?verb__exact=sign_in_failed") == [" session sign_in_failed"]
    year = (timezone.now() - timedelta(days=365)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert shown(admin, f"?at__lt={year}") == ["alice session signed_out"]
    assert len(shown(admin, f"?at__gte={year}")) == 5


def test_search_takes_a_whole_name_only(events, admin):
    assert shown(admin, "?q=bob") == ["bob jwt issued"]
    for part in ("bo", "BOB", "%25"):
        assert shown(admin, f"?q={part}") == []


def test_the_list_looks_up_no_users(events, admin):
    with CaptureQueriesContext(connection) as queries:
        admin.get(LIST)
    users = [query for query in queries if 'FROM "accounts_user"' in query["sql"]]
    assert len(users) == 1  # the one who looks
    assert not [query for query in queries if 'JOIN "accounts_user"' in query["sql"]]


def test_nothing_can_be_added_changed_or_deleted(events, admin):
    event = AuthEvent.objects.latest()
    form = {"verb": "issued", "mechanism": "jwt", "instance": "A", "post": "yes"}
    for path in ("add/", f"{event.pk}/change/", f"{event.pk}/delete/"):
        assert admin.post(LIST + path, form).status_code == 403
    admin.post(LIST, {"action": "delete_selected", "_selected_action": [event.pk], "post": "yes"})
    assert AuthEvent.objects.latest() == event
    html = admin.get(f"{LIST}{event.pk}/change/").content.decode()
    assert 'name="_save"' not in html
    assert "deletelink" not in html


@pytest.mark.parametrize("query", ["user__password__startswith=m", "actor__password__startswith=m"])
def test_no_filter_spells_out_a_password(events, admin, query):
    assert admin.get(f"{LIST}?{query}").status_code == 400


def test_learners_and_strangers_see_nothing(events, browser_of):
    for browser in (browser_of("alice"), browser_of()):
        assert browser.get(LIST).headers["Location"].startswith("/admin/login/")


def test_times_are_told_to_the_second(events, admin):
    event = AuthEvent.objects.latest()
    assert f"{event.at:%Y-%m-%d %H:%M:%S}" in admin.get(LIST).content.decode()
