"""Every page of the admin, with data in it: none fails, and none shows what would open a door."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.idp.oidc.models import Client as App
from allauth.idp.oidc.models import Token
from allauth.socialaccount.models import SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib import admin as django_admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from authdemo.accounts.models import User
from authdemo.compare.models import KeptRun
from oauth_app.provider import grants
from oauth_app.provider.models import Consent, DeviceCode, GrantToken, UsedRefreshToken
from tests.admin.conftest import PASSWORD, signed_in

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


# Columns whose value opens something, or is what would be compared with it.
SECRET_COLUMNS = {
    "sessions.Session": ("session_key", "session_data"),
    "usersessions.UserSession": ("session_key",),
    "accounts.User": ("password",),
    "jwt_app.RefreshFamily": ("session_auth_hash",),
    "token_blacklist.OutstandingToken": ("token",),
    "allauth_idp_oidc.Client": ("secret",),
    "allauth_idp_oidc.Token": ("hash",),
    "oauth_provider.Grant": ("code_hash",),
    "oauth_provider.DeviceCode": ("code_hash", "user_code_hash"),
    "oauth_provider.UsedRefreshToken": ("hash",),
    "oauth_client.ProviderToken": ("access_token", "refresh_token"),
    "compare.KeptRun": ("held",),
}
TYPED = ("gho_secret-of-the-provider", "gues5ed-and-wr0ng")


def secrets_of_the_database() -> set[str]:
    """Every value of these columns that is long enough to be found by itself."""
    found = {
        str(value)
        for label, columns in SECRET_COLUMNS.items()
        for row in apps.get_model(label)._base_manager.values_list(*columns)
        for value in row
        if value and len(str(value)) > 8
    }
    return found | set(TYPED)


def secrets_of(tokens: dict[str, str]) -> set[str]:
    """Tokens, and the signature of each."""
    return {*tokens.values(), *(token.rsplit(".", 1)[1] for token in tokens.values())}


@pytest.fixture
def grant(alice: User, alices: Client) -> None:
    """An app has tokens, a device waits, a run of the comparison is kept."""
    app = App.objects.get(pk="printer")
    consent = Consent.objects.get(client=app)
    given = grants.start(consent, "the-code", redirect_uri="", scopes=["notes:read"], challenge="", nonce="")
    for kind in Token.Type.ACCESS_TOKEN, Token.Type.REFRESH_TOKEN:
        row = Token.objects.create(type=kind, hash=f"{kind}-hash-of-a-token", client=app, user=alice, scopes="")
        GrantToken.objects.create(token=row, grant=given)
    UsedRefreshToken.objects.create(grant=given, hash="hash-of-a-used-token")
    DeviceCode.objects.create(
        client=app, code_hash="hash-of-a-device-code", user_code_hash="hash-of-a-user-code", scopes="", interval=5,
        expires_at=timezone.now(),
    )  # fmt: skip
    KeptRun.objects.create(browser="b", run={}, held="sealed-and-kept", ends_at=timezone.now())


def superuser(teacher: User) -> User:
    return teacher


def view_only(teacher: User) -> User:
    user = User.objects.create_user("viewer", "viewer@example.com", PASSWORD, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    return user


def plain(teacher: User) -> User:
    return User.objects.create_user("plain", "plain@example.com", PASSWORD, is_staff=True)


@pytest.mark.parametrize("who", [superuser, view_only, plain])
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_no_page_fails_and_none_shows_a_secret(model, who, alice, alices, tokens, teacher, grant):
    browser = signed_in(who(teacher).username)
    secrets = secrets_of_the_database() | secrets_of(tokens)
    assert len(secrets) >= 20
    if model._meta.label != "auth.Group":
        assert model._default_manager.exists(), "nothing in it: the test would prove nothing"
    seen = set()
    for page in pages_of(model):
        response = browser.get(page)
        seen.add(response.status_code)
        assert response.status_code in {200, 302, 403}, page
        told = response.content.decode() + str(response.headers)
        for secret in secrets - {browser.session.session_key}:
            assert secret not in told, f"{page} shows {secret[:8]}…"
    assert seen == {403} if who is plain else 200 in seen


def test_the_admins_log_has_no_secret_either(admin, alice, alices, tokens, grant):
    """Whatever can be deleted, ended or lifted is, one by one and by the actions."""
    secrets = secrets_of_the_database() | secrets_of(tokens)
    others: list[Any] = [model for model in MODELS if model is not User]
    for model in [*others, User]:  # all else would go with the users
        rows: Any = User.objects.exclude(username="teacher") if model is User else model._default_manager.all()
        if model is UserSession:
            rows = rows.exclude(user__username="teacher")
        for pk in list(rows.values_list("pk", flat=True)):
            admin.post(url(model, "delete", pk), {"post": "yes"})
    told = " ".join(f"{row.object_repr} {row.object_id} {row.change_message}" for row in LogEntry.objects.all())
    assert LogEntry.objects.count() >= 5
    assert not [secret for secret in secrets if secret in told]


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


def test_the_question_before_an_app_is_deleted_is_in_numbers(admin, alice, grant):
    told = admin.get(url(App, "delete", "printer")).content.decode()
    assert "Grant tokens: 2" in told
    assert "Grant token:" not in told


@pytest.mark.parametrize(
    "query",
    [
        "id__range=1",
        "user_agent__regex=(a%2B)%2B",
        "created_at__year=99999999",
        "ip__icontains=1",
        "user__id__regex=1",
    ],
)
def test_a_list_is_asked_what_its_filters_ask_and_no_more(admin, alices, query):
    assert admin.get(f"{url(UserSession, 'changelist')}?{query}").status_code == 400
    assert admin.get(f"{url(UserSession, 'changelist')}?created_at__gte=2020-01-01T00:00:00Z").status_code == 200


def test_the_id_of_an_app_stays(admin, alice):
    page = url(App, "change", "printer")
    form = {"id": "another", "name": "Renamed", "type": "confidential", "scopes": "openid"}
    form |= {"grant_types": "authorization_code", "redirect_uris": "https://app.example/", "cors_origins": ""}
    assert admin.post(page, form).status_code == 302
    assert list(App.objects.values_list("id", "name")) == [("printer", "Renamed")]
