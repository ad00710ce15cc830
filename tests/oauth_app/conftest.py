"""A company that vouches for people, as a real HTTP server whose answers a test can spoil."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings as django_settings
from django.test import Client
from jwt.algorithms import RSAAlgorithm

from oauth_app.client.endpoints import GitHubAdapter, GoogleAdapter
from tests.fixtures.demo import RunningDemo

PROVIDERS = ("github", "google", "outside")
PATHS = {"github": "github", "google": "google", "outside": "oidc/outside"}
TOKEN = {
    "github": "/github/login/oauth/access_token",
    "google": "/google/token",
    "outside": "/oidc/identity/o/api/token",
}
WHO = {"github": "/github/api/v3/user", "google": "/google/userinfo", "outside": "/oidc/identity/o/api/userinfo"}
DISCOVERY = "/oidc/.well-known/openid-configuration"
# All that the site asks once the browser is back, in this order.
LEGS = {
    "github": {"token": TOKEN["github"], "user": WHO["github"], "emails": "/github/api/v3/user/emails"},
    "google": {"token": TOKEN["google"], "user-info": WHO["google"], "keys": "/google/jwks"},
    "outside": {
        "discovery": DISCOVERY,
        "token": TOKEN["outside"],
        "user-info": WHO["outside"],
        "keys": "/oidc/jwks",
    },
}
REVOKE = {
    "github": "/github/api/v3/applications/authdemo-github/grant",
    "google": "/google/revoke",
    "outside": "/oidc/identity/o/api/revoke",
}
ONE_TOKEN = REVOKE | {"github": "/github/api/v3/applications/authdemo-github/token"}  # and no other
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)

JWKS = {"keys": [json.loads(RSAAlgorithm.to_jwk(KEY.public_key())) | {"kid": "key-1", "use": "sig", "alg": "RS256"}]}

Answer = Callable[[BaseHTTPRequestHandler], None]


def answer(body: Any, status: int = 200, kind: str = "application/json") -> Answer:
    """Send this body: text as it is, anything else as JSON."""

    def send(request: BaseHTTPRequestHandler) -> None:
        data = (
            body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else json.dumps(body).encode()
        )
        request.send_response(status)
        if kind:
            request.send_header("Content-Type", kind)
        request.send_header("Content-Length", str(len(data)))
        request.end_headers()
        request.wfile.write(data)

    return send


def silence(seconds: float) -> Answer:
    """Take the request and say nothing."""
    return lambda request: time.sleep(seconds)


def hang_up(request: BaseHTTPRequestHandler) -> None:
    """Take the request and close the connection."""
    request.close_connection = True


def drip(count: int, pause: float) -> Answer:
    """Send a byte now and then: each comes in time, the whole never does."""

    def send(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Type", "application/json")
        request.end_headers()
        for _ in range(count):
            request.wfile.write(b" ")
            request.wfile.flush()
            time.sleep(pause)

    return send


def sign(claims: dict[str, Any]) -> str:
    """Sign as an honest provider does."""
    return jwt.encode(claims, KEY, algorithm="RS256", headers={"kid": "key-1"})


@dataclass
class Company:
    """Plays all three providers. `person` is who signs in; `spoiled` maps a path to another answer."""

    url: str
    person: dict[str, Any]
    nonce: str = ""
    google: str = ""  # its issuer there; where the site is this process, the one of the settings
    changed: dict[str, Any] = field(default_factory=dict)  # claims of the ID token; None leaves one out
    sign: Callable[[dict[str, Any]], str] = sign
    spoiled: dict[str, Answer] = field(default_factory=dict)
    calls: list[tuple[str, dict[str, str], dict[str, str]]] = field(default_factory=list)
    stop: Callable[[], None] = lambda: None
    last: str = ""  # the path whose answer is the last: after that nobody listens here

    def claims(self, issuer: str, audience: str) -> dict[str, Any]:
        person, now = self.person, int(time.time())
        times = {"iss": issuer, "aud": audience, "iat": now, "exp": now + 300, "nonce": self.nonce}
        names = {"name": person["name"], "given_name": person["name"].split(" ")[0], "family_name": "Outside"}
        mail = {"email": person["email"], "email_verified": person["verified"]} if person["email"] else {}
        who = {"sub": person.get("sub", str(person["id"])), "preferred_username": person["login"]}
        return times | names | mail | who

    def id_token(self, **claims: Any) -> str:
        claims |= self.changed
        return self.sign({name: value for name, value in claims.items() if value is not None})

    def normal(self, path: str) -> Any:
        person, discovery = self.person, f"{self.url}/oidc"
        issuer = self.google or django_settings.SOCIALACCOUNT_PROVIDERS["google"]["ID_TOKEN_ISSUER"]
        google = self.claims(issuer, "authdemo-google")
        tokens = {"access_token": "provider-token", "token_type": "bearer", "expires_in": 3600}
        mail = {"email": person["email"], "primary": True, "verified": person["verified"]}
        answers: dict[str, Any] = {
            "/healthz": {"status": "ok"},
            TOKEN["github"]: "access_token=provider-token&scope=user%3Aemail&token_type=bearer",
            "/github/api/v3/user": {"id": person["id"], "login": person["login"], "name": person["name"]},
            "/github/api/v3/user/emails": [mail] if person["email"] else [],
            TOKEN["google"]: tokens | {"id_token": self.id_token(**google)},
            WHO["google"]: google,
            DISCOVERY: {
                "issuer": discovery,
                "authorization_endpoint": f"{discovery}/identity/o/authorize",
                "token_endpoint": self.url + TOKEN["outside"],
                "userinfo_endpoint": self.url + WHO["outside"],
                "jwks_uri": f"{discovery}/jwks",
                "revocation_endpoint": self.url + REVOKE["outside"],
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
            },
            f"{urlsplit(discovery).path}/jwks": JWKS,
            "/google/jwks": JWKS,
            "/google/jwks.json": JWKS,
            REVOKE["github"]: {},
            ONE_TOKEN["github"]: {},
            REVOKE["google"]: {},
            REVOKE["outside"]: {},
            TOKEN["outside"]: tokens | {"id_token": self.id_token(**self.claims(discovery, "authdemo-oidc"))},
            WHO["outside"]: self.claims(discovery, "authdemo-oidc"),
        }
        return answers[path]

    def respond(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0)).decode()
        path = urlsplit(request.path).path
        sent = json.loads(body) if body.startswith("{") else {k: v[0] for k, v in parse_qs(body).items()}
        self.calls.append((path, sent, dict(request.headers.items())))
        if path == self.last:
            self.stop()
        kind = "application/x-www-form-urlencoded" if path == TOKEN["github"] else "application/json"
        status = 204 if path in {REVOKE["github"], ONE_TOKEN["github"]} else 200
        (self.spoiled.get(path) or answer(self.normal(path), status, kind))(request)


@contextmanager
def listening() -> Iterator[Company]:
    """Run a company on a port of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            try:
                played.respond(self)
            except (BrokenPipeError, ConnectionResetError):  # the site has given up
                self.close_connection = True

        do_POST = do_DELETE = do_GET

        def log_message(self, *args: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 100  # a crowd comes at once

    def stop() -> None:
        server.shutdown()
        server.server_close()

    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    person = {"id": 1001, "login": "alice.outside", "name": "Alice Outside", "email": "alice@outside.example"}
    played = Company(f"http://127.0.0.1:{server.server_port}", person | {"verified": True}, stop=stop)
    yield played
    stop()


@pytest.fixture
def company(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Company]:
    """The company, with the site's three providers pointed at it."""
    with listening() as played:
        point_at(played.url, monkeypatch, settings)
        yield played


def point_at(url: str, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """Let the site in this process take whoever is at `url` for GitHub, Google and the OpenID provider."""
    monkeypatch.setattr(GitHubAdapter, "access_token_url", url + TOKEN["github"])
    monkeypatch.setattr(GitHubAdapter, "api_url", f"{url}/github/api/v3")
    monkeypatch.setitem(settings.SOCIALACCOUNT_PROVIDERS["google"], "REVOKE_URL", f"{url}/google/revoke")
    monkeypatch.setattr(GitHubAdapter, "profile_url", f"{url}/github/api/v3/user")
    monkeypatch.setattr(GitHubAdapter, "emails_url", f"{url}/github/api/v3/user/emails")
    monkeypatch.setattr(GoogleAdapter, "access_token_url", url + TOKEN["google"])
    monkeypatch.setattr(GoogleAdapter, "identity_url", url + WHO["google"])
    monkeypatch.setattr(GoogleAdapter, "jwks_uri", f"{url}/google/jwks")
    oidc = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["settings"]
    monkeypatch.setitem(oidc, "server_url", f"{url}/oidc")
    for provider in settings.SOCIALACCOUNT_PROVIDERS.values():
        monkeypatch.setitem(provider["APPS"][0]["settings"], "health_url", f"{url}/healthz")
    settings.SOCIALACCOUNT_REQUESTS_TIMEOUT = 2


@dataclass
class Visitor:
    """Somebody's browser at the site, in process; the provider's pages are skipped."""

    client: Client
    company: Company

    def start(self, provider: str = "github", **form: str) -> Any:
        """Press "Sign in with …"."""
        return self.client.post(f"/oauth/accounts/{PATHS[provider]}/login/", form)

    def state(self, provider: str = "github", **form: str) -> str:
        """Go to the provider, and return the state that must come back."""
        response = self.start(provider, **form)
        assert response.status_code == 302, response.content.decode()
        sent = parse_qs(urlsplit(response["Location"]).query)
        self.company.nonce = sent.get("nonce", [""])[0]
        return str(sent["state"][0])

    def come_back(self, provider: str = "github", **query: str) -> Any:
        """Return from the provider with this query."""
        return self.client.get(f"/oauth/accounts/{PATHS[provider]}/login/callback/", query)

    def sign_in(self, provider: str = "github", **form: str) -> Any:
        """Go there and back; return the response of the callback."""
        return self.come_back(provider, code="a-code", state=self.state(provider, **form))

    def username(self) -> str | None:
        """Who the site thinks this is."""
        answer = self.client.get("/sessions/api/whoami/")
        return str(answer.json()["user"]["username"]) if answer.status_code == 200 else None


@pytest.fixture
def visitor(client: Client, company: Company, db: None) -> Visitor:
    return Visitor(client, company)


@pytest.fixture
def another(company: Company, db: None) -> Callable[[], Visitor]:
    """A factory of further visitors, each with a browser of their own."""
    return lambda: Visitor(Client(), company)


@pytest.fixture
def nothing_allowed(demo: RunningDemo) -> Iterator[None]:
    """No app has anything of anybody in the demo that all tests share, before and after this one."""
    everything = "from oauth_app.provider.models import Consent\nfor one in Consent.objects.all(): one.revoke()"
    demo.shell(everything)
    yield
    demo.shell(everything)
