"""Client credentials: a program gets what is for programs, and nothing that a user would have to allow."""

from __future__ import annotations

import pytest
from allauth.idp.oidc.models import Token
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from oauth_app.provider.models import Note
from tests.oauth_app.provider.conftest import ALL, REVOKE, SECRET, TOKEN, USERINFO

from .conftest import EXPORT

pytestmark = pytest.mark.django_db
GRANT = "client_credentials"


def access_of(machine) -> str:
    answer = machine.token(grant_type=GRANT)
    assert answer.status_code == 200, answer.content
    return str(answer.json()["access_token"])


def refused(response, error: str, status: int = 400) -> None:
    assert (response.status_code, response.json()["error"]) == (status, error), response.content
    assert not Token.objects.exists()


def test_it_counts_at_night(machine, alice, bob):
    Note.objects.create(user=alice, text="Milk")
    answer = machine.token(grant_type=GRANT, scope="notes:export")
    assert answer.json().keys() == {"access_token", "token_type", "expires_in", "scope"}  # no refresh token
    assert answer.json()["scope"] == "notes:export"
    assert "no-store" in answer["Cache-Control"]
    assert machine.call(answer.json()["access_token"], EXPORT).json() == {"users": 2, "notes": 1}


def test_whoami_has_no_user(machine):
    answer = machine.call(access_of(machine), "/oauth/api/whoami/")
    assert (answer.status_code, answer.json()["user"]) == (200, None)


@pytest.mark.parametrize("path", ["/oauth/api/notes/", USERINFO])
def test_it_opens_nothing_of_a_user(machine, alice, path):
    answer = machine.call(access_of(machine), path)
    assert answer.status_code == 403
    assert 'error="insufficient_scope"' in answer["WWW-Authenticate"]


@pytest.mark.parametrize("scope", ["openid", "profile", "notes:read", "notes:export notes:read", "other", "notes"])
def test_no_scope_of_a_user_even_where_the_client_is_registered_for_it(other, scope):
    machine = other("night", GRANT, f"{ALL} notes:export")
    refused(machine.token(grant_type=GRANT, scope=scope), "invalid_scope")


def test_where_no_scope_is_named_it_gets_those_for_machines(other):
    machine = other("night", GRANT, f"{ALL} notes:export")
    assert machine.token(grant_type=GRANT).json()["scope"] == "notes:export"


def test_a_client_without_any_gets_no_token(other):
    refused(other("night", GRANT, "notes:read").token(grant_type=GRANT), "invalid_scope")


def test_only_a_client_with_a_secret_and_that_grant(other, machine, app):
    refused(other("public", GRANT, "notes:export", public=True).token(grant_type=GRANT), "unauthorized_client")
    refused(app.token(grant_type=GRANT), "unauthorized_client")
    refused(machine.token(grant_type=GRANT, client_secret="wrong"), "invalid_client", 401)
    refused(machine.token(grant_type=GRANT, client_secret=None), "invalid_client", 401)


def test_no_user_is_asked_for_what_is_for_machines(app, alices):
    app.row.set_scopes([*ALL.split(), "notes:export"])
    app.row.save()
    answer = app.ask(alices, scope="notes:read notes:export")
    assert "error=invalid_scope" in answer["Location"]
    refused(
        Client().post(TOKEN, {"client_id": "x", "grant_type": GRANT, "client_secret": SECRET}), "invalid_client", 401
    )


def test_an_apps_token_does_not_export(app, alices):
    assert app.call(app.tokens(alices, scope=ALL)["access_token"], EXPORT).status_code == 403


def test_three_statements_at_most(machine):
    access = access_of(machine)
    for path in (EXPORT, "/oauth/api/whoami/"):
        with CaptureQueriesContext(
            connection,
        ) as counted:
            assert machine.call(access, path).status_code == 200
        assert len(counted) <= 3


def test_it_gives_its_token_back_and_nobody_elses(machine, other):
    access = access_of(machine)
    stranger = other("stranger", GRANT, "notes:export")
    assert stranger.revoke(access).json()["error"] == "invalid_grant"
    assert machine.call(access, EXPORT).status_code == 200
    assert Client().post(REVOKE, machine.credentials() | {"token": access}).status_code == 200
    assert machine.call(access, EXPORT).status_code == 401


def test_a_client_that_has_become_public_has_no_token_left(machine):
    access = access_of(machine)
    machine.row.type = "public"
    machine.row.save()
    assert machine.call(access, EXPORT).status_code == 401
