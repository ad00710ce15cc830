"""A family ends with the password and with the account; within the grace a copy that is late ends nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from authdemo.events.models import AuthEvent, Mechanism, Verb
from jwt_app.models import RefreshFamily

from .conftest import API, PASSWORD, refused

pytestmark = pytest.mark.django_db
NEW = "another one, longer"
Reason = RefreshFamily.Reason


def reasons() -> list[str]:
    return list(RefreshFamily.objects.order_by("created_at").values_list("reason", flat=True))


def put_back(seconds: float) -> None:
    """Let all exchanges have happened that much earlier."""
    for row in BlacklistedToken.objects.all():
        row.blacklisted_at -= timedelta(seconds=seconds)
        row.save()


# ---- Password and account


def change_in_code(user: Any) -> None:
    user.set_password(NEW)
    user.save()


def change_in_part(user: Any) -> None:
    user.set_password(NEW)
    user.save(update_fields=["password"])


def change_by_form(user: Any) -> None:
    client = Client()
    client.force_login(user)
    form = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    assert client.post(reverse("sessions:password"), form).status_code == 302


def change_in_admin(user: Any) -> None:
    teacher = Client()
    teacher.force_login(get_user_model().objects.create_superuser("teacher", "teacher@example.com", "x"))
    form = {"password1": NEW, "password2": NEW, "usable_password": "true"}
    url = reverse("admin:auth_user_password_change", args=[user.pk])
    assert teacher.post(url, form).status_code == 302


@pytest.mark.parametrize("change", [change_in_code, change_in_part, change_by_form, change_in_admin])
def test_a_new_password_ends_the_families_that_the_old_one_opened(
    api: API, alice: Any, bob: Any, change: Callable[[Any], None]
) -> None:
    phone, laptop, bobs = api.sign_in(), api.sign_in(), api.sign_in("bob")

    change(alice)

    assert reasons() == [Reason.PASSWORD, Reason.PASSWORD, ""]
    told = AuthEvent.objects.by(alice).of(Mechanism.JWT).that(Verb.REVOKED)
    assert told.filter(reason=Reason.PASSWORD).count() == 2
    refused(api.refresh(phone["refresh"]), "password_changed")
    refused(api.post("verify", {"token": laptop["refresh"]}), "password_changed")
    assert not OutstandingToken.objects.filter(user=alice, blacklistedtoken=None).exists()
    assert api.refresh(bobs["refresh"]).status_code == 200
    assert api.refresh(api.sign_in(password=NEW)["refresh"]).status_code == 200


def test_the_old_password_again_brings_no_sign_in_back(api: API, alice: Any) -> None:
    token = api.sign_in()["refresh"]
    before = alice.password
    change_in_code(alice)
    alice.password = before
    alice.save()

    refused(api.refresh(token), "password_changed")


def test_a_deactivated_account_has_no_families_left_not_even_when_it_comes_back(api: API, alice: Any) -> None:
    token = api.sign_in()["refresh"]
    alice.is_active = False
    alice.save()

    assert reasons() == [Reason.INACTIVE]
    refused(api.refresh(token), "user_inactive")
    alice.is_active = True
    alice.save()
    refused(api.refresh(token), "user_inactive")
    assert api.refresh(api.sign_in()["refresh"]).status_code == 200


def test_what_no_signal_tells_is_still_refused(api: API, alice: Any) -> None:
    token = api.sign_in()["refresh"]
    get_user_model().objects.update(password="!")

    assert reasons() == [""]
    refused(api.refresh(token), "password_changed")


@pytest.mark.parametrize(
    ("fields", "count"), [(["last_login"], 1), (["first_name", "email"], 1), (["password"], 2), (None, 2)]
)
def test_to_save_a_user_costs_one_statement_more_at_most(
    api: API, alice: Any, fields: list[str] | None, count: int
) -> None:
    api.sign_in()
    with CaptureQueriesContext(connection) as queries:
        alice.save(update_fields=fields)

    assert len(queries) == count
    assert reasons() == [""]


def test_a_user_with_families_can_be_deleted(api: API, alice: Any) -> None:
    token = api.refresh(api.sign_in()["refresh"]).json()["refresh"]
    alice.delete()

    assert not RefreshFamily.objects.exists()
    refused(api.refresh(token), "token_revoked")


# ---- Grace


@pytest.fixture
def grace(settings: Any) -> None:
    settings.JWT_ROTATION_GRACE_SECONDS = 5


def test_without_grace_the_first_late_copy_ends_the_family(api: API, alice: Any) -> None:
    first = api.sign_in()["refresh"]
    api.refresh(first)

    refused(api.refresh(first), "token_reused")
    assert reasons() == [Reason.REUSE]


@pytest.mark.usefixtures("grace")
def test_within_the_grace_a_late_copy_is_refused_and_nothing_ends(api: API, alice: Any) -> None:
    first = api.sign_in()["refresh"]
    second = api.refresh(first).json()["refresh"]
    put_back(4)

    for _ in range(3):
        refused(api.refresh(first), "token_used")
        refused(api.post("verify", {"token": first}), "token_used")
    assert reasons() == [""]
    assert not AuthEvent.objects.filter(verb__in=[Verb.REUSED, Verb.REVOKED]).exists()
    assert OutstandingToken.objects.count() == 2  # no copy got a token of its own
    assert api.refresh(second).status_code == 200


@pytest.mark.usefixtures("grace")
def test_after_the_grace_a_late_copy_ends_the_family(api: API, alice: Any) -> None:
    first = api.sign_in()["refresh"]
    second = api.refresh(first).json()["refresh"]
    put_back(5.1)

    refused(api.post("verify", {"token": first}), "token_reused")
    refused(api.refresh(first), "token_reused")
    refused(api.refresh(second), "token_revoked")
    assert reasons() == [Reason.REUSE]


@pytest.mark.usefixtures("grace")
def test_once_its_successor_was_used_a_copy_has_no_grace(api: API, alice: Any) -> None:
    first = api.sign_in()["refresh"]
    second = api.refresh(first).json()["refresh"]
    third = api.refresh(second).json()["refresh"]

    refused(api.refresh(second), "token_used")
    refused(api.refresh(first), "token_reused")
    refused(api.refresh(third), "token_revoked")


@pytest.mark.usefixtures("grace")
def test_the_grace_brings_nothing_back_that_has_ended(api: API, alice: Any) -> None:
    first = api.sign_in()["refresh"]
    second = api.refresh(first).json()["refresh"]
    api.post("logout", {"refresh": second})

    refused(api.refresh(first), "token_revoked")
    refused(api.refresh(second), "token_revoked")


@pytest.mark.usefixtures("grace")
def test_a_blacklisted_token_that_was_never_exchanged_has_no_grace(api: API, alice: Any) -> None:
    first = api.sign_in()["refresh"]
    BlacklistedToken.objects.create(token=OutstandingToken.objects.get())

    refused(api.refresh(first), "token_reused")


@pytest.mark.usefixtures("grace")
def test_a_refresh_costs_the_same_with_grace(api: API, alice: Any) -> None:
    first = api.sign_in()["refresh"]
    with CaptureQueriesContext(connection) as queries:
        api.refresh(first)
    frame = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")

    assert len([q for q in queries.captured_queries if not q["sql"].startswith(frame)]) == 5 + 1  # and its event


@pytest.mark.parametrize(("site", "family", "code"), [(0, 5, "token_used"), (5, 0, "token_reused")])
def test_a_family_may_have_a_grace_of_its_own(
    api: API, alice: Any, settings: Any, site: int, family: int, code: str
) -> None:
    settings.JWT_ROTATION_GRACE_SECONDS = site
    first = api.sign_in()["refresh"]
    RefreshFamily.objects.update(grace_seconds=family)
    api.refresh(first)

    refused(api.refresh(first), code)


def test_a_cookie_that_came_late_is_not_taken_from_the_tab_that_was_first(api: API, alice: Any, settings: Any) -> None:
    settings.JWT_ROTATION_GRACE_SECONDS = 5
    client = api.client
    api.post("cookie-login", {"username": "alice", "password": PASSWORD})
    copy = client.cookies["authdemo_refresh"].value
    assert api.post("cookie-refresh", {}).status_code == 200
    newer = client.cookies["authdemo_refresh"].value

    client.cookies["authdemo_refresh"] = copy
    late = api.post("cookie-refresh", {})

    refused(late, "token_used")
    assert "authdemo_refresh" not in late.cookies
    client.cookies["authdemo_refresh"] = newer
    assert api.post("cookie-refresh", {}).status_code == 200


def test_a_token_that_expired_long_ago_is_left_alone_when_its_family_ends(api: API, alice: Any) -> None:
    token = api.sign_in()["refresh"]
    OutstandingToken.objects.update(expires_at=timezone.now() - timedelta(days=1))

    assert api.post("logout", {"refresh": token}).status_code == 200
    assert reasons() == [Reason.LOGOUT]
    assert not BlacklistedToken.objects.exists()
