"""Who may only look ends nothing, whatever is posted; and who may end one kind ends that and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.idp.oidc.models import Client as App
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib import admin as django_admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.db.models import Model
from django.test import Client, RequestFactory
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from authdemo.accounts.models import User
from authdemo.events.models import AuthEvent, Verb
from authdemo.guard.models import Failures
from jwt_app.models import RefreshFamily
from oauth_app.client.models import ProviderToken
from oauth_app.provider.models import Consent

from .conftest import PASSWORD, signed_in
from .forms import act
from .test_pages import MODELS, url

pytestmark = pytest.mark.django_db
PASSING = {"last_login", "last_seen_at", "updated_at"}  # columns that change by looking
NEW = "a much better phrase"


def everything() -> dict[str, list[Any]]:
    """All rows of all that the admin has, but what whoever looks leaves by looking."""
    return {
        model._meta.label: list(
            model._default_manager.order_by("pk").values(
                *(field.attname for field in model._meta.concrete_fields if field.name not in PASSING)
            )
        )
        for model in MODELS
        if model is not AuthEvent
    }


def actions_of(model: type[Model], teacher: User) -> list[str]:
    """The names of all actions that a superuser has."""
    request: Any = RequestFactory().get("/")
    request.user = teacher
    return list(django_admin.site._registry[model].get_actions(request))


def not_refused(browser: Client, model: type[Model], pk: Any, teacher: User) -> list[str]:
    """Send all that could end or change something, with all that a form could have in it.

    Returns the addresses that fail, or ask whether one is sure. Where an action is not offered, the list just shows.
    """
    typed = {field.name: "1" for field in model._meta.concrete_fields}
    typed |= {
        "username": "x",
        "is_superuser": "on",
        "password1": NEW,
        "password2": NEW,
        "post": "yes",
        "_save": "Save",
    }
    forms = [(url(model, "add"), typed), *((url(model, page, pk), typed) for page in ("change", "delete"))]
    if model is User:
        forms += [(f"/admin/accounts/user/{pk}/{page}/", typed) for page in ("password", "access/end", "access")]
    answers = [(path, browser.post(path, form)) for path, form in forms]
    found = [path for path, answer in answers if answer.status_code not in {403, 405}]
    for action in {*actions_of(model, teacher), "delete_selected", "end_families", "lift"}:
        chosen = {"action": action, "_selected_action": str(pk), "index": "0", "select_across": "1"}
        for more in ({}, {"post": "yes"}):
            answer = browser.post(url(model, "changelist"), chosen | more)
            shows_the_list = answer.status_code == 200 and "Are you sure" not in answer.content.decode()
            found += [] if shows_the_list or answer.status_code in {302, 403} else [action]
    return found


def staff(name: str, *codenames: str) -> Client:
    user = User.objects.create_user(name, f"{name}@example.com", PASSWORD, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return signed_in(name)


def all_of(action: str) -> list[str]:
    return list(Permission.objects.filter(codename__startswith=f"{action}_").values_list("codename", flat=True))


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_who_may_only_look_ends_nothing(
    model: type[Model], teacher: User, alice: User, alices: Client, tokens: Any
) -> None:
    Group.objects.create(name="learners")
    viewer = staff("viewer", *all_of("view"))
    before = everything()
    row = model._default_manager.filter(pk=alice.pk).first() if model is User else model._default_manager.first()
    assert row is not None
    assert viewer.get(url(model, "changelist")).status_code == 200
    assert not_refused(viewer, model, row.pk, teacher) == []
    assert everything() == before
    assert not LogEntry.objects.exists()
    assert not AuthEvent.objects.that(Verb.REVOKED, Verb.DISCONNECTED, Verb.UNLOCKED, Verb.APP_DELETED).exists()
    assert alices.get("/sessions/api/whoami/").status_code == 200


# Which permission ends it, and the action of its list.
ENDS: dict[type[Model], tuple[str, str]] = {
    UserSession: ("delete_usersession", "End the selected sessions"),
    RefreshFamily: ("change_refreshfamily", "End the selected refresh families"),
    Consent: ("delete_consent", "Take back the selected accesses"),
    SocialAccount: ("delete_socialaccount", "Disconnect the selected accounts"),
    ProviderToken: ("delete_providertoken", "Forget the selected tokens, and end them at their provider"),
    Failures: ("delete_failures", "Lift: forget these failures"),
}


@pytest.mark.parametrize("model", ENDS, ids=lambda model: model._meta.label)
def test_who_may_end_one_kind_ends_that_and_nothing_else(
    model: type[Model], teacher: User, alice: User, alices: Client, tokens: Any
) -> None:
    Group.objects.create(name="learners")
    needed, action = ENDS[model]
    clerk = staff("clerk", *all_of("view"), needed)
    rows = model._default_manager.exclude(user__username="clerk") if model is UserSession else model._default_manager
    before, last = everything(), AuthEvent.objects.latest("pk").pk
    for other in MODELS:
        if other is not model:
            key = alice.pk if other is User else other._default_manager.values_list("pk", flat=True)[0]
            assert not_refused(clerk, other, key, teacher) == []
    assert everything() == before
    row = rows.get() if model is not Failures else rows.earliest("pk")
    act(clerk, url(model, "changelist"), action, row.pk)
    assert everything()[model._meta.label] != before[model._meta.label]
    assert {event.actor_name for event in AuthEvent.objects.filter(pk__gt=last)} == {"clerk"}


@pytest.mark.parametrize(
    ("model", "needs"), [(App, "delete_client"), (RefreshFamily, "view_refreshfamily"), (OutstandingToken, "all")]
)
def test_less_than_what_it_needs_is_not_enough(
    model: type[Model], needs: str, teacher: User, alice: User, tokens: Any
) -> None:
    """An app goes with what users have allowed it, so that has to be allowed, too; a token is nobody's to delete."""
    permissions = [*all_of("view"), needs] if needs != "all" else [*all_of("view"), *all_of("delete")]
    before = everything()[model._meta.label]
    not_refused(staff("clerk", *permissions), model, model._default_manager.values_list("pk", flat=True)[0], teacher)
    assert everything()[model._meta.label] == before
