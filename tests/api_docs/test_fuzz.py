"""Schemathesis sends what the description allows, and what it does not: nothing breaks, and no token is believed that
we have not issued.
"""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from typing import Any

import jwt
import pytest
import schemathesis
from django.conf import settings as project
from django.test import Client
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as bounds
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from authdemo.accounts.models import User
from authdemo.wsgi import application

pytestmark = pytest.mark.django_db
NONE = b'{"alg": "none"}'
CSRF = "a" * 32  # what a page of the site would have
PASSWORD = "correct horse battery"
BOUNDED = bounds(
    max_examples=20,
    deadline=None,
    derandomize=True,  # the same calls each time
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


def operations() -> list[Any]:
    """Each endpoint of the description that the running site gives out."""
    description: Any = schemathesis.openapi.from_wsgi("/jwt/api/schema/", application)
    return [found.ok() for found in description.get_all_operations()]


def cases(operation: Any) -> st.SearchStrategy[Any]:
    """Calls as the description allows them, and calls that it does not allow."""
    allowed: st.SearchStrategy[Any] = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    refused: st.SearchStrategy[Any] = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
    return allowed | refused if operation.body else allowed


def is_secured(operation: Any) -> bool:
    """Whether the description says that a token is needed."""
    return bool(operation.definition.raw.get("security"))


@pytest.fixture(autouse=True)
def labs(settings: Any) -> None:
    settings.LABS = True  # the inspector takes tokens, too


@pytest.fixture
def issued(db: None) -> dict[str, str]:
    """A pair of tokens, really issued."""
    User.objects.create_user("alice", "alice@example.com", PASSWORD)
    return sign_in()


def sign_in() -> dict[str, str]:
    """Return one more pair."""
    answer = Client().post(
        "/jwt/api/token/", {"username": "alice", "password": PASSWORD}, content_type="application/json"
    )
    pair: dict[str, str] = answer.json()
    return pair


def encoded(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def hs256(header: str, payload: str, secret: str) -> str:
    """The token under the same key ID, signed with a secret that somebody may guess."""
    members = json.loads(urlsafe_b64decode(header + "==")) | {"alg": "HS256"}
    text = f"{encoded(json.dumps(members).encode())}.{payload}"
    return f"{text}.{encoded(hmac.digest(secret.encode(), text.encode(), 'sha256'))}"


def unsigned(payload: str) -> str:
    return f"{encoded(NONE)}.{payload}."


def nearly(token: str) -> st.SearchStrategy[str]:
    """Texts that are nearly the token: one letter is another, parts cut or swapped, unsigned, a known secret."""
    header, payload, signature = token.split(".")
    letters = st.sampled_from("ABCXYZabcxyz019-_.=")
    changed = st.builds(
        lambda at, letter: token[:at] + letter + token[at + 1 :], st.integers(0, len(token) - 1), letters
    )
    secrets = st.sampled_from(["", "secret", "changeme", "x", signature])
    signed = st.builds(lambda secret: hs256(header, payload, secret), secrets)
    pieces = st.sampled_from([f"{header}.{payload}.", f"{header}.{payload}", f"{payload}.{header}.{signature}", ""])
    return (
        changed
        | signed
        | pieces
        | st.just(unsigned(payload))
        | st.text(st.characters(codec="ascii", categories=["L", "N", "P"]), max_size=60)
    )


def says_the_same(one: str, other: str) -> bool:
    """Whether two texts are one token: the last letter of a part has bits that count for nothing (RFC 4648 §3.5)."""
    return [part.rstrip("=") for part in one.split(".")][:2] == other.split(".")[:2] and decoded(one) == decoded(other)


def decoded(token: str) -> Any:
    """Signature and claims."""
    try:
        return jwt.api_jws.PyJWS().decode_complete(token, options={"verify_signature": False})["signature"]
    except jwt.InvalidTokenError:
        return token


def test_whatever_is_sent_is_answered_as_described(issued: dict[str, str]) -> None:
    def sender(operation: Any) -> Callable[[], None]:
        @BOUNDED
        @given(st.data(), st.booleans())
        def send(data: Any, with_nothing: bool) -> None:
            case = data.draw(cases(operation))
            if with_nothing:  # else with whatever Schemathesis takes for a token
                case.headers.pop("Authorization", None)
            response = case.call(headers={"X-CSRFToken": CSRF}, cookies={project.CSRF_COOKIE_NAME: CSRF})
            case.validate_response(response, checks=CHECKS)
            assert not (is_secured(operation) and response.status_code == 200), "no token of ours was sent"

        return send

    for operation in operations():
        sender(operation)()


def test_only_a_token_that_we_issued_opens_anything(issued: dict[str, str]) -> None:
    token = st.just(issued["access"]) | nearly(issued["access"]) | nearly(issued["refresh"])

    def sender(operation: Any) -> Callable[[], None]:
        @BOUNDED
        @given(st.data(), token)
        def send(data: Any, sent: str) -> None:
            case = data.draw(cases(operation))
            response = case.call(headers={"Authorization": f"Bearer {sent}"})
            case.validate_response(response, checks=CHECKS)
            if is_secured(operation):
                assert (response.status_code == 200) == says_the_same(sent, issued["access"])

        return send

    for operation in operations():
        sender(operation)()


def test_only_a_token_that_we_issued_is_exchanged_or_called_good(issued: dict[str, str]) -> None:
    """The same in the bodies, where nothing but the real one is worth a 200."""
    api = {"refresh": "/jwt/api/token/refresh/", "token": "/jwt/api/token/verify/"}

    @BOUNDED
    @given(nearly(issued["access"]) | nearly(issued["refresh"]), st.sampled_from(sorted(api)))
    def send(sent: str, field: str) -> None:
        answer = Client().post(api[field], {field: sent}, content_type="application/json")
        assert answer.status_code in {200, 400, 401}
        known = any(says_the_same(sent, one) for one in issued.values())
        assert (answer.status_code == 200) <= known, sent

    send()
    # Among what was sent may have been the real refresh token, which works once: one that nobody has sent yet.
    assert Client().post(api["refresh"], sign_in(), content_type="application/json").status_code == 200
