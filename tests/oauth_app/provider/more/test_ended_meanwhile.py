"""A sign-in that ends while its request is answered allows no app anything: neither by a form nor by a device."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from oauth_app.provider import asking
from oauth_app.provider.models import Consent, Grant

from ..conftest import PASSWORD
from .conftest import TYPED
from .test_devices import codes

pytestmark = pytest.mark.django_db


def new_password(user: Any) -> None:
    user.set_password("a much better phrase")
    user.save()


def deactivated(user: Any) -> None:
    type(user).objects.filter(pk=user.pk).update(is_active=False)


def all_ended(user: Any) -> None:
    user.void_sign_ins()


@pytest.fixture(params=[new_password, deactivated, all_ended])
def ended_meanwhile(request: Any, alice: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """It happens when the request knows its user already, and has not written anything yet."""
    act: Callable[[Any], None] = request.param
    ticked = asking.ticked

    def first(*arguments: Any) -> list[str]:
        act(type(alice).objects.get(pk=alice.pk))
        return ticked(*arguments)

    monkeypatch.setattr(asking, "ticked", first)


def test_the_form_leads_to_the_sign_in(app: Any, alices: Client, ended_meanwhile: None) -> None:
    answer = app.allowed(alices)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sessions/login/?next=/identity/o/authorize")
    assert not Consent.objects.exists()
    assert not Grant.objects.exists()


def test_a_device_gets_nothing(television: Any, alices: Client, ended_meanwhile: None) -> None:
    code = codes(television)["user_code"]
    answer = alices.post(TYPED, {"user_code": code, "action": "allow", "scopes": ["profile"]})
    assert answer.status_code == 302
    assert answer["Location"].startswith(f"/sessions/login/?next={TYPED}")
    assert not Grant.objects.exists()


def test_whoever_signs_in_again_goes_on(app: Any, alices: Client, alice: Any) -> None:
    alice.void_sign_ins()
    assert app.allowed(alices).status_code == 302
    alices.post("/sessions/login/", {"username": "alice", "password": PASSWORD})
    assert app.allowed(alices).status_code == 303
