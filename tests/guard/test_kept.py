"""What the guard keeps of a try: whom it was for, from where, when, how often. Nothing that was typed."""

from __future__ import annotations

import pytest
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.auth import authenticate
from django.db import connection

from authdemo.guard.models import Failures
from tests.guard.conftest import HERE, PASSWORD, WAYS_IN, let_time_pass

pytestmark = pytest.mark.django_db
SECRET = "s3cret-of-mine"


def everything_kept() -> str:
    """All tables of axes, as text."""
    with connection.cursor() as cursor:
        rows = []
        for model in (AccessAttempt, AccessFailureLog, AccessLog):
            cursor.execute(f'SELECT * FROM "{model._meta.db_table}"')  # noqa: S608
            rows += cursor.fetchall()
    return repr(rows)


@pytest.mark.parametrize("way_in", WAYS_IN)
def test_no_password_header_or_address_line_is_kept(alice, visitor, way_in, caplog):
    guesser = visitor()
    guesser.client.defaults |= {"HTTP_USER_AGENT": SECRET, "HTTP_ACCEPT": f"*/*; x={SECRET}"}
    for name in ("alice", SECRET, SECRET.upper(), f"{SECRET}@example.com"):
        for _ in range(6):
            guesser.tries(name, SECRET, f"{way_in}?next=/{SECRET}/", next=f"/{SECRET}/", other=SECRET)
    assert SECRET not in everything_kept().lower()
    assert sorted({row.username.partition(":")[0] for row in Failures.objects.all()}) == ["alice", "unknown"]
    assert SECRET not in caplog.text.lower()


def test_a_name_that_nobody_has_is_kept_as_a_keyed_hash(visitor, settings):
    """Without the key, whoever has the table cannot try a list of likely passwords on it."""
    visitor().tries("Tr0ub4dor")
    first = Failures.objects.get().username
    Failures.objects.all().delete()
    settings.SECRET_KEY = "another"
    visitor().tries("tr0ub4DOR")
    assert Failures.objects.get().username != first


def test_a_sign_in_that_succeeds_leaves_nothing(alice, visitor):
    visitor().tries("alice")
    visitor().tries("alice", PASSWORD)
    assert everything_kept() == "[]"


def test_what_counts_no_more_is_deleted_at_the_next_failure(alice, visitor):
    for number in range(20):
        visitor().tries(f"nobody{number}")
    let_time_pass(minutes=16)
    visitor().tries("alice")
    [row] = Failures.objects.all()
    assert (row.username, row.ip_address, row.failures_since_start) == ("alice", HERE, 1)


def test_a_command_that_asks_for_a_user_is_not_counted(alice):
    for _ in range(6):
        assert authenticate(username="alice", password="wrong") is None
    assert authenticate(username="alice", password=PASSWORD) == alice
    assert everything_kept() == "[]"
