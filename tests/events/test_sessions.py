"""Sign-ins and sign-outs with a browser, as the events tell them."""

from __future__ import annotations

import pytest
from django.contrib.auth import authenticate
from django.test import Client
from django.utils import timezone

from authdemo.events.models import AuthEvent
from tests.sessions_app.conftest import PASSWORD


def test_wrong_password_then_the_right_one_then_out(alice, browser_of, story):
    browser = browser_of()
    assert browser.sign_in("alice", "wrong").status_code == 401
    browser.sign_in("alice")
    browser.get("/sessions/")
    browser.get("/sessions/api/whoami/")
    browser.post("/sessions/logout/")
    assert browser.get("/sessions/api/whoami/").status_code == 401  # an ordinary refusal
    assert story() == [
        "alice session sign_in_failed wrong_password",
        "alice session signed_in",
        "alice session signed_out",
    ]


def test_an_event_says_who_when_and_from_where(alice, settings):
    settings.INSTANCE_NAME = "B"
    before = timezone.now()
    firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
    browser = Client(headers={"user-agent": firefox}, REMOTE_ADDR="192.0.2.7")
    browser.post("/sessions/login/", {"username": "alice", "password": PASSWORD})
    event = AuthEvent.objects.get()
    assert (event.user, event.username, event.actor, event.actor_name) == (alice, "alice", None, "")
    assert (event.ip, event.user_agent, event.instance) == ("192.0.2.7", "Firefox on Linux", "B")
    assert before <= event.at <= timezone.now()
    assert event.browser is None
    assert str(event) == "alice: signed in (session)"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("alice", "alice session sign_in_failed wrong_password"),
        ("ALICE", "alice session sign_in_failed wrong_password"),
        ("Alice@Example.com", "alice session sign_in_failed wrong_password"),
        ("second@example.com", "alice session sign_in_failed wrong_password"),
        ("carol", "session sign_in_failed unknown_account"),
        ("alice@elsewhere.example", "session sign_in_failed unknown_account"),
    ],
)
def test_the_account_is_named_if_it_exists(alice, browser_of, story, typed, said):
    alice.emailaddress_set.create(email="second@example.com", verified=True)
    browser_of().sign_in(typed, "wrong")
    assert story() == [said]


def test_two_accounts_that_share_an_address_are_not_confused(alice, bob, browser_of, story):
    for user in (alice, bob):
        user.emailaddress_set.create(email="both@example.com", verified=False)
    browser_of().sign_in("both@example.com", "wrong")
    assert story() == ["session sign_in_failed unknown_account"]


def test_a_deactivated_account_fails_with_the_right_password_too(alice, browser_of, story):
    alice.is_active = False
    alice.save()
    assert browser_of().sign_in("alice").status_code == 401
    assert story() == ["alice session sign_in_failed inactive_account"]


def test_a_password_typed_as_the_name_is_nowhere(alice, browser_of):
    browser_of().sign_in(PASSWORD, "alice")
    [row] = AuthEvent.objects.values()
    assert PASSWORD not in str(row)
    assert row["user_id"] is None


def test_neither_password_nor_session_key_is_in_any_field(alice, browser_of):
    browser = browser_of("alice", name="curl/8 " + PASSWORD)
    browser.sign_in("alice", "wrong horse")
    key = browser.cookie()
    browser.post("/sessions/logout/")
    written = str(list(AuthEvent.objects.values()))
    for secret in (PASSWORD, "wrong horse", key):
        assert secret not in written


def test_signing_out_without_a_session_is_no_event(browser_of, story):
    browser_of().post("/sessions/logout/")
    assert story() == []


def test_ending_ones_own_device_signs_out(alice, browser_of, story):
    browser = browser_of("alice")
    [device] = alice.usersession_set.all()
    browser.post(f"/sessions/devices/{device.pk}/revoke/")
    assert story() == ["alice session signed_in", "alice session signed_out"]


def test_the_admins_form_is_a_sign_in_like_any_other(teacher, story):
    browser = Client()
    browser.post("/admin/login/", {"username": "teacher", "password": "wrong"})
    browser.post("/admin/login/", {"username": "teacher", "password": PASSWORD})
    browser.post("/admin/logout/")
    assert story() == [
        "teacher session sign_in_failed wrong_password",
        "teacher session signed_in",
        "teacher session signed_out",
    ]
    assert not AuthEvent.objects.exclude(actor=None).exists()


def test_an_administrator_who_tries_the_form_again_is_named_where_the_account_exists(teacher, bob, story):
    browser = Client()
    browser.force_login(teacher)
    for name in ("bob", "nobody"):
        browser.post("/admin/login/", {"username": name, "password": "wrong"})
    assert story()[1:] == ["bob session sign_in_failed wrong_password", "session sign_in_failed unknown_account"]
    assert list(AuthEvent.objects.values_list("actor_name", flat=True)) == ["", "teacher", ""]


def test_credentials_that_are_no_name_and_password(db, story):
    assert authenticate(token="something else") is None
    assert story() == ["session sign_in_failed unknown_account"]


def test_an_address_that_cannot_be_told_is_left_out(alice):
    browser = Client(REMOTE_ADDR="unix:")
    assert browser.post("/sessions/login/", {"username": "alice", "password": PASSWORD}).status_code == 302
    assert AuthEvent.objects.get().ip is None


def test_a_sign_in_without_a_request_of_the_site(alice, client):
    client.force_login(alice)
    event = AuthEvent.objects.get()
    assert (event.user, event.ip, event.user_agent) == (alice, None, "")


FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0"


def test_ending_other_devices_one_by_one_and_all(alice, browser_of, story):
    laptop, *_ = [browser_of("alice", name) for name in (FIREFOX, "Chrome", "Safari", "curl")]
    first = alice.usersession_set.get(user_agent="Chrome")
    laptop.post(f"/sessions/devices/{first.pk}/revoke/")
    laptop.post("/sessions/devices/revoke-others/")
    assert story()[4:] == ["alice session revoked"] * 3
    assert set(AuthEvent.objects.values_list("user_agent", flat=True)[:3]) == {"Firefox on Linux"}  # who ended them


def test_somebody_elses_device_is_not_found_and_no_event(alice, bob, browser_of, story):
    browser_of("alice")
    device = alice.usersession_set.get()
    assert browser_of("bob").post(f"/sessions/devices/{device.pk}/revoke/").status_code == 404
    assert story() == ["alice session signed_in", "bob session signed_in"]


@pytest.mark.parametrize("many", [False, True])
def test_an_administrator_ends_a_session_and_is_named(alice, teacher, browser_of, many):
    browser_of("alice")
    admin = Client()
    admin.force_login(teacher)
    device = alice.usersession_set.get()
    path, form = f"{device.pk}/delete/", {"post": "yes"}
    if many:
        path, form = "", {"action": "delete_selected", "_selected_action": device.pk, "post": "yes"}
    admin.post(f"/admin/usersessions/usersession/{path}", form)
    event = AuthEvent.objects.latest()
    assert (event.username, event.verb, event.actor) == ("alice", "revoked", teacher)
