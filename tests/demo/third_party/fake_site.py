"""A site that does what it is told: the real one cannot be made to answer nonsense."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Event, Lock, Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm


@dataclass
class Drip:
    """An answer that does not come to its end. `first`: what comes at once."""

    first: bytes


Answer = Drip | tuple[int, Any] | tuple[int, Any, dict[str, str]] | bytes
NOTES = "/oauth/api/notes/"
WHOAMI = "/oauth/api/whoami/"
REPORTS = "/wire/reports/"
DISCOVERY = "/.well-known/openid-configuration"
JWKS = "/.well-known/jwks.json"


@dataclass
class Call:
    """What the app sent."""

    method: str
    path: str
    form: dict[str, str]
    authorization: str


class Handler(BaseHTTPRequestHandler):
    site: FakeSite
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.answer()

    def do_POST(self) -> None:
        self.answer()

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        path = urlsplit(self.path).path
        if path == REPORTS:  # what the app tells of itself; nothing that it asks for
            self.site.take_report(self, body)
            return
        call = Call(self.command, path, dict(parse_qsl(body)), self.headers.get("Authorization", ""))
        with self.site.lock:
            self.site.calls.append(call)
        said = self.site.answers.get(path, lambda call: (404, {}))(call)
        self.close_connection = True
        if isinstance(said, bytes):  # to the letter, be it HTTP or not
            self.wfile.write(said)
            return
        if isinstance(said, Drip):
            with suppress(OSError):  # nobody listens any more
                self.drip(said.first)
            return
        status, content, more = said if len(said) == 3 else (*said, {})
        raw = content.encode() if isinstance(content, str) else json.dumps(content).encode()
        self.send_response(status)
        headers = {"Content-Type": "application/json", "Content-Length": str(len(raw)), "Connection": "close"}
        for name, value in (headers | more).items():
            self.send_header(name, value)
        self.end_headers()
        with suppress(OSError):  # too large for who asked
            self.wfile.write(raw)

    def drip(self, first: bytes) -> None:
        self.wfile.write(first)
        while not self.site.released.wait(0.3):
            self.wfile.write(b"x")

    def log_message(self, *args: object) -> None:
        pass


@dataclass
class FakeSite:
    """Answers as a good site does; a test replaces what it is about in `answers`."""

    server: ThreadingHTTPServer
    answers: dict[str, Callable[[Call], Answer]] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    lock: Any = field(default_factory=Lock)
    released: Event = field(default_factory=Event)  # lets go who hangs
    nonce: str = ""
    number: int = 0
    reports: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)  # reports that came while the site did not watch
    watching: bool = False  # whether it takes reports
    since: str = ""  # of what happened after that: others are of the test before
    watching_all: bool = False  # discovery and keys, too
    hang_reports: bool = False
    told: Condition = field(default_factory=Condition)

    def __post_init__(self) -> None:
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.good()

    @cached_property
    def key(self) -> rsa.RSAPrivateKey:
        return rsa.generate_private_key(65537, 2048)

    def good(self) -> None:
        """Forget what a test has said, and what the app has asked."""
        self.calls.clear()
        self.answers.clear()
        self.since = datetime.now(UTC).isoformat()
        self.watching = self.watching_all = self.hang_reports = False
        self.reports.clear()
        self.refused.clear()
        self.released.clear()
        self.answers |= {
            DISCOVERY: lambda call: (200, self.metadata()),
            JWKS: lambda call: (200, {"keys": [self.jwk()]}),
            "/token": lambda call: (200, self.tokens()),
            "/revoke": lambda call: (200, {}),
            NOTES: lambda call: (201, {}) if call.method == "POST" else (200, {"notes": self.notes()}),
            WHOAMI: lambda call: (200, {"user": {"username": "alice"}}),
        }

    def metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "revocation_endpoint": f"{self.url}/revoke",
            "device_authorization_endpoint": f"{self.url}/device/code",
            "jwks_uri": f"{self.url}{JWKS}",
            "id_token_signing_alg_values_supported": ["RS256"],
            "authorization_response_iss_parameter_supported": True,
        }

    def jwk(self) -> dict[str, Any]:
        return RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True) | {"kid": "k1", "use": "sig", "alg": "RS256"}

    def notes(self) -> list[dict[str, Any]]:
        return [{"id": 1, "text": "Buy ink", "created_at": "2026-01-01T10:00:00Z"}]

    def tokens(self, **changes: Any) -> dict[str, Any]:
        with self.lock:
            self.number += 1
        access = f"access-token-number-{self.number}"
        answer: dict[str, Any] = {
            "access_token": access, "refresh_token": f"refresh-token-number-{self.number}", "token_type": "Bearer",
            "expires_in": 900, "scope": "openid profile notes:read", "id_token": self.id_token(access),
        }  # fmt: skip
        return {name: value for name, value in (answer | changes).items() if value is not None}

    def id_token(self, access: str = "", key: Any = None, algorithm: str = "RS256", **changes: Any) -> str:
        now = int(time.time())
        half = hashlib.sha256(access.encode()).digest()[:16]
        claims = {
            "iss": self.url, "sub": "7", "aud": "paper-and-ink", "iat": now, "exp": now + 300, "nonce": self.nonce,
            "preferred_username": "alice",
        } | ({"at_hash": base64.urlsafe_b64encode(half).rstrip(b"=").decode()} if access else {})  # fmt: skip
        claims = {name: value for name, value in (claims | changes).items() if value is not None}
        return jwt.encode(claims, key or self.key, algorithm, headers={"kid": "k1"})

    def asked(self, path: str) -> list[Call]:
        """Return the calls to a path."""
        return [call for call in self.calls if call.path == path]

    def take_report(self, handler: BaseHTTPRequestHandler, body: str) -> None:
        """Keep it where this exchange is watched."""
        handler.close_connection = True
        if self.hang_reports:
            self.released.wait(5)
        watching = self.watching  # asked once: a test may change it before the answer is out
        handler.send_response(204 if watching else 404)
        handler.send_header("Connection", "close")
        handler.end_headers()
        # Those two are asked once in a while, by whichever test comes first.
        told = json.loads(body)
        once = told["path"] in {DISCOVERY, JWKS} and not self.watching_all
        late = told["at"] < self.since
        with self.told:
            kept = self.reports if watching else self.refused
            kept += [body] if not once and not late else []
            self.told.notify_all()

    def reported(self, count: int) -> list[dict[str, Any]]:
        """Return so many reports in the order of their time, when they have come; fail where there are others."""
        with self.told:
            assert self.told.wait_for(lambda: len(self.reports) >= count, timeout=20), self.reports
            assert len(self.reports) == count, self.reports
            return sorted(map(json.loads, self.reports), key=lambda one: str(one["at"]))

    def refused_of(self, state: str) -> bool:
        """Wait until a report of this exchange was refused; tell whether one was."""
        with self.told:
            return self.told.wait_for(
                lambda: any(json.loads(one)["state"] == state for one in self.refused), timeout=20
            )

    def hang(self, call: Call) -> Answer:
        """Say nothing until the test is over."""
        self.released.wait(30)
        return (200, {})

    def drip(self, where: str) -> Callable[[Call], Answer]:
        """Send a byte now and then, for ever."""
        body = b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n"
        return lambda call: Drip(b"HTTP/1.1 200 OK\r\nX: " if where == "headers" else body)

    def start(self) -> None:
        Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self.released.set()
        self.server.shutdown()
        self.server.server_close()


def fake_site(port: int = 0) -> FakeSite:
    handler = type("OurHandler", (Handler,), {})
    server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    server.daemon_threads = True
    site = FakeSite(server)
    handler.site = site  # type: ignore[attr-defined]
    site.start()
    return site
