"""A user, a client for the API, forged tokens, keys that change, and the deny-list on each kind of cache."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import jwt
import pytest
from django.conf import settings as project
from django.contrib.auth import get_user_model
from django.core.cache import caches
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from authdemo.wire.outgoing import COST
from jwt_app import denylist_cache, keys
from jwt_app.backend import token_backend
from jwt_app.denylist_cache import COPY, STAMP

PASSWORD = "correct horse battery"
REDIS = "authdemo.wire.caches.redis.RedisCache"


@dataclass
class API:
    """The API as a program sees it: JSON in, status and JSON out."""

    client: Client

    def post(self, name: str, data: Any, path: str = "", **extra: Any) -> Any:
        body = data if isinstance(data, str | bytes) else json.dumps(data)
        extra.setdefault("content_type", "application/json")
        # Not client.post: that would encode the body in whatever charset the content type names.
        raw = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
        return self.client.generic("POST", reverse(f"jwt:{name}") + path, raw, **extra)

    def get(self, name: str, token: str | None = None, **headers: str) -> Any:
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        return self.client.get(reverse(f"jwt:{name}"), headers=headers)

    def sign_in(self, username: str = "alice", password: str = PASSWORD) -> dict[str, str]:
        response = self.post("login", {"username": username, "password": password})
        assert response.status_code == 200, response.content
        pair: dict[str, str] = response.json()
        return pair

    def refresh(self, token: str) -> Any:
        return self.post("refresh", {"refresh": token})


@pytest.fixture
def api() -> API:
    return API(Client(raise_request_exception=True))


@pytest.fixture
def alice(db: None) -> Any:
    return get_user_model().objects.create_user("alice", "alice@example.com", PASSWORD)


@pytest.fixture
def bob(db: None) -> Any:
    return get_user_model().objects.create_user("bob", "bob@example.com", PASSWORD)


def claims(kind: str = "access", **changes: Any) -> dict[str, Any]:
    """A payload as the site makes it, with some claims changed, or left out where the change is `...`."""
    now = datetime.now(UTC)
    payload = {
        "token_type": kind,
        "exp": int((now + timedelta(minutes=5)).timestamp()),
        "iat": int(now.timestamp()),
        "jti": uuid4().hex,
        "user_id": "1",
        "username": "alice",
        "role": "user",
        "iss": project.SIMPLE_JWT["ISSUER"],
        "aud": project.SIMPLE_JWT["AUDIENCE"],
    }
    return {name: value for name, value in (payload | changes).items() if value is not ...}


@pytest.fixture
def forge() -> Callable[..., str]:
    """Sign any payload with the site's own key, and under its name unless told otherwise."""

    def make(
        payload: dict[str, Any], key: Any = None, algorithm: str = "", header: dict[str, Any] | None = None
    ) -> str:
        backend = token_backend().signing
        if header is None:
            header = {"kid": backend.public_jwk["kid"]}
        # Not jwt.encode: that refuses to make some of the payloads that are tried here.
        raw = json.dumps(payload).encode()
        return jwt.PyJWS().encode(raw, key or backend.prepared_signing_key, algorithm or backend.algorithm, header)

    return make


@pytest.fixture
def use_algorithm(settings: Any) -> Iterator[Callable[[str], str]]:
    """Let the site sign with another algorithm, with a new key; return the key."""

    def use(algorithm: str) -> str:
        key = keys.new_key(algorithm)
        settings.SIMPLE_JWT = settings.SIMPLE_JWT | {
            "ALGORITHM": algorithm,
            "SIGNING_KEY": key,
            "VERIFYING_KEY": keys.public_key(algorithm, key),
        }
        settings.JWT_KEY_RING = None
        token_backend.cache_clear()
        return key

    yield use
    token_backend.cache_clear()


def refused(response: Any, code: str) -> None:
    """Assert a 401 that tells a program why, and how to come in (RFC 6750 §3)."""
    assert response.status_code == 401, response.content
    body = response.json()
    assert body.keys() == {"detail", "code"}
    assert body["code"] == code, body
    challenge = response["WWW-Authenticate"]
    assert challenge.startswith('Bearer realm="api"')
    if code in {"not_authenticated", "no_active_account"}:
        assert "error=" not in challenge
    else:
        assert f'error="invalid_token", error_description="{body["detail"]}"' in challenge


@pytest.fixture(params=["redis", "database"])
def cache(request: pytest.FixtureRequest, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The deny-list is on, with an empty cache, in a process that has read nothing yet."""
    settings.JWT_DENYLIST = True
    if request.param == "redis":
        redis: dict[str, Any] = {
            "BACKEND": REDIS,
            "LOCATION": request.getfixturevalue("redis_url"),
            "OPTIONS": {"SERIALIZER": "django_redis.serializers.json.JSONSerializer"},
            "KEY_PREFIX": request.node.name,
        }
        settings.CACHES = settings.CACHES | {"security": redis}
    monkeypatch.setattr(denylist_cache, "_settled", None)
    found = caches["security"]
    found.delete_many([STAMP, COPY])
    return found


@pytest.fixture
def denied(api: API, alice: Any, cache: Any) -> str:
    """An access token that was taken back by a sign-out."""
    pair = api.sign_in()
    assert api.get("whoami", pair["access"]).status_code == 200
    api.post("logout", {"refresh": pair["refresh"]})
    refused(api.get("whoami", pair["access"]), "token_denied")
    return pair["access"]


def cost(api: API, endpoint: str, token: str) -> tuple[int, int, int]:
    """The status, statements and cache calls of a call."""
    answer = api.get(endpoint, token)
    found = dict(COST.findall(answer["Server-Timing"]))
    return answer.status_code, int(found["sql"]), int(found["cache"])


def payload(token: str) -> dict[str, Any]:
    found: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return found


@pytest.fixture
def ring_file(settings: Any, tmp_path: Path) -> Any:
    """The site has a ring of its own, with one key for ES256."""
    settings.JWT_KEY_RING = tmp_path / "jwt_keys.json"
    settings.SIMPLE_JWT = settings.SIMPLE_JWT | {"ALGORITHM": "ES256", "SIGNING_KEY": "", "VERIFYING_KEY": ""}
    token_backend.cache_clear()
    yield settings.JWT_KEY_RING
    token_backend.cache_clear()


def rotated(*options: str) -> str:
    out = StringIO()
    call_command("rotate_jwt_keys", *options, stdout=out)
    return out.getvalue()


def kid(token: str) -> str:
    return str(jwt.get_unverified_header(token)["kid"])
