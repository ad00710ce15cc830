"""Every page of the admin, with data in it: none fails, and none shows what would open a door."""

from __future__ import annotations

import re

import pytest
from allauth.idp.oidc.models import Client as App
from allauth.idp.oidc.models import Token
from allauth.socialaccount.models import SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin as django_admin
from django.contrib.sessions.models import Session
from django.urls import NoReverseMatch, reverse

from authdemo.accounts.models import User

pytestmark = pytest.mark.django_db
MODELS = sorted(django_admin.site._registry, key=lambda model: model._meta.label)


def url(model, page: str, *args) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def pages_of(model) -> list[str]:
    pages = [url(model, "changelist"), url(model, "add")]
    pages += [url(model, "changelist") + query for query in ("?q=alice", "?q=%00", "?o=1.-2", "?p=99", "?e=1")]
    for pk in model._default_manager.values_list("pk", flat=True)[:3]:
        pages += [url(model, page, pk) for page in ("change", "delete", "history")]
    return pages


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_no_page_fails_and_none_shows_a_secret(model, admin, alice, alices, tokens, teacher):
    secrets = [
        *Session.objects.values_list("session_key", flat=True),
        *Session.objects.values_list("session_data", flat=True),
        *tokens.values(),
        *(token.rsplit(".", 1)[1] for token in tokens.values()),
        *User.objects.exclude(password="").values_list("password", flat=True),
        *App.objects.values_list("secret", flat=True),
        "gho_secret-of-the-provider",
        "gho_stored-access-token",
        "ghr_stored-refresh-token",
        "gues5ed-and-wr0ng",
    ]
    assert len(secrets) >= 10
    if model._meta.label != "auth.Group":
        assert model._default_manager.exists(), "nothing in it: the test would prove nothing"
    for page in pages_of(model):
        response = admin.get(page)
        assert response.status_code in {200, 302, 403}, page
        html = response.content.decode()
        for secret in secrets:
            assert secret not in html, f"{page} shows {secret[:8]}…"


@pytest.mark.parametrize(
    "path", ["", "login/", "password_change/", "jsi18n/", "auth/", "usersessions/", "autocomplete/"]
)
def test_the_other_pages_do_not_fail_either(admin, path):
    assert admin.get(f"/admin/{path}").status_code in {200, 302, 403}


def test_tables_of_secrets_are_not_there_at_all(admin):
    assert not {SocialApp, SocialToken, Session, Token} & set(MODELS)
    html = admin.get("/admin/").content.decode()
    assert "Authdemo admin" in html
    assert not re.search(r"social (application|token)", html)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_learners_and_strangers_see_nothing(model, alices, client):
    for browser in (alices, client):
        response = browser.get(url(model, "changelist"))
        assert response.status_code == 302
        assert response.headers["Location"].startswith("/admin/login/")


@pytest.mark.parametrize(
    ("model", "query"),
    [
        (UserSession, "session_key__startswith=a"),
        (UserSession, "user__password__startswith=m"),
        (User, "usersession__session_key__startswith=a"),
        (User, "password__startswith=m"),
    ],
)
def test_no_filter_spells_out_a_secret_letter_by_letter(admin, alices, model, query):
    assert admin.get(f"{url(model, 'changelist')}?{query}").status_code == 400


def test_a_session_can_neither_be_added_nor_changed(admin, alices):
    row = UserSession.objects.get(user__username="alice")
    assert admin.post(url(UserSession, "add"), {}).status_code == 403
    assert admin.post(url(UserSession, "change", row.pk), {"user": row.user_id, "ip": "192.0.2.1"}).status_code == 403
    with pytest.raises(NoReverseMatch):
        reverse("admin:sessions_session_changelist")
