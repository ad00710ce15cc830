"""User name and password for two tokens."""

from __future__ import annotations

import json
from typing import Any

import jwt
import pytest
from django.conf import settings as project
from django.contrib.auth import get_user_model
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from jwt_app.models import RefreshFamily
from jwt_app.tokens import digest

from .conftest import API, PASSWORD, refused

pytestmark = pytest.mark.django_db


def payload(token: str) -> dict[str, Any]:
    """What anybody can read in it."""
    decoded: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return decoded


@pytest.mark.parametrize(("username", "password"), [("alice", "wrong"), ("nobody", PASSWORD), ("nobody", "wrong")])
def test_wrong_credentials_get_401_and_the_same_words(api: API, alice: Any, username: str, password: str) -> None:
    response = api.post("login", {"username": username, "password": password})

    refused(response, "no_active_account")
    assert response.json()["detail"] == "No active account found with the given credentials"
    assert response["Cache-Control"].count("no-store")
    assert not RefreshFamily.objects.exists()


def test_a_deactivated_user_gets_the_same_401(api: API, alice: Any) -> None:
    get_user_model().objects.update(is_active=False)

    response = api.post("login", {"username": "alice", "password": PASSWORD})

    refused(response, "no_active_account")
    assert response.json()["detail"] == "No active account found with the given credentials"


@pytest.mark.parametrize(
    ("data", "fields"),
    [
        ({}, {"username", "password"}),
        ({"username": "alice"}, {"password"}),
        ({"password": PASSWORD}, {"username"}),
        ({"username": "", "password": ""}, {"username", "password"}),
        ({"username": None, "password": None}, {"username", "password"}),
        ({"username": ["alice"], "password": {"a": 1}}, {"username", "password"}),
        ([], {"non_field_errors"}),
        ("text", {"non_field_errors"}),
    ],
)
def test_missing_and_odd_fields_are_named(api: API, data: Any, fields: set[str]) -> None:
    body = json.dumps(data)
    response = api.post("login", body)

    assert response.status_code == 400
    assert response.json()["code"] == "invalid"
    assert response.json()["errors"].keys() == fields


def test_the_pair_says_who_and_only_the_refresh_token_names_its_family(api: API, alice: Any) -> None:
    response = api.post("login", {"username": "alice", "password": PASSWORD})

    assert response.status_code == 200
    assert list(response.json()) == ["access", "refresh"]
    assert "no-store" in response["Cache-Control"]
    assert not response.cookies
    access, refresh = payload(response.json()["access"]), payload(response.json()["refresh"])
    assert access.keys() == {"token_type", "exp", "iat", "jti", "user_id", "username", "role", "iss", "aud"}
    assert refresh.keys() == access.keys() | {"family"}
    assert access["user_id"] == str(alice.pk)
    assert (access["username"], access["role"]) == ("alice", "user")
    assert (access["iss"], access["aud"]) == (project.SITE_URL, "authdemo-api")
    # `exp` counts from the refresh token's moment, `iat` is its own: a second may begin between the two.
    assert access["exp"] - access["iat"] in {899, 900}
    assert refresh["exp"] - refresh["iat"] == 7 * 86400


def test_a_name_or_the_address_in_any_case_signs_in(api: API, alice: Any) -> None:
    assert payload(api.sign_in("alice")["access"])["username"] == "alice"
    assert payload(api.sign_in("ALICE@example.com")["access"])["username"] == "alice"


def test_a_password_may_begin_and_end_with_blanks(api: API, alice: Any) -> None:
    alice.set_password("  two blanks  ")
    alice.save()

    assert api.sign_in(password="  two blanks  ")["access"]
    refused(api.post("login", {"username": "alice", "password": "two blanks"}), "no_active_account")


def test_staff_have_another_role(api: API, alice: Any) -> None:
    get_user_model().objects.update(is_staff=True)

    assert payload(api.sign_in()["access"])["role"] == "staff"


def test_what_is_stored_recognises_the_token_and_cannot_be_used(api: API, alice: Any) -> None:
    pair = api.sign_in()

    row = OutstandingToken.objects.get()
    assert row.token == digest(pair["refresh"])
    assert row.jti == payload(pair["refresh"])["jti"]
    assert row.user == alice
    assert row.membership.family.user == alice
    refused(api.refresh(row.token), "token_not_valid")


def test_every_sign_in_starts_a_family_of_its_own(api: API, alice: Any) -> None:
    first, second = api.sign_in(), api.sign_in()

    assert payload(first["refresh"])["family"] != payload(second["refresh"])["family"]
    assert RefreshFamily.objects.count() == 2
