"""The admin's first page says what is going on now, to whom may see it."""

from __future__ import annotations

import html
import re

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from authdemo.accounts.models import User
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


def test_it_counts_what_is_there(admin: Client, alice: User, alices: Client, tokens: object) -> None:
    Client().post("/sessions/login/", {"username": "alice", "password": "gues5ed"})
    assert numbers(admin) == {
        "Sessions: live sessions": 2,
        "Sessions: failed sign-ins in the last hour": 1,
        "JWT: living refresh tokens": 1,
        "JWT: denied access tokens": 1,
        "JWT: failed sign-ins in the last hour": 0,
        "OAuth2: apps' accesses that users allow": 1,
    }
    sessions, jwt, oauth = bars(admin)
    assert (sum(sessions), sum(jwt), sum(oauth)) == (3, 2, 0)
    assert len(sessions) == 12
    assert sum(sessions[-2:]) == 3  # a minute ago is on the right


def test_each_number_leads_to_its_list(admin: Client, alices: Client, tokens: object) -> None:
    part = admin.get("/admin/").content.decode().split('class="going-on-parts"')[1].split("</section>")[0]
    links = [html.unescape(link) for link in re.findall(r'<a href="([^"]+)"', part)]
    assert len(links) == 6
    assert {admin.get(link).status_code for link in links} == {200}


def test_with_nothing_there(admin: Client) -> None:
    assert numbers(admin)["JWT: living refresh tokens"] == 0
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
