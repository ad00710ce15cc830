"""A teacher sees the locks and lifts them; who may only look does not."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from authdemo.accounts.models import User
from authdemo.guard.models import Failures
from tests.guard.conftest import HERE, PASSWORD, THERE, let_time_pass

pytestmark = pytest.mark.django_db
LIST = "/admin/guard/failures/"


@pytest.fixture
def teacher(visitor):
    User.objects.create_superuser("teacher", "teacher@example.com", PASSWORD)
    browser = visitor("127.0.0.1")
    assert browser.tries("teacher", PASSWORD).status_code == 302
    return browser.client


@pytest.fixture
def onlooker(visitor):
    user = User.objects.create_user("onlooker", "", PASSWORD, is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_failures"))
    browser = visitor("127.0.0.1")
    assert browser.tries("onlooker", PASSWORD).status_code == 302
    return browser.client


def rows(html: str) -> list[str]:
    return [row.split("</tr>")[0] for row in html.split("<tr>")[1:] if "field-account" in row]


def lift(client, *failures: Failures):
    return client.post(LIST, {"action": "lift", "_selected_action": [one.pk for one in failures]}, follow=True)


def test_the_list_shows_whom_where_how_often_and_until_when(alice, visitor, teacher):
    visitor().locks("alice")
    visitor(THERE).tries("alice")
    visitor().tries("hunter2")
    html = teacher.get(LIST).content.decode()
    by_account = {(("alice" if ">alice<" in row else "nobody"), HERE in row): row for row in rows(html)}
    assert len(by_account) == 3
    locked = by_account["alice", True]
    assert '<td class="field-here">5</td><td class="field-everywhere">6</td>' in locked
    assert "not locked" not in locked
    assert "not locked" in by_account["alice", False]
    assert "nobody’s name" in by_account["nobody", True]
    assert "hunter2" not in html
    assert len(rows(teacher.get(f"{LIST}?locked=yes").content.decode())) == 1
    assert len(rows(teacher.get(f"{LIST}?locked=no").content.decode())) == 2
    assert len(rows(teacher.get(f"{LIST}?q=alice").content.decode())) == 2


def test_what_counts_no_more_is_not_shown(alice, visitor, teacher):
    visitor().locks("alice")
    let_time_pass(minutes=16)
    assert rows(teacher.get(LIST).content.decode()) == []


def test_an_account_that_is_locked_everywhere_is_shown_as_locked(alice, visitor, teacher):
    for number in range(13):
        for _ in range(4):
            visitor(f"203.0.113.{number}").tries("alice")
    html = teacher.get(f"{LIST}?locked=yes").content.decode()
    assert len(rows(html)) == 13
    assert "not locked" not in "".join(rows(html))


def test_lifting_ends_the_lock_at_once_and_leaves_an_entry_in_the_log(alice, visitor, teacher):
    visitor().locks("alice")
    visitor(THERE).tries("alice")
    answer = lift(teacher, Failures.objects.get(ip_address=HERE))
    assert f"Forgotten: alice from {HERE}." in answer.content.decode()
    assert visitor().tries("alice", PASSWORD).status_code == 302
    assert Failures.objects.filter(ip_address=THERE).exists()
    entry = LogEntry.objects.get()
    assert (str(entry.user), entry.object_repr, entry.is_deletion()) == (
        "teacher",
        f"alice from {HERE}",
        True,
    )


def test_one_row_of_a_lock_stands_for_all_of_them(alice, visitor, teacher, demo_settings):
    """In the demo each browser has a row of its own."""
    for _ in range(2):
        browser = visitor()
        for _ in range(3):
            browser.tries("alice")
    assert visitor().tries("alice", PASSWORD).status_code == 429
    assert Failures.objects.count() == 3  # two browsers, and the tries before they had a name
    assert len(rows(teacher.get(LIST).content.decode())) == 1
    lift(teacher, Failures.objects.earliest("pk"))
    assert not Failures.objects.exists()
    assert visitor().tries("alice", PASSWORD).status_code == 302


def test_deleting_one_lifts_it_too(alice, visitor, teacher):
    visitor().locks("alice")
    page = f"{LIST}{Failures.objects.get().pk}/delete/"
    assert "Are you sure" in teacher.get(page).content.decode()
    assert visitor().tries("alice", PASSWORD).status_code == 429
    assert teacher.post(page, {"post": "yes"}).status_code == 302
    assert visitor().tries("alice", PASSWORD).status_code == 302


def test_who_may_only_look_cannot_lift(alice, visitor, onlooker):
    visitor().locks("alice")
    row = Failures.objects.get()
    html = onlooker.get(LIST).content.decode()
    assert len(rows(html)) == 1
    assert "Lift" not in html
    lift(onlooker, row)
    assert onlooker.post(f"{LIST}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    assert visitor().tries("alice", PASSWORD).status_code == 429
    assert not LogEntry.objects.exists()


def test_nobody_can_add_or_change_one(alice, visitor, teacher):
    visitor().locks("alice")
    row = Failures.objects.get()
    assert teacher.get(f"{LIST}add/").status_code == 403
    page = f"{LIST}{row.pk}/change/"
    assert teacher.get(page).status_code == 200
    assert teacher.post(page, {"failures_since_start": "0"}).status_code == 403
    assert Failures.objects.get().failures_since_start == 5
    assert teacher.get("/admin/axes/").status_code == 404  # its own pages show form data


def test_the_list_asks_as_often_for_many_as_for_one(alice, visitor, teacher):
    visitor().tries("alice")
    with CaptureQueriesContext(connection) as one:
        teacher.get(LIST)
    for number in range(20):
        visitor(f"203.0.113.{number}").tries("alice")
        visitor().tries(f"nobody{number}")
    with CaptureQueriesContext(connection) as many:
        teacher.get(LIST)
    assert len(many) == len(one)
