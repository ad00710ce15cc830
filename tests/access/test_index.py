"""The admin's first page says what is going on now, to whom may see it."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.admin import site
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from authdemo.accounts.models import User
from authdemo.events.models import AuthEvent
from jwt_app.models import Denial
from tests.admin.conftest import PASSWORD, signed_in

pytestmark = pytest.mark.django_db


def numbers(browser: Client) -> dict[str, int]:
    text = html.unescape(browser.get("/admin/").content.decode())
    parts = text.split('class="going-on-parts"')[1].split("</section>")[0] if "going-on-parts" in text else ""
    found: dict[str, int] = {}
    for part in re.split(r"<h3>", parts)[1:]:
        name = part.split("</h3>")[0]
        found |= {f"{name}: {what}": int(number) for number, what in re.findall(r"<b>(\d+)</b> ([^<]+)</a>", part)}
    return found


def bars(browser: Client) -> list[list[int]]:
    text = browser.get("/admin/").content.decode()
    return [[int(one) for one in row.split(", ")] for row in re.findall(r"newest on the right: ([\d, ]+)", text)]


def rows(browser: Client, url: str) -> int:
    """How many rows a list of the admin says that it has."""
    context = browser.get(url).context_data
    assert context, url
    found: int = context["cl"].result_count
    return found


def test_it_counts_what_is_there(admin: Client, alice: User, alices: Client, tokens: object) -> None:
    Client().post("/sessions/login/", {"username": "alice", "password": "gues5ed"})
    assert numbers(admin) == {
        "Sessions: live sessions": 2,
        "Sessions: failed sign-ins in the last hour": 1,
        "JWT: live families: each has one refresh token": 1,
        "JWT: denied access tokens": 1,
        "JWT: failed sign-ins in the last hour": 0,
        "OAuth2: connected accounts": 1,
        "OAuth2: grants: what users allow to apps": 1,
        "OAuth2: failed sign-ins in the last hour": 0,
    }
    sessions, jwt, oauth = bars(admin)
    assert (sum(sessions), sum(jwt), sum(oauth)) == (3, 2, 0)
    assert len(sessions) == 12
    assert sum(sessions[-2:]) == 3  # a minute ago is on the right


def test_each_number_leads_to_a_list_of_just_so_many(
    admin: Client, alice: User, alices: Client, tokens: dict[str, str]
) -> None:
    long_ago = timezone.now() - timedelta(days=60)
    UserSession.objects.create(user=alice, ip="127.0.0.9", user_agent="", session_key="gone", created_at=long_ago)
    UserSession.objects.filter(session_key="gone").update(created_at=long_ago)
    AuthEvent.objects.create(mechanism="session", verb="sign_in_failed", username="alice", at=long_ago)
    Denial.objects.create(identifier="b" * 32, user=alice, expires_at=long_ago)
    page = admin.get("/admin/").content.decode().split('class="going-on-parts"')[1].split("</section>")[0]
    shown = re.findall(r'<a href="([^"]+)"><b>(\d+)</b> ([^<]+)</a>', html.unescape(page))
    lists = {url: rows(admin, url) for url, _, _ in shown}
    assert [(title, int(number)) for _, number, title in shown] == [(title, lists[url]) for url, _, title in shown]
    assert len(shown) == 8
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert numbers(admin)["JWT: live families: each has one refresh token"] == 0
    assert rows(admin, "/admin/token_blacklist/outstandingtoken/?state=usable") == 0


def test_lists_that_belong_together_stand_together(admin: Client) -> None:
    page = admin.get("/admin/").content.decode()
    groups = dict(re.findall(r"<caption>([^<]+)</caption>(.*?)</table>", page, re.DOTALL))
    assert list(groups) == [
        "Users",
        "Sessions",
        "JWT",
        "OAuth2: sign in with …",
        "OAuth2: apps of others",
        "What happened",
    ]
    assert re.findall(r'<a href="([^"]+)">', groups["JWT"])[-1] == "/admin/token_blacklist/outstandingtoken/"
    registered = {reverse(f"admin:{m._meta.app_label}_{m._meta.model_name}_changelist") for m in site._registry}
    assert registered == {url for part in groups.values() for url in re.findall(r'<a href="([^"]+)">', part)}


def test_with_nothing_there(admin: Client) -> None:
    assert numbers(admin)["JWT: live families: each has one refresh token"] == 0
    assert [sum(row) for row in bars(admin)[1:]] == [0, 0]


def test_staff_see_what_they_may(db: None, alices: Client) -> None:
    user = User.objects.create_user("viewer", "viewer@example.com", PASSWORD, is_staff=True)
    browser = signed_in("viewer")
    assert numbers(browser) == {}
    assert "going-on" not in browser.get("/admin/").content.decode()
    user.user_permissions.set(Permission.objects.filter(codename="view_usersession"))
    assert numbers(browser) == {"Sessions: live sessions": 2}
    assert bars(browser) == []


def test_more_rows_are_no_more_statements(admin: Client, alice: User, alices: Client, tokens: object) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as found:
            admin.get("/admin/")
        return len(found)

    admin.get("/admin/")
    before = statements()
    for _ in range(5):
        signed_in("alice")
    assert statements() == before
