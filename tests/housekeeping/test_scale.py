"""`manage.py seed_scale`: many rows that nobody can sign in by."""

from __future__ import annotations

from io import StringIO
from itertools import product
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.idp.oidc.models import Client as App
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.core.management import CommandError, call_command
from django.test import Client
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from authdemo.accounts.models import User
from authdemo.events.models import AuthEvent
from authdemo.guard.models import Failures
from authdemo.housekeeping import scale
from jwt_app.models import Denial, RefreshFamily
from oauth_app.client.models import ProviderToken
from oauth_app.provider.models import Consent

pytestmark = pytest.mark.django_db


def seed(rows: int) -> str:
    out = StringIO()
    call_command("seed_scale", rows=rows, stdout=out)
    return out.getvalue()


def as_in_the_demo(settings: Any) -> None:
    settings.LABS, settings.LOOPBACK_HOSTS, settings.ALLOWED_HOSTS = True, ["testserver"], ["testserver"]


def test_so_many_as_it_is_told(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    as_in_the_demo(settings)
    monkeypatch.setattr(scale, "BATCH", 20)
    assert seed(45) == "45 sessions, sign-ins by token and events, of 5 users.\n"
    for model, number in (
        (UserSession, 45),
        (RefreshFamily, 45),
        (AuthEvent, 45),
        (OutstandingToken, 90),
        (Denial, 45),
        (ProviderToken, 45),
        (EmailAddress, 45),
        (Failures, 45),
        (LogEntry, 45),
        (App, 5),
        (Consent, 9),  # one a user and app, and a batch of so few users has few apps
    ):
        assert model._base_manager.count() == number
    seed(5)
    assert UserSession.objects.count() == 50


def test_they_open_nothing(settings: Any) -> None:
    as_in_the_demo(settings)
    seed(1)
    for user, password in product(User.objects.filter(username__startswith=scale.PREFIX), ("", "!")):
        answer = Client().post("/sessions/login/", {"username": user.username, "password": password})
        assert answer.status_code in {400, 401}
    browser = Client()
    browser.cookies[settings.SESSION_COOKIE_NAME] = UserSession.objects.get().session_key
    assert browser.get("/sessions/api/whoami/").status_code == 401


def test_not_where_others_come_to(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["www.example.com"]
    with pytest.raises(CommandError, match="this is none"):
        seed(1)
    assert not UserSession.objects.exists()


@pytest.mark.parametrize("rows", [0, -1, 10_000_001])
def test_numbers_that_are_none(rows: int) -> None:
    with pytest.raises(CommandError, match="must be from 1"):
        seed(rows)
