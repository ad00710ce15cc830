"""The admin among many rows, without a clock: which statements it asks, and whether an index answers them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib import admin as django_admin
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from authdemo.access import at_size, now
from authdemo.accounts.models import User
from authdemo.events.models import AuthEvent
from authdemo.housekeeping import scale
from bench.admin_pages import NOBODY, pages_of

pytestmark = pytest.mark.django_db
GROWING = [model for model in django_admin.site._registry if model is not Group]
IDS = [model._meta.label for model in GROWING]
# A lock is a sum over rows, so who asks for the locks alone has all that count summed.
SUMMED = {"guard.Failures"}
# What most users are: no index is needed to find so many that counting stops.
COMMON = {"active: Yes", "staff status: No", "superuser status: No"}
WHOLE_TABLE = r"SCAN (?!auth_group|subquery)\w+"
UNORDERED = "USE TEMP B-TREE FOR ORDER BY"  # all that was found is sorted, to show the first hundred


@pytest.fixture
def staff(db: None) -> Client:
    browser = Client()
    browser.force_login(User.objects.create_superuser("staff"))
    return browser


def crowd(rows: int) -> None:
    scale.fill(rows, lambda done: None)


def statements(browser: Client, address: str) -> list[dict[str, str]]:
    connection.queries_log.clear()
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(address).status_code == 200, address
    return asked.captured_queries


def few_pages(browser: Client, model: Any) -> dict[str, str]:
    """The list, searches, the user's page; of each filter the first choice that chooses something."""
    found: dict[str, str] = {}
    for name, address in pages_of(browser, django_admin.site.get_model_admin(model)):
        title = name.split(": ")[0]
        if not name.endswith((": All", ": Any date")) and name not in {"one", "history"}:
            found.setdefault(title, address)
    return found


@pytest.mark.parametrize("model", GROWING, ids=IDS)
def test_more_rows_are_no_more_statements(staff: Client, model: Any) -> None:
    crowd(12)
    before = {name: len(statements(staff, page)) for name, page in few_pages(staff, model).items()}
    crowd(60)
    after = {name: len(statements(staff, page)) for name, page in few_pages(staff, model).items()}
    assert after == before
    assert min(after.values()) > 2  # the session, who it is, and the list


def test_the_first_page_and_a_users(staff: Client) -> None:
    crowd(10)
    user = User.objects.get(username__startswith=scale.PREFIX, is_staff=False)
    pages = (reverse("admin:index"), reverse("admin:accounts_user_access", args=[user.pk]))
    before = [len(statements(staff, page)) for page in pages]
    crowd(60)
    busy = User.objects.filter(username__startswith=scale.PREFIX, is_staff=False).latest("pk")
    pages = (pages[0], reverse("admin:accounts_user_access", args=[busy.pk]))
    assert [len(statements(staff, page)) for page in pages] == before


def plan(sql: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql.replace('%', '%%')}")
        return [row[3] for row in cursor.fetchall()]


def slow(browser: Client, name: str, address: str) -> Iterator[str]:
    """Each step of a plan that reads a whole table, or sorts all that was found, but for what one user or row has."""
    of_one = name.startswith("search") or name in {"one", "history", "what opens this account"}
    for asked in statements(browser, address):
        sql = asked["sql"]
        if sql.startswith("SELECT") and "django_session" not in sql:
            for step in plan(sql):
                if (step == UNORDERED and not of_one) or re.fullmatch(
                    r"SCAN (?!sqlite_|auth_group|subquery|\()\w+", step
                ):
                    yield f"{step} in {sql}"


@pytest.mark.skipif(connection.vendor != "sqlite", reason="reads SQLite's plans")
@pytest.mark.parametrize("model", [model for model in GROWING if model._meta.label not in SUMMED], ids=str)
def test_an_index_answers_each_list_search_filter_and_order(staff: Client, model: Any) -> None:
    crowd(20)
    found = {
        name: steps
        for name, page in pages_of(staff, django_admin.site.get_model_admin(model))
        if name not in COMMON and (steps := list(slow(staff, name, page)))
    }
    assert found == {}


def test_who_is_not_there_is_looked_for_in_an_index(staff: Client) -> None:
    crowd(20)
    assert list(slow(staff, "search", f"{reverse('admin:guard_failures_changelist')}?q={NOBODY}")) == []


def test_a_list_counts_no_further_than_its_pages_go(staff: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    crowd(20)
    address = reverse("admin:events_authevent_changelist")
    assert "events" in staff.get(address).content.decode()
    monkeypatch.setattr(at_size, "MOST", 15)
    monkeypatch.setattr(now, "MOST", 3)
    text = " ".join(staff.get(address).content.decode().split())
    assert "The first 15 events. There are more" in text
    counts = [one["sql"] for one in statements(staff, address) if "COUNT(*)" in one["sql"]]
    assert len(counts) == 1
    assert "LIMIT 16" in counts[0]
    assert "more than 3</b> live sessions" in staff.get("/admin/").content.decode()
    monkeypatch.setattr(django_admin.site.get_model_admin(AuthEvent), "list_per_page", 10)
    last: Any = staff.get(f"{address}?p=2")
    assert len(last.context_data["cl"].result_list) == 5
    assert staff.get(f"{address}?p=3").status_code == 302  # as for any page that there is not


def test_select_all_is_offered_only_where_all_are_counted(staff: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    crowd(20)
    address = reverse("admin:usersessions_usersession_changelist")
    monkeypatch.setattr(django_admin.site.get_model_admin(UserSession), "list_per_page", 10)
    assert "the objects across all pages" in staff.get(address).content.decode()
    monkeypatch.setattr(at_size, "MOST", 15)
    assert "across all pages" not in staff.get(address).content.decode()


def test_a_search_is_for_the_whole_name_in_any_of_the_fields(staff: Client) -> None:
    crowd(20)
    name, other = User.objects.filter(is_staff=False).values_list("username", flat=True)
    for label, term, number in (
        ("usersessions_usersession", name, 10),
        ("usersessions_usersession", "127.0.0.1", 20),
        ("usersessions_usersession", name[:-1], 0),
        ("usersessions_usersession", "no address", 0),
        ("token_blacklist_outstandingtoken", other, 20),
        ("accounts_user", f"{name}@EXAMPLE.com", 1),
        ("accounts_user", name, 1),
        ("account_emailaddress", f"{name}.3@example.com", 1),
        ("guard_failures", name, 10),
    ):
        answer: Any = staff.get(reverse(f"admin:{label}_changelist"), {"q": f" {term} "})
        assert answer.context_data["cl"].result_count == number, (label, term)


def test_failures_and_whether_they_lock(staff: Client) -> None:
    crowd(20)
    account, other = User.objects.filter(is_staff=False).order_by("pk").values_list("username", flat=True)
    listed: Any = staff.get(reverse("admin:guard_failures_changelist"), {"q": account})
    assert "not locked" not in listed.content.decode()
    listed = staff.get(reverse("admin:guard_failures_changelist"), {"q": other})
    assert listed.content.decode().count("not locked") == 10
