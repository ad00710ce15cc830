"""Rotation: each refresh token is good for one exchange, and one that comes back ends the family."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import jwt
import pytest
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from jwt_app.models import FamilyMember, RefreshFamily
from jwt_app.tokens import RefreshToken

from .conftest import API, claims, refused

pytestmark = pytest.mark.django_db


def statements(queries: CaptureQueriesContext) -> list[str]:
    """The application's statements: without those that open and close transactions."""
    frame = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
    return [query["sql"] for query in queries.captured_queries if not query["sql"].startswith(frame)]


def test_a_refresh_token_gives_a_new_pair(api: API, alice: Any) -> None:
    pair = api.sign_in()

    response = api.refresh(pair["refresh"])

    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    new = response.json()
    assert new.keys() == {"access", "refresh"}
    assert new["refresh"] != pair["refresh"]
    assert api.get("me", new["access"]).json()["user"]["username"] == "alice"
    assert api.refresh(new["refresh"]).status_code == 200


def test_a_used_token_ends_the_family_for_the_thief_and_for_the_owner(api: API, alice: Any) -> None:
    pair = api.sign_in()
    thief = api.refresh(pair["refresh"]).json()

    refused(api.refresh(pair["refresh"]), "token_reused")

    refused(api.refresh(thief["refresh"]), "token_revoked")
    refused(api.refresh(pair["refresh"]), "token_revoked")
    family = RefreshFamily.objects.get()
    assert family.reason == RefreshFamily.Reason.REUSE
    assert family.revoked_at
    assert not OutstandingToken.objects.filter(blacklistedtoken=None).exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("atomic_requests", [False, True])
def test_the_end_of_a_family_outlives_the_401(api: API, alice: Any, atomic_requests: bool) -> None:
    # In a project with ATOMIC_REQUESTS, REST framework rolls the whole request back when it answers an error.
    connection.settings_dict["ATOMIC_REQUESTS"] = atomic_requests
    try:
        pair = api.sign_in()
        new = api.refresh(pair["refresh"]).json()
        refused(api.refresh(pair["refresh"]), "token_reused")
        refused(api.refresh(new["refresh"]), "token_revoked")
    finally:
        connection.settings_dict["ATOMIC_REQUESTS"] = False


@pytest.mark.django_db(transaction=True)
def test_a_transaction_around_the_exchange_is_refused(alice: Any) -> None:
    token = str(RefreshToken.for_user(alice))

    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        RefreshToken(token).rotate()


def test_another_family_goes_on(api: API, alice: Any) -> None:
    phone, laptop = api.sign_in(), api.sign_in()
    api.refresh(phone["refresh"])
    refused(api.refresh(phone["refresh"]), "token_reused")

    assert api.refresh(laptop["refresh"]).status_code == 200


def test_a_refresh_takes_five_statements_and_one_for_its_event(api: API, alice: Any) -> None:
    pair = api.sign_in()

    with CaptureQueriesContext(connection) as queries:
        assert api.refresh(pair["refresh"]).status_code == 200

    event = [sql for sql in statements(queries) if "events_authevent" in sql]
    assert len(event) == 1
    assert len(statements(queries)) == 5 + 1, statements(queries)


def test_the_chain_of_tokens_is_kept(api: API, alice: Any) -> None:
    first = api.sign_in()["refresh"]
    api.refresh(first)

    parent, child = FamilyMember.objects.order_by("token_id")
    assert parent.parent is None
    assert child.parent == parent.token
    assert BlacklistedToken.objects.get().token == parent.token


def test_a_used_token_is_known_even_when_its_blacklist_row_is_gone(api: API, alice: Any) -> None:
    first = api.sign_in()["refresh"]
    api.refresh(first)
    BlacklistedToken.objects.all().delete()

    refused(api.refresh(first), "token_reused")


def test_a_deactivated_user_cannot_refresh(api: API, alice: Any) -> None:
    pair = api.sign_in()
    get_user_model().objects.update(is_active=False)

    refused(api.refresh(pair["refresh"]), "user_inactive")


def test_a_deleted_user_cannot_refresh(api: API, alice: Any) -> None:
    pair = api.sign_in()
    alice.delete()

    refused(api.refresh(pair["refresh"]), "token_revoked")
    assert OutstandingToken.objects.get().user is None


def test_a_new_password_ends_what_the_old_one_opened(api: API, alice: Any) -> None:
    pair = api.sign_in()
    alice.set_password("another one, longer")
    alice.save()

    refused(api.refresh(pair["refresh"]), "password_changed")
    new = api.sign_in(password="another one, longer")
    assert api.refresh(new["refresh"]).status_code == 200


def test_a_changed_secret_key_ends_nothing_while_the_old_one_is_a_fallback(
    api: API, alice: Any, settings: Any
) -> None:
    pair = api.sign_in()
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a-new-secret-key-that-is-long-enough-to-be-used-0123456789"

    pair = api.refresh(pair["refresh"]).json()
    settings.SECRET_KEY_FALLBACKS = []
    refused(api.refresh(pair["refresh"]), "password_changed")


def test_the_role_is_looked_up_at_each_refresh(api: API, alice: Any) -> None:
    pair = api.sign_in()
    get_user_model().objects.update(is_staff=True)

    access = api.refresh(pair["refresh"]).json()["access"]
    assert jwt.decode(access, options={"verify_signature": False})["role"] == "staff"


def test_a_row_that_was_cleaned_away_allows_nothing(api: API, alice: Any) -> None:
    pair = api.sign_in()
    OutstandingToken.objects.all().delete()

    refused(api.refresh(pair["refresh"]), "token_not_valid")


def test_an_access_token_cannot_be_exchanged(api: API, alice: Any) -> None:
    refused(api.refresh(api.sign_in()["access"]), "token_wrong_type")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"exp": 1}, "token_expired"),
        ({"aud": "another-api"}, "token_wrong_audience"),
        ({"aud": ...}, "token_not_valid"),
        ({"iss": "https://elsewhere.example"}, "token_wrong_issuer"),
        ({"iss": ...}, "token_not_valid"),
        ({"exp": ...}, "token_not_valid"),
        ({"iat": ...}, "token_not_valid"),
        ({"jti": ...}, "token_not_valid"),
        ({"token_type": ...}, "token_wrong_type"),
        ({"token_type": ["refresh"]}, "token_wrong_type"),
        ({"family": ...}, "token_not_valid"),
        ({"family": "not a uuid"}, "token_not_valid"),
        ({"family": 7}, "token_not_valid"),
        ({"family": {"a": 1}}, "token_not_valid"),
        ({"family": str(uuid4())}, "token_revoked"),
        ({"jti": "no hex\x00"}, "token_not_valid"),
        ({"jti": 7}, "token_not_valid"),
        ({"user_id": 1}, "token_not_valid"),
        ({"user_id": None}, "token_not_valid"),
        ({"user_id": ...}, "token_not_valid"),
        ({"exp": "soon"}, "token_not_valid"),
        ({"exp": 10**30}, "token_not_valid"),
        ({"exp": "9999999999"}, "token_not_valid"),
        ({"exp": [1]}, "token_not_valid"),
        ({"iat": {}}, "token_not_valid"),
        ({"iat": -(10**18)}, "token_not_valid"),
    ],
)
def test_a_well_signed_token_with_odd_claims_is_refused(
    api: API, alice: Any, forge: Callable[..., str], changes: dict[str, Any], code: str
) -> None:
    real = jwt.decode(api.sign_in()["refresh"], options={"verify_signature": False})
    token = forge({name: value for name, value in (real | changes).items() if value is not ...})

    refused(api.refresh(token), code)


def test_a_token_signed_again_is_not_the_one_that_was_issued(api: API, alice: Any, forge: Callable[..., str]) -> None:
    """Who has stolen the key can sign, but the family, the row and the digest must fit as well."""
    pair = api.sign_in()
    real = jwt.decode(pair["refresh"], options={"verify_signature": False})

    refused(api.refresh(forge(real | {"exp": real["exp"] + 86400})), "token_not_valid")
    refused(api.refresh(forge(real | {"jti": uuid4().hex})), "token_not_valid")
    assert api.refresh(pair["refresh"]).status_code == 200


def test_a_token_of_one_family_does_not_pass_for_another(
    api: API, alice: Any, bob: Any, forge: Callable[..., str]
) -> None:
    of_bob = jwt.decode(api.sign_in("bob")["refresh"], options={"verify_signature": False})
    of_alice = jwt.decode(api.sign_in("alice")["refresh"], options={"verify_signature": False})

    refused(api.refresh(forge(of_alice | {"family": of_bob["family"]})), "token_not_valid")


@pytest.mark.parametrize("token", ["", " ", None, 5, [], {}, "a.b", "a.b.c", "é.ü.ß", "." * 5000, "\ud800", "a\x00b"])
def test_what_is_no_token_at_all(api: API, token: Any) -> None:
    response = api.refresh(token)

    assert response.status_code in {400, 401}
    assert response.json().keys() >= {"detail", "code"}


def test_claims_are_made_as_the_site_makes_them(api: API, alice: Any, forge: Callable[..., str]) -> None:
    """The forged tokens of these tests would be accepted, were they not changed."""
    assert api.get("whoami", forge(claims())).status_code == 200
