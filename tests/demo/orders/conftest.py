"""The orders service: a real process, and a site that is only its public keys."""

from __future__ import annotations

import base64
import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from demo.processes import free_port
from tests.demo.conftest import SITE_B, end, serve

KEYS: dict[str, tuple[str, Any]] = {
    "RS256": ("rsa-1", rsa.generate_private_key(public_exponent=65537, key_size=2048)),
    "ES256": ("ec-1", ec.generate_private_key(ec.SECP256R1())),
    "EdDSA": ("ed-1", ed25519.Ed25519PrivateKey.generate()),
}


class Site:
    """What orders knows of the site: `/jwt/.well-known/jwks.json`. It counts how often it was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {"status": 200, "body": None}
        self.asked = 0
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked += self.path == "/jwt/.well-known/jwks.json"
                body = site.answers["body"]
                content = body if isinstance(body, bytes) else json.dumps(body or site.jwks()).encode()
                self.send_response(site.answers["status"])
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self.thread.start()

    def jwks(self) -> dict[str, Any]:
        keys = []
        for algorithm, (kid, key) in KEYS.items():
            members = jwt.get_algorithm_by_name(algorithm).to_jwk(key.public_key(), as_dict=True)
            keys.append({**members, "kid": kid, "alg": algorithm, "use": "sig"})
        return {"keys": keys}

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def token(self, algorithm: str = "RS256", headers: dict[str, Any] | None = None, **changes: Any) -> str:
        """An access token as SimpleJWT makes it; a change to None leaves the claim out."""
        now = int(time.time())
        claims = {
            "token_type": "access",
            "iat": now,
            "exp": now + 900,
            "jti": uuid.uuid4().hex,
            "user_id": "1",
            "username": "alice",
            "role": "learner",
            "iss": self.url,
            "aud": "authdemo-api",
        } | changes
        claims = {name: value for name, value in claims.items() if value is not None}
        kid, key = KEYS[algorithm]
        return jwt.encode(claims, key, algorithm, headers={"kid": kid} | (headers or {}))


class Orders:
    def __init__(self, url: str) -> None:
        self.url = url

    def get(self, token: str, **headers: str) -> requests.Response:
        headers["Authorization"] = f"Bearer {token}"
        return requests.get(f"{self.url}/orders/", headers=headers, timeout=20)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    running = Site()
    yield running
    running.stop()


@pytest.fixture
def new_site() -> Iterator[Site]:
    """A site that nobody has asked yet."""
    running = Site()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Orders]]:
    """Start an orders process that believes the site at this address."""
    processes = []

    def run(site_url: str, **more: str) -> Orders:
        port = free_port()
        # Nothing of the site but its address: no secret, no database, no settings.
        environment = {"DEMO_SITE_URL": site_url, "DEMO_SITE_B_URL": SITE_B, "PATH": "/usr/bin:/bin"} | more
        log = tmp_path_factory.mktemp("orders") / "orders.log"
        processes.append(serve("demo.orders.app:application", port, environment, log))
        return Orders(f"http://127.0.0.1:{port}")

    yield run
    for process in processes:
        end(process)


@pytest.fixture(scope="module")
def orders(start, site):
    return start(site.url)


def refused(answer: requests.Response, code: str) -> bool:
    """Refused as RFC 6750 says, with this code."""
    assert answer.status_code == 401, answer.text
    assert set(answer.json()) == {"detail", "code"}
    assert answer.headers["WWW-Authenticate"].startswith('Bearer realm="orders", error="invalid_token"')
    assert answer.json()["code"] == code, answer.json()
    return True


def encoded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
