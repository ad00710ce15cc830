"""Who hears "this account is compromised" gets from each row to what belongs to it and to the user, and reads why."""

from __future__ import annotations

import html
from datetime import timedelta
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Permission
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from authdemo.accounts.models import User
from authdemo.events.models import AuthEvent
from authdemo.guard.models import Failures
from jwt_app.models import Denial, RefreshFamily
from oauth_app.client.models import ProviderToken
from oauth_app.provider.models import Consent
from tests.oauth_app.provider.conftest import App, registered

from .conftest import signed_in
from .test_pages import url

pytestmark = pytest.mark.django_db
OF_A_USER: list[type[Model]] = [
    UserSession, OutstandingToken, BlacklistedToken, RefreshFamily, Denial, SocialAccount, ProviderToken, Consent,
    AuthEvent, Failures,
]  # fmt: skip


def page_of(row: Model) -> str:
    return url(type(row), "change", row.pk)


def told(browser: Client, path: str) -> str:
    """What a page has below its head, as it is read."""
    return html.unescape(browser.get(path).content.decode().split('id="content-main"')[1])


@pytest.fixture
def refused(alice: User) -> None:
    """Somebody has guessed at alice's password."""
    Client().post("/sessions/login/", {"username": "alice", "password": "gues5ed"})


@pytest.mark.parametrize("model", OF_A_USER, ids=lambda model: model._meta.label)
def test_each_row_leads_to_its_user(
    model: type[Model], admin: Client, alice: User, alices: Client, tokens: Any, refused: None
) -> None:
    rows: list[Any] = list(model._default_manager.all())
    [*_, row] = [row for row in rows if "alice" in str(getattr(row, "user", "alice") or "")]
    if model is Failures:
        row = Failures.objects.get(username="alice")
    page = told(admin, page_of(row))
    assert f'href="{page_of(alice)}"' in page
    assert f'href="{reverse("admin:accounts_user_access", args=[alice.pk])}"' in page
    if model is not Failures:  # a list of names, which nobody looks up
        assert f'href="{page_of(alice)}"' in told(admin, url(model, "changelist"))


def test_family_token_blacklist_and_denial_lead_to_each_other(
    admin: Client, alice: User, tokens: Any, settings: Any
) -> None:
    settings.JWT_DENYLIST = True
    family, first = RefreshFamily.objects.get(), OutstandingToken.objects.earliest("pk")
    family.revoke(RefreshFamily.Reason.REUSE)
    denial = Denial.objects.get(identifier=str(family.pk))
    black = BlacklistedToken.objects.get(token=first)
    last = OutstandingToken.objects.latest("pk")
    for row, others in {
        family: (first, last, denial),
        first: (family, black, last),
        last: (family, first),
        black: (first, family),
        denial: (family,),
    }.items():
        page = told(admin, page_of(row))
        assert [other for other in others if f'href="{page_of(other)}"' not in page] == [], row


def test_a_token_says_what_became_of_it(admin: Client, alice: User, tokens: Any) -> None:
    RefreshFamily.objects.get().revoke(RefreshFamily.Reason.REUSE)
    first, last = OutstandingToken.objects.order_by("pk")
    assert "(claim jti)" in told(admin, page_of(first))
    for row, why in ((first, "exchanged"), (last, "family ended: a used refresh token came back")):
        black = BlacklistedToken.objects.get(token=row)
        for path in (page_of(row), page_of(black)):
            assert f">{why}</" in told(admin, path)
    for model in (OutstandingToken, BlacklistedToken):
        listed = told(admin, url(model, "changelist"))
        assert [f">{why}</" in listed for why in ("exchanged", "family ended: a used refresh token came back")] == [
            True, True
        ]  # fmt: skip


def test_denials_in_force(admin: Client, alice: User, tokens: Any) -> None:
    Denial.objects.create(identifier="b" * 32, user=alice, expires_at=timezone.now() - timedelta(minutes=5))
    address = url(Denial, "changelist")
    for query, seen in {"": (True, True), "?in_force=yes": (True, False), "?in_force=no": (False, True)}.items():
        page = told(admin, address + query)
        assert ("a" * 32 in page, "b" * 32 in page) == seen


def test_a_consent_has_its_grants_and_a_client_what_lives_of_it(admin: Client, alice: User) -> None:
    app = App(registered("calendar"))
    browser = signed_in("alice")
    tokens = app.tokens(browser, scope="notes:read")
    app.refresh(tokens["refresh_token"])
    app.code(browser, scope="notes:read")  # never exchanged
    page = told(admin, page_of(Consent.objects.get(client=app.row)))
    assert "code not exchanged" in page
    assert "<b>exchanged " in page
    assert "2 access tokens, the last until " in page
    assert "1 refresh token, the last until " in page
    client = told(admin, page_of(app.row))
    assert "Users who allow it something: 1</a>. Living grants: 1. Living tokens: 3." in client
    [consents] = {part.split('"')[0] for part in client.split('href="') if part.startswith("/admin/oauth_provider")}
    assert "1 consent" in told(admin, consents)
    for secret in tokens["access_token"], tokens["refresh_token"]:
        assert secret not in page + client


def test_an_account_leads_to_its_token_and_back(admin: Client, alice: User) -> None:
    account, token = SocialAccount.objects.get(), ProviderToken.objects.get()
    assert f'href="{page_of(token)}">user:email</a>' in told(admin, page_of(account))
    assert f'href="{page_of(account)}"' in told(admin, page_of(token))


@pytest.mark.parametrize("model", OF_A_USER, ids=lambda model: model._meta.label)
def test_staff_who_may_not_see_users_are_led_to_no_account(
    model: type[Model], teacher: User, alice: User, alices: Client, tokens: Any
) -> None:
    viewer = User.objects.create_user("viewer", "viewer@example.com", "correct horse", is_staff=True)
    codename = f"view_{model._meta.model_name}"
    viewer.user_permissions.set(
        Permission.objects.filter(codename=codename, content_type__app_label=model._meta.app_label)
    )
    row: Any = model._default_manager.order_by("pk").last()
    page = signed_in("viewer").get(page_of(row))
    assert page.status_code == 200
    assert "What opens this account" not in page.content.decode()


@pytest.mark.parametrize("model", [UserSession, Consent, AuthEvent], ids=lambda model: model._meta.label)
def test_a_list_asks_no_more_for_more_rows(model: type[Model], admin: Client, alice: User, alices: Client) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            assert admin.get(url(model, "changelist")).status_code == 200
        return len(found)

    asked()
    before = asked()
    for number in range(3):
        signed_in("alice")
        Consent.objects.create(user=alice, client=registered(f"app-{number}"), scopes="notes:read")
    assert asked() == before


def test_a_search_shows_what_each_field_has(admin: Client, alice: User) -> None:
    """Whoever chooses the ID of an account like somebody's name does not hide that one's accounts."""
    mallory = User.objects.create_user("mallory")
    SocialAccount.objects.create(user=mallory, provider="outside", uid="alice")
    found = admin.get("/admin/socialaccount/socialaccount/", {"q": "alice"}).context["cl"].result_list
    assert {account.user.username for account in found} == {"alice", "mallory"}
