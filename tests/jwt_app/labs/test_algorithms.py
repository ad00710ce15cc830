"""Tokens of four issuers: each is good at its own address and nowhere else."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from django.conf import settings as site
from django.test import Client

from authdemo.accounts.models import User
from authdemo.settings.env import VAR_DIR
from jwt_app.models import Denial, RefreshFamily
from jwt_app.tokens import RefreshToken

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse"
ALGORITHMS = ("RS256", "ES256", "EdDSA", "HS256")


@pytest.fixture(autouse=True)
def labs(settings):
    settings.LABS = True


@pytest.fixture
def pair(db) -> dict[str, str]:
    User.objects.create_user("alice", "alice@example.com", PASSWORD)
    found: dict[str, str] = post("/jwt/api/token/", {"username": "alice", "password": PASSWORD}).json()
    return found


def post(path: str, body: Any, token: str = "") -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return Client().post(path, json.dumps(body), content_type="application/json", headers=headers)


def get(path: str, token: str) -> Any:
    return Client().get(path, headers={"Authorization": f"Bearer {token}"})


def made(pair: dict[str, str], algorithm: str, **asked: Any) -> str:
    answer = post(f"/jwt/algorithms/{algorithm}/token/", asked, pair["access"])
    assert answer.status_code == 200, answer.content
    return str(answer.json()["access"])


def claims(token: str) -> dict[str, Any]:
    found: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return found


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_token_says_who_by_its_own_algorithm(pair, algorithm, django_assert_num_queries):
    token = made(pair, algorithm, lifetime=10)
    assert jwt.get_unverified_header(token)["alg"] == algorithm
    with django_assert_num_queries(0):
        answer = get(f"/jwt/algorithms/{algorithm}/whoami/", token)
    assert (answer.status_code, answer.json()["user"]["username"]) == (200, "alice")
    assert answer.json()["credential"]["revocable"] is False
    said, before = claims(token), claims(pair["access"])
    assert said["exp"] - said["iat"] == 10
    assert said["iss"] == f"{site.SITE_URL}/jwt/algorithms/{algorithm}"
    assert {name: said[name] for name in ("username", "role", "user_id", "aud", "token_type")} == {
        name: before[name] for name in ("username", "role", "user_id", "aud", "token_type")
    }


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_it_opens_nothing_of_the_site_nor_of_another_algorithm(pair, algorithm):
    token = made(pair, algorithm)
    for path in ("/jwt/api/whoami/", "/jwt/api/me/"):
        assert get(path, token).status_code == 401
    assert post("/jwt/api/token/verify/", {"token": token}).status_code == 401
    others = [other for other in ALGORITHMS if other != algorithm]
    for other in others:
        assert get(f"/jwt/algorithms/{other}/whoami/", token).status_code == 401
        # What it has given cannot be given again, and so never lives longer.
        assert post(f"/jwt/algorithms/{other}/token/", {}, token).status_code == 401
    assert get(f"/jwt/algorithms/{algorithm}/whoami/", pair["access"]).status_code == 401  # nor the site's own here
    assert get(f"/jwt/algorithms/{algorithm}/whoami/", token).status_code == 200


def test_it_never_ends_later_than_the_token_that_it_came_of(pair, monkeypatch):
    long = claims(made(pair, "RS256", lifetime=300))
    assert long["exp"] - long["iat"] == 300
    end = claims(pair["access"])["exp"]
    monkeypatch.setattr("rest_framework_simplejwt.tokens.aware_utcnow", lambda: _at(end - 100))
    late = claims(made(pair, "RS256", lifetime=300))
    assert late["exp"] == end


def _at(seconds: int) -> Any:
    return datetime.fromtimestamp(seconds, UTC)


@pytest.mark.parametrize("asked", [{"lifetime": 9}, {"lifetime": 301}, {"lifetime": "x"}, {"checked": True}])
def test_what_cannot_be_asked_for_is_400(pair, asked):
    answer = post("/jwt/algorithms/RS256/token/", asked, pair["access"])
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


def test_no_token_without_a_good_one(pair):
    path = "/jwt/algorithms/RS256/token/"
    header, payload, signature = pair["access"].split(".")
    for token in ("", "rubbish", pair["refresh"], f"{header}.{payload}.{signature[::-1]}"):
        answer = post(path, {}, token)
        assert answer.status_code == 401, token
        assert "WWW-Authenticate" in answer
    assert Client().get(path).status_code in {401, 405}
    assert post("/jwt/algorithms/none/token/", {}, pair["access"]).status_code == 404


def test_an_expired_one_gets_nothing(pair):
    access = RefreshToken(pair["refresh"]).access_token
    access.set_exp(lifetime=timedelta(seconds=-60))
    answer = post("/jwt/algorithms/RS256/token/", {}, str(access))
    assert (answer.status_code, answer.json()["code"]) == (401, "token_expired")


def test_the_key_sets_have_public_keys_and_never_the_secret(pair):
    for algorithm in ALGORITHMS:
        made(pair, algorithm)
        answer = Client().get(f"/jwt/algorithms/{algorithm}/jwks.json")
        keys = answer.json()["keys"]
        assert len(keys) == (0 if algorithm == "HS256" else 1)
        assert not [name for key in keys for name in key if name in {"d", "p", "q", "dp", "dq", "qi", "k"}]
        path = VAR_DIR / f"lab_jwt_key.{algorithm}"
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.read_text().splitlines()[0] not in answer.content.decode()


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("reason", list(RefreshFamily.Reason))
def test_a_checked_one_is_refused_when_its_sign_in_ends_for_whatever_reason(
    pair, algorithm, reason, django_capture_on_commit_callbacks
):
    checked = made(pair, algorithm, checked=True, refresh=pair["refresh"])
    plain = made(pair, algorithm)
    path = f"/jwt/algorithms/{algorithm}/whoami/"
    assert get(path, checked).json()["credential"]["revocable"] is True
    with django_capture_on_commit_callbacks(execute=True):
        RefreshFamily.objects.get().revoke(reason)
    assert (get(path, checked).status_code, get(path, checked).json()["code"]) == (401, "token_denied")
    assert get(path, plain).status_code == 200  # nobody asks about that one


def test_the_sites_own_sign_out_denies_it(pair, django_capture_on_commit_callbacks):
    checked = made(pair, "RS256", checked=True, refresh=pair["refresh"])
    with django_capture_on_commit_callbacks(execute=True):
        assert post("/jwt/api/token/blacklist/", {"refresh": pair["refresh"]}).status_code == 200
    assert get("/jwt/algorithms/RS256/whoami/", checked).json()["code"] == "token_denied"
    # After the end nobody would be told any more, so no checked token is made.
    answer = post("/jwt/algorithms/RS256/token/", {"checked": True, "refresh": pair["refresh"]}, pair["access"])
    assert answer.status_code == 401


def test_a_sign_in_of_somebody_else_is_not_taken(pair):
    User.objects.create_user("bob", "bob@example.com", PASSWORD)
    bobs = post("/jwt/api/token/", {"username": "bob", "password": PASSWORD}).json()
    answer = post("/jwt/algorithms/RS256/token/", {"checked": True, "refresh": bobs["refresh"]}, pair["access"])
    assert answer.status_code == 401
    assert not RefreshFamily.objects.filter(checked=True).exists()


def test_a_sign_in_that_ends_meanwhile_gives_no_checked_token(pair, monkeypatch):
    """Who ended it saw no token to deny."""
    check = RefreshToken.check

    def and_then_it_ends(token: RefreshToken) -> None:
        check(token)
        RefreshFamily.objects.get().revoke(RefreshFamily.Reason.ADMIN)

    monkeypatch.setattr(RefreshToken, "check", and_then_it_ends)
    answer = post("/jwt/algorithms/RS256/token/", {"checked": True, "refresh": pair["refresh"]}, pair["access"])
    assert answer.status_code == 401
    assert not RefreshFamily.objects.filter(checked=True).exists()


def test_a_sign_in_without_checked_tokens_denies_nothing(pair):
    made(pair, "RS256")
    RefreshFamily.objects.get().revoke(RefreshFamily.Reason.ADMIN)
    assert not Denial.objects.exists()


def test_without_labs_nothing_is_there(pair, settings):
    settings.LABS = False
    for where in ("token/", "whoami/", "jwks.json"):
        assert get(f"/jwt/algorithms/RS256/{where}", pair["access"]).status_code == 404
