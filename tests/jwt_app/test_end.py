"""Signing out, and asking whether a token is good."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jwt
import pytest
from django.contrib.auth import get_user_model
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken

from jwt_app import signals
from jwt_app.models import RefreshFamily
from jwt_app.tokens import RefreshToken

from .conftest import API, refused

pytestmark = pytest.mark.django_db


def test_sign_out_ends_the_whole_family(api: API, alice: Any) -> None:
    first = api.sign_in()["refresh"]
    second = api.refresh(first).json()["refresh"]

    response = api.post("logout", {"refresh": second})

    assert (response.status_code, response.json()) == (200, {})
    refused(api.refresh(second), "token_revoked")
    refused(api.refresh(first), "token_revoked")
    assert RefreshFamily.objects.get().reason == RefreshFamily.Reason.LOGOUT
    assert BlacklistedToken.objects.count() == 2


def test_signing_out_twice_is_no_error_and_changes_nothing(api: API, alice: Any) -> None:
    token = api.sign_in()["refresh"]
    api.post("logout", {"refresh": token})
    ended = RefreshFamily.objects.get().revoked_at

    assert api.post("logout", {"refresh": token}).status_code == 200
    assert RefreshFamily.objects.get().revoked_at == ended


def test_an_older_token_of_the_family_signs_out_as_well(api: API, alice: Any) -> None:
    first = api.sign_in()["refresh"]
    second = api.refresh(first).json()["refresh"]

    assert api.post("logout", {"refresh": first}).status_code == 200
    refused(api.refresh(second), "token_revoked")


def test_sign_out_leaves_other_sign_ins_alone(api: API, alice: Any) -> None:
    phone, laptop = api.sign_in(), api.sign_in()
    api.post("logout", {"refresh": phone["refresh"]})

    assert api.refresh(laptop["refresh"]).status_code == 200


@pytest.mark.parametrize("gone", ["deactivated", "deleted", "new password"])
def test_sign_out_of_a_user_who_could_not_come_back(api: API, alice: Any, gone: str) -> None:
    token = api.sign_in()["refresh"]
    if gone == "deleted":
        alice.delete()
    elif gone == "deactivated":
        get_user_model().objects.update(is_active=False)
    else:
        alice.set_password("another one, longer")
        alice.save()

    assert api.post("logout", {"refresh": token}).status_code == 200


def test_sign_out_needs_a_refresh_token_of_ours(api: API, alice: Any, forge: Callable[..., str]) -> None:
    pair = api.sign_in()
    payload = jwt.decode(pair["refresh"], options={"verify_signature": False})

    assert api.post("logout", {}).status_code == 400
    refused(api.post("logout", {"refresh": "nonsense"}), "token_not_valid")
    refused(api.post("logout", {"refresh": pair["access"]}), "token_wrong_type")
    refused(api.post("logout", {"refresh": forge(payload | {"exp": 1})}), "token_expired")
    refused(api.post("logout", {"refresh": forge(payload | {"family": "x"})}), "token_not_valid")
    assert RefreshFamily.objects.get().revoked_at is None


# ---- verify


def test_verify_says_of_which_kind_a_good_token_is(api: API, alice: Any) -> None:
    pair = api.sign_in()

    assert api.post("verify", {"token": pair["access"]}).json() == {"token_type": "access"}
    assert api.post("verify", {"token": pair["refresh"]}).json() == {"token_type": "refresh"}


def test_verify_knows_used_and_ended_refresh_tokens_and_changes_nothing(api: API, alice: Any) -> None:
    first = api.sign_in()["refresh"]
    second = api.refresh(first).json()["refresh"]

    refused(api.post("verify", {"token": first}), "token_reused")
    assert api.post("verify", {"token": second}).status_code == 200
    api.post("logout", {"refresh": second})
    refused(api.post("verify", {"token": second}), "token_revoked")


@pytest.mark.parametrize(
    ("kind", "code"), [("access", "token_expired"), ("refresh", "token_expired"), ("sliding", "token_wrong_type")]
)
def test_verify_refuses(api: API, alice: Any, forge: Callable[..., str], kind: str, code: str) -> None:
    payload = jwt.decode(api.sign_in()["refresh"], options={"verify_signature": False})
    changes = {"exp": 1} if kind != "sliding" else {}

    refused(api.post("verify", {"token": forge(payload | {"token_type": kind} | changes)}), code)
    refused(api.post("verify", {"token": "nonsense"}), "token_not_valid")


def test_verify_of_a_deactivated_users_refresh_token(api: API, alice: Any) -> None:
    token = api.sign_in()["refresh"]
    get_user_model().objects.update(is_active=False)

    refused(api.post("verify", {"token": token}), "user_inactive")


# ---- What the project can listen to


def test_the_signals_tell_the_story_and_carry_no_token(api: API, alice: Any) -> None:
    heard: list[tuple[str, dict[str, Any]]] = []

    def listen(name: str) -> Callable[..., None]:
        def receiver(signal: Any, sender: Any, **arguments: Any) -> None:
            assert sender is RefreshFamily
            heard.append((name, arguments))

        return receiver

    receivers = {name: listen(name) for name in ("issued", "refreshed", "reused", "revoked")}
    for name, receiver in receivers.items():
        getattr(signals, name).connect(receiver)
    try:
        first = api.sign_in()["refresh"]
        api.refresh(first)
        api.refresh(first)
        api.refresh(first)  # ended already: nothing to tell
        second = api.sign_in()["refresh"]
        api.post("logout", {"refresh": second})
        api.post("logout", {"refresh": second})
    finally:
        for name, receiver in receivers.items():
            getattr(signals, name).disconnect(receiver)

    assert [name for name, _ in heard] == ["issued", "refreshed", "revoked", "reused", "issued", "revoked"]
    assert {arguments["user"] for _, arguments in heard} == {alice}
    assert [arguments["reason"] for name, arguments in heard if name == "revoked"] == ["reuse", "logout"]
    assert all(set(arguments) <= {"user", "family", "reason"} for _, arguments in heard)


def test_a_family_reads_well(alice: Any) -> None:
    RefreshToken.for_user(alice)
    family = RefreshFamily.objects.get()

    assert str(family).startswith("alice since 20")
    assert str(family.pk) in str(family.members.get())
