"""The inspector as a program asks it, and as a person without a script."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from django.test import Client
from jwt.utils import base64url_encode

from jwt_app import keys
from jwt_app.backend import token_backend
from tests.jwt_app.conftest import claims, use_algorithm

__all__ = ["use_algorithm"]

URL = "/jwt/api/inspect/"
PAGE = "/jwt/inspector/"
SECRET = "a secret that no list has, and long enough"


@pytest.fixture(autouse=True)
def labs(settings: Any) -> None:
    settings.LABS = True


@pytest.fixture
def ask() -> Callable[..., Any]:
    """Post JSON and return the answer, which must be a 200."""
    client = Client(raise_request_exception=True)

    def post(token: Any, **more: Any) -> Any:
        response = client.post(URL, {"token": token, **more}, content_type="application/json")
        assert response.status_code == 200, response.content
        return response.json()

    return post


def failed(answer: Any) -> dict[str, str]:
    """What was wrong, by name."""
    return {check["name"]: check["detail"] for check in answer["checks"] if not check["ok"]}


def hs256(payload: dict[str, Any], secret: str = SECRET, **header: Any) -> str:
    """Signed with any secret, also with one that PyJWT would warn of."""
    parts = ({"alg": "HS256"} | header, payload)
    text = b".".join(base64url_encode(json.dumps(part).encode()) for part in parts)
    signature = jwt.get_algorithm_by_name("HS256").sign(text, secret.encode())
    return b".".join((text, base64url_encode(signature))).decode()


def site_token(**changes: Any) -> str:
    """A token as the site makes it."""
    return token_backend().encode(claims(**changes))


def pair(algorithm: str) -> tuple[str, str]:
    """A new private key and its public half, as PEM; a secret is both."""
    private = keys.new_key(algorithm)
    return private, keys.public_key(algorithm, private) or private
