"""All that opens alice's account stands on one page, and ends by one press."""

from __future__ import annotations

import html
import json
import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from authdemo.access.kinds import KINDS, MOST
from authdemo.accounts.models import User
from authdemo.events.models import AuthEvent, Mechanism, Verb
from tests.admin.conftest import PASSWORD, signed_in

pytestmark = pytest.mark.django_db


def page_of(user: User, what: str = "access") -> str:
    return reverse(f"admin:accounts_user_{what}", args=[user.pk])


def numbers(browser: Client, user: User) -> dict[str, int]:
    text = browser.get(page_of(user)).content.decode()
    found = {name: int(number) for name, number in re.findall(r"<h2>([^<:]+): (\d+)</h2>", text)}
    found.pop("Events", None)  # each test brings others
    return found


def refresh(token: str) -> Any:
    return Client().post("/jwt/api/token/refresh/", json.dumps({"refresh": token}), content_type="application/json")


OWN = "Apps that this user has registered"
EVERYTHING = {
    "Sessions": 1,
    "Sessions in the store lab": 0,
    "Refresh families": 1,
    "Access tokens": 2,
    "Apps with access": 1,
    "Connected accounts": 1,
    "Stored tokens of providers": 1,
    OWN: 1,
    "Wrong passwords that count": 0,
}


def test_the_page_lists_all_kinds(admin: Client, alice: User, alices: Client, tokens: Any) -> None:
    assert numbers(admin, alice) == EVERYTHING
    text = admin.get(page_of(alice)).content.decode()
    assert "The printer: notes:read" in text
    assert "2 refresh tokens, 1 of them used" in text
    assert "The last one expires at" in text


def test_each_row_leads_to_its_page_and_each_page_back_to_the_user(
    admin: Client, alice: User, alices: Client, tokens: Any
) -> None:
    Client().post("/sessions/login/", {"username": "alice", "password": "gues5ed"})
    assert "Everything" not in admin.get(f"/admin/accounts/user/{alice.pk}/change/").content.decode()
    assert page_of(alice) in admin.get(f"/admin/accounts/user/{alice.pk}/change/").content.decode()
    text = admin.get(page_of(alice)).content.decode().split('id="content-main"')[1]
    links = re.findall(r'<th scope="row"><a href="([^"]+)"', text)
    assert len(links) >= 6
    assert "1 from 127.0.0.1" in text
    assert "session: sign-in failed" in text
    for link in links:
        page = admin.get(link)
        assert page.status_code == 200, link
        named = f"/admin/accounts/user/{alice.pk}/change/" in page.content.decode()
        assert named or "alice" in page.content.decode(), link


def test_the_lists_of_all_are_those_of_this_user(admin: Client, alice: User, alices: Client, tokens: Any) -> None:
    bob = User.objects.create_user("bob", "bob@example.com", PASSWORD)
    for kind in (kind for kind in KINDS if kind.url(alice)):
        of_alice, of_bob = (admin.get(kind.url(user)) for user in (alice, bob))
        assert (of_alice.status_code, of_bob.status_code) == (200, 200), kind.name
        assert not of_bob.context["cl"].result_count, kind.name
        assert of_alice.context["cl"].result_count == kind.of(alice).number or kind.name == "access-tokens"


def test_more_than_fit_are_a_link(admin: Client, alice: User) -> None:
    for _ in range(MOST + 1):
        AuthEvent.objects.create(mechanism=Mechanism.SESSION, verb=Verb.SIGNED_OUT, instance="A", user=alice)
    assert f"All {MOST + 1}</a>" in admin.get(page_of(alice)).content.decode()


def test_nothing_of_somebody_else(admin: Client, alice: User, alices: Client, tokens: Any) -> None:
    bob = User.objects.create_user("bob", "bob@example.com", PASSWORD)
    assert set(numbers(admin, bob).values()) == {0}


def test_the_question_ends_nothing_and_says_what_would(
    admin: Client, alice: User, alices: Client, tokens: Any
) -> None:
    text = html.unescape(admin.get(page_of(alice, "access_end")).content.decode())
    assert "Sessions: 1." in text
    assert "they open the API until they expire" in text
    assert numbers(admin, alice) == EVERYTHING
    assert alices.get("/sessions/api/whoami/").status_code == 200


def test_it_is_felt_by_every_client(admin: Client, alice: User, alices: Client, tokens: Any) -> None:
    answer = admin.post(page_of(alice, "access_end"), follow=True)
    assert (
        "Everything has ended (sessions: 1, sessions in the store lab: 0, refresh families: 1, apps with access: 1,"
        in answer.content.decode()
    )
    assert alices.get("/sessions/api/whoami/").status_code == 401
    assert refresh(tokens["refresh"]).status_code == 401
    assert "Ended in the last 7 days: 1 (ended by an administrator)." in admin.get(page_of(alice)).content.decode()
    assert numbers(admin, alice) == {
        **dict.fromkeys(EVERYTHING, 0),
        "Access tokens": 2,
        "Connected accounts": 1,
        OWN: 1,
    }
    assert admin.get("/admin/").status_code == 200
    assert signed_in("alice").get("/sessions/api/whoami/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_with_the_deny_list_access_tokens_end_too(
    admin: Client, alice: User, settings: Any, alices: Client, tokens: Any
) -> None:
    settings.JWT_DENYLIST = True
    pair = Client().post(
        "/jwt/api/token/", json.dumps({"username": "alice", "password": PASSWORD}), content_type="application/json"
    ).json()  # fmt: skip

    def whoami() -> int:
        header = {"authorization": f"Bearer {pair['access']}"}
        return Client().get("/jwt/api/whoami/", headers=header).status_code

    assert whoami() == 200
    question = html.unescape(admin.get(page_of(alice, "access_end")).content.decode())
    assert "Services that verify by the public key alone" in question
    admin.post(page_of(alice, "access_end"))
    assert whoami() == 401
    assert numbers(admin, alice)["Access tokens"] == 0


def test_each_end_is_an_event_with_who_did_it(admin: Client, alice: User, alices: Client, tokens: Any) -> None:
    admin.post(page_of(alice, "access_end"))
    ended = AuthEvent.objects.by(alice).that(Verb.REVOKED)
    assert {event.mechanism for event in ended} == {Mechanism.SESSION, Mechanism.JWT, Mechanism.OAUTH2}
    assert {event.actor_name for event in ended} == {"teacher"}
    assert "Everything has ended" in LogEntry.objects.get().get_change_message()


def test_ones_own(admin: Client, teacher: User) -> None:
    assert "It is your own" in admin.get(page_of(teacher, "access_end")).content.decode()
    admin.post(page_of(teacher, "access_end"))
    assert admin.get("/admin/").headers["Location"].startswith("/admin/login/")


@pytest.fixture
def viewer(db: None) -> User:
    """Staff who may look at users and sessions, and do nothing."""
    user = User.objects.create_user("viewer", "viewer@example.com", PASSWORD, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_user", "view_usersession"]))
    return user


def test_who_may_only_look_sees_what_is_theirs_to_see(viewer: User, alice: User, alices: Client, tokens: Any) -> None:
    browser = signed_in("viewer")
    assert numbers(browser, alice) == {"Sessions": 1, "Sessions in the store lab": 0}
    assert "End everything" not in browser.get(page_of(alice)).content.decode()
    for send in (browser.get, browser.post):
        assert send(page_of(alice, "access_end")).status_code == 403
    assert alices.get("/sessions/api/whoami/").status_code == 200


@pytest.mark.parametrize("what", ["access", "access_end"])
def test_staff_without_rights_and_learners_see_nothing(alice: User, alices: Client, what: str) -> None:
    User.objects.create_user("staff", "staff@example.com", PASSWORD, is_staff=True)
    assert signed_in("staff").get(page_of(alice, what)).status_code == 403
    assert alices.get(page_of(alice, what)).status_code == 302
    assert Client().post(page_of(alice, what)).status_code == 302
    assert alices.get("/sessions/api/whoami/").status_code == 200


@pytest.mark.parametrize("key", ["999", "x", "%00", "1" * 40])
def test_a_user_who_is_none(admin: Client, key: str) -> None:
    assert admin.get(f"/admin/accounts/user/{key}/access/").status_code == 404
    assert admin.post(f"/admin/accounts/user/{key}/access/end/").status_code == 404


def test_a_form_of_another_site_ends_nothing(alice: User, alices: Client, teacher: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = signed_in("teacher").cookies
    assert strict.post(page_of(alice, "access_end")).status_code == 403
    assert alices.get("/sessions/api/whoami/").status_code == 200


def test_who_may_see_no_sessions_is_told_what_ends_without_numbers(
    teacher: User, alice: User, alices: Client, tokens: Any
) -> None:
    clerk = User.objects.create_user("clerk", "clerk@example.com", PASSWORD, is_staff=True)
    clerk.user_permissions.set(Permission.objects.filter(codename__in=["view_user", "change_user"]))
    browser = signed_in("clerk")
    question = html.unescape(browser.get(page_of(alice, "access_end")).content.decode())
    for told in ("Sessions.", "Refresh families.", "Apps with access.", "they open the API until they expire"):
        assert told in question
    assert not re.search(r"<strong>[A-Z][^<]*: \d", question)
    answer = browser.post(page_of(alice, "access_end"), follow=True).content.decode()
    assert "Everything has ended." in answer
    assert alices.get("/sessions/api/whoami/").status_code == 401


def test_with_the_deny_list_the_page_says_how_many_access_tokens_ended(
    admin: Client, alice: User, settings: Any, alices: Client, tokens: Any
) -> None:
    settings.JWT_DENYLIST = True
    assert numbers(admin, alice)["Access tokens"] == 2
    answer = admin.post(page_of(alice, "access_end"), follow=True).content.decode()
    assert "access tokens: 2, refresh families: 1" in answer


def test_what_is_too_old_to_be_a_session_is_none(admin: Client, alice: User, alices: Client) -> None:
    UserSession.objects.filter(user=alice).update(created_at=timezone.now() - timedelta(days=400))
    assert numbers(admin, alice)["Sessions"] == 0
