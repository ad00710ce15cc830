"""The tree of a family, for whoever holds a token of it; the race, refused where it must be."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from django.conf import settings as project
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from jwt_app.models import RefreshFamily
from tests.jwt_app.conftest import API, alice, api, bob, claims, forge, refused  # noqa: F401  fixtures

pytestmark = pytest.mark.django_db
FAMILY, RACE = "/jwt/labs/family/", "/jwt/labs/race/"


@pytest.fixture(autouse=True)
def labs(settings: Any) -> None:
    settings.LABS = True
    settings.ALLOWED_HOSTS = ["localhost", "testserver"]
    settings.LOOPBACK_HOSTS = settings.ALLOWED_HOSTS  # the test client calls itself so


def post(path: str, body: Any, **extra: Any) -> Any:
    return Client().post(path, json.dumps(body), content_type="application/json", **extra)


def tree(token: str) -> dict[str, Any]:
    response = post(FAMILY, {"refresh": token})
    assert response.status_code == 200, response.content
    assert "no-store" in response["Cache-Control"]
    found: dict[str, Any] = response.json()
    return found


def states(found: dict[str, Any]) -> list[str]:
    return [member["state"] for member in found["members"]]


def test_each_holder_sees_the_whole_family_and_which_token_is_theirs(api: API, alice: Any) -> None:  # noqa: F811
    first = api.sign_in()["refresh"]
    second = api.refresh(first).json()["refresh"]

    for token, yours in ((first, [True, False]), (second, [False, True])):
        found = tree(token)
        assert (found["state"], found["reason"], found["reuse_at"]) == ("alive", "", None)
        assert states(found) == ["used", "usable"]
        assert [member["is_yours"] for member in found["members"]] == yours
        assert found["members"][0]["parent"] is None
        assert found["members"][1]["parent"] == found["members"][0]["id"]


def test_after_reuse_it_says_when_and_nothing_is_usable(api: API, alice: Any) -> None:  # noqa: F811
    first = api.sign_in()["refresh"]
    second = api.refresh(first).json()["refresh"]
    api.refresh(first)

    found = tree(second)
    assert (found["state"], found["reason"]) == ("ended", "reuse")
    assert found["reuse_at"]
    assert states(found) == ["used", "ended"]


def test_it_looks_and_changes_nothing(api: API, alice: Any) -> None:  # noqa: F811
    first = api.sign_in()["refresh"]
    second = api.refresh(first).json()["refresh"]
    tree(first)
    tree(first)

    assert api.refresh(second).status_code == 200


def test_nothing_in_it_can_be_used(api: API, alice: Any) -> None:  # noqa: F811
    first = api.sign_in()["refresh"]
    api.refresh(first)
    text = json.dumps(tree(first))

    for row in OutstandingToken.objects.all():
        assert row.jti not in text
        assert row.token not in text
    assert str(RefreshFamily.objects.get().pk) not in text


def test_a_long_family_is_told_from_its_end_by_few_statements(api: API, alice: Any) -> None:  # noqa: F811
    token = api.sign_in()["refresh"]
    for _ in range(65):
        token = api.refresh(token).json()["refresh"]
    with CaptureQueriesContext(connection) as queries:
        found = tree(token)

    assert len(found["members"]) == 60
    assert states(found)[-1] == "usable"
    assert len(queries) <= 2


def test_without_a_token_of_ours_there_is_nothing_to_see(
    api: API,  # noqa: F811
    alice: Any,  # noqa: F811
    forge: Callable[..., str],  # noqa: F811
) -> None:
    pair = api.sign_in()
    payload = jwt.decode(pair["refresh"], options={"verify_signature": False})

    assert post(FAMILY, {}).status_code == 400
    refused(post(FAMILY, {"refresh": "nonsense"}), "token_not_valid")
    refused(post(FAMILY, {"refresh": pair["access"]}), "token_wrong_type")
    refused(post(FAMILY, {"refresh": forge(payload | {"exp": 1})}), "token_expired")
    for changes in ({"jti": "a\x00b"}, {"family": "x"}, {"family": claims()["jti"]}, {"jti": claims()["jti"]}):
        refused(post(FAMILY, {"refresh": forge(payload | changes)}), "token_revoked")


@pytest.mark.parametrize("path", [FAMILY, RACE])
def test_without_labs_they_are_not_there(settings: Any, path: str) -> None:
    settings.LABS = False

    assert post(path, {}).status_code == 404


@pytest.mark.parametrize("body", [{"grace": 1}, {"grace": -1}, {"times": 1}, {"times": 25}, {"times": "x"}, [], "x"])
def test_a_race_has_limits(body: Any) -> None:
    assert post(RACE, body).status_code == 400
    assert not RefreshFamily.objects.exists()


def test_a_race_is_run_only_for_who_sits_here() -> None:
    response = post(RACE, {}, REMOTE_ADDR="192.0.2.7")

    assert response.status_code == 403
    assert response.json()["code"] == "permission_denied"


def test_a_form_of_another_site_starts_no_race() -> None:
    for content_type in ("text/plain", "application/x-www-form-urlencoded"):
        for body in (b'{"times": 2}', b""):  # a form without fields is sent without a body
            assert Client().post(RACE, body, content_type=content_type).status_code == 415
    assert Client().generic("POST", RACE).status_code == 415
    assert not RefreshFamily.objects.exists()


def test_a_site_that_does_not_answer_itself_says_so(settings: Any) -> None:
    settings.SITE_URL = "http://127.0.0.1:9"
    get_user_model().objects.create_user("alice", "alice@example.com", project.DEMO_PASSWORD)
    response = post(RACE, {})

    assert response.status_code == 503
    assert "could not sign in" in response.json()["detail"]
    assert project.DEMO_PASSWORD not in response.content.decode()
