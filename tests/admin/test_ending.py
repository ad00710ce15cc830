"""To delete a session in the admin is to end it, and a user can be deleted with all that hangs on it."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse

from authdemo.accounts.models import User

pytestmark = pytest.mark.django_db
LIST = "/admin/usersessions/usersession/"


@pytest.fixture(params=["db", "cached_db", "cache"])
def engine(request, settings, tmp_path):
    settings.SESSION_ENGINE = f"django.contrib.sessions.backends.{request.param}"
    settings.SESSION_CACHE_ALIAS = "sessions"
    cache = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": str(tmp_path)}
    settings.CACHES = settings.CACHES | {"sessions": cache}
    return request.param


def status(browser: Client) -> int:
    return browser.get("/sessions/api/whoami/").status_code


def test_deleting_one_ends_it(engine, admin, alices):
    row = UserSession.objects.get(user__username="alice")
    assert status(alices) == 200
    assert admin.post(f"{LIST}{row.pk}/delete/", {"post": "yes"}).headers["Location"] == LIST
    assert status(alices) == 401
    assert status(admin) == 200
    assert not UserSession.objects.filter(user__username="alice").exists()


def test_deleting_the_chosen_ones_ends_them(engine, admin, alices):
    rows = UserSession.objects.filter(user__username="alice")
    form = {"action": "delete_selected", "_selected_action": [row.pk for row in rows], "post": "yes"}
    assert admin.post(LIST, form).status_code == 302
    assert status(alices) == 401
    assert status(admin) == 200


def test_deleting_ones_own_signs_out(engine, admin):
    row = UserSession.objects.get(user__username="teacher")
    admin.post(f"{LIST}{row.pk}/delete/", {"post": "yes"})
    assert admin.get("/admin/").headers["Location"].startswith("/admin/login/")


def test_the_admin_calls_it_what_it_is(engine, admin, alices):
    row = UserSession.objects.get(user__username="alice")
    assert "End the selected sessions" in admin.get(LIST).content.decode()
    form = {"action": "delete_selected", "_selected_action": [row.pk]}
    for question in (admin.post(LIST, form), admin.get(f"{LIST}{row.pk}/delete/")):
        assert "This ends sessions." in question.content.decode()


def test_looking_at_the_question_ends_nothing(engine, admin, alices):
    row = UserSession.objects.get(user__username="alice")
    assert "Are you sure" in admin.get(f"{LIST}{row.pk}/delete/").content.decode()
    assert status(alices) == 200


def test_deleting_a_user_takes_sessions_addresses_and_connected_accounts_along(admin, alice, alices, tokens):
    path = reverse("admin:accounts_user_delete", args=[alice.pk])
    question = admin.get(path).content.decode()
    assert "Are you sure" in question
    assert admin.post(path, {"post": "yes"}).status_code == 302
    assert not User.objects.filter(username="alice").exists()
    for model in (UserSession, EmailAddress, SocialAccount):
        assert not model.objects.filter(user_id=alice.pk).exists()
    assert status(alices) == 401
    me = Client().get("/jwt/api/me/", headers={"authorization": f"Bearer {tokens['access']}"})
    assert me.status_code == 401


def test_deleting_users_from_the_list_works_too(admin, alice, alices, tokens):
    form = {"action": "delete_selected", "_selected_action": [alice.pk], "post": "yes"}
    assert admin.post("/admin/accounts/user/", form).status_code == 302
    assert not User.objects.filter(username="alice").exists()


def test_a_password_set_in_the_admin_ends_the_users_sessions(admin, alice, alices):
    path = reverse("admin:auth_user_password_change", args=[alice.pk])
    form = {"password1": "a much better phrase", "password2": "a much better phrase", "usable_password": "true"}
    assert admin.post(path, form).status_code == 302
    assert status(alices) == 401


def test_a_sessions_page_tells_what_it_says_and_nothing_that_opens_it(engine, admin, alice, alices):
    session = alices.session
    session["somebody_elses_secret"] = "code-verifier-of-a-pending-sign-in"
    session.save()
    row = UserSession.objects.get(user__username="alice")
    text = admin.get(f"{LIST}{row.pk}/change/").content.decode()
    assert f"_auth_user_id <b>{alice.pk}</b>" in text
    assert row.session_key[:4] in text
    for secret in (row.session_key, "code-verifier", "somebody_elses_secret", session["_auth_user_hash"]):
        assert secret not in text


def test_a_row_whose_session_is_gone_says_so(engine, admin, alice, alices):
    row = UserSession.objects.get(user__username="alice")
    alices.session.delete()
    assert "nowhere: it has ended" in admin.get(f"{LIST}{row.pk}/change/").content.decode()
    assert admin.get(LIST).status_code == 200
