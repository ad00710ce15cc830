"""Somebody's app, a user of this site, and what goes between them, in process."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from allauth.idp.oidc.models import Client as Registered
from django.test import Client

from tests.fixtures.people import PASSWORD as PASSWORD
from tests.fixtures.people import signed_in

SECRET = "s3cret-of-the-app"
CALLBACK = "http://127.0.0.1:9001/callback/"
VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
AUTHORIZE, TOKEN, REVOKE, USERINFO = (
    f"/identity/o/{name}" for name in ("authorize", "api/token", "api/revoke", "api/userinfo")
)
ALL = "openid profile notes:read notes:write"
REQUEST = {
    "client_id": "printer", "redirect_uri": CALLBACK, "response_type": "code", "scope": "notes:read",
    "state": "a-state", "code_challenge": CHALLENGE, "code_challenge_method": "S256",
}  # fmt: skip


def registered(name: str, secret: str = SECRET, *, public: bool = False, refresh: bool = True) -> Registered:
    """Register an app that may ask for all of `ALL`."""
    row = Registered(id=name, name=f"The {name}")
    row.type = Registered.Type.PUBLIC if public else Registered.Type.CONFIDENTIAL
    row.set_secret(secret)
    row.set_scopes(ALL.split())
    row.set_redirect_uris([CALLBACK])
    row.set_grant_types(["authorization_code", *(["refresh_token"] if refresh else [])])
    row.save()
    return row


@dataclass
class App:
    """An app that is registered here. `server` is what it calls us with: no cookies."""

    row: Registered
    server: Client = field(default_factory=Client)
    public: bool = False

    def query(self, **changes: str | None) -> dict[str, str]:
        """Return an authorization request; None leaves a parameter out."""
        asked: dict[str, str | None] = {**REQUEST, "client_id": self.row.pk, **changes}
        return {name: value for name, value in asked.items() if value is not None}

    def address(self, **changes: str | None) -> str:
        return f"{AUTHORIZE}?{urlencode(self.query(**changes))}"

    def ask(self, browser: Client, **changes: str | None) -> Any:
        return browser.get(self.address(**changes))

    def allowed(self, browser: Client, ticked: list[str] | None = None, **changes: str | None) -> Any:
        """Press "Allow" with all ticked, or these."""
        scopes = self.query(**changes).get("scope", "").split() if ticked is None else ticked
        return browser.post(self.address(**changes), {"action": "allow", "scopes": scopes})

    def code(self, browser: Client, **changes: str | None) -> str:
        response = self.allowed(browser, None, **changes)
        assert response.status_code == 303, response.content.decode()
        return sent(response)["code"]

    def credentials(self) -> dict[str, str]:
        return {"client_id": self.row.pk} | ({} if self.public else {"client_secret": SECRET})

    def token(self, **form: str | None) -> Any:
        body = self.credentials() | form
        return self.server.post(TOKEN, {name: value for name, value in body.items() if value is not None})

    def exchange(self, code: str, /, **changes: str | None) -> Any:
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, "code_verifier": VERIFIER}
        return self.token(**(form | changes))

    def refresh(self, token: str, /, **changes: str | None) -> Any:
        return self.token(**({"grant_type": "refresh_token", "refresh_token": token} | changes))

    def tokens(self, browser: Client, **changes: str | None) -> dict[str, Any]:
        """The whole way: allow, exchange."""
        response = self.exchange(self.code(browser, **changes))
        assert response.status_code == 200, response.content.decode()
        answer: dict[str, Any] = response.json()
        return answer

    def revoke(self, token: str, /, **changes: str) -> Any:
        return self.server.post(REVOKE, self.credentials() | {"token": token} | changes)

    def call(self, access: str, path: str = "/oauth/api/notes/", **body: Any) -> Any:
        bearer = {"authorization": f"Bearer {access}"}
        if body:
            return self.server.post(path, body, content_type="application/json", headers=bearer)
        return self.server.get(path, headers=bearer)

    def works(self, access: str) -> bool:
        status = self.call(access).status_code
        assert status in {200, 401}
        return bool(status == 200)


def sent(response: Any) -> dict[str, str]:
    """Return what a redirect to the app's callback carries."""
    assert response["Location"].startswith(f"{CALLBACK}?"), response["Location"]
    return {name: values[0] for name, values in parse_qs(urlsplit(response["Location"]).query).items()}


@pytest.fixture
def alices(alice) -> Client:
    """Alice's, signed in."""
    return signed_in(alice)


@pytest.fixture
def bobs(bob) -> Client:
    return signed_in(bob)


@pytest.fixture
def register(db) -> Callable[..., App]:
    """A factory of apps."""

    def make(name: str = "printer", *, public: bool = False, refresh: bool = True) -> App:
        return App(registered(name, public=public, refresh=refresh), public=public)

    return make


@pytest.fixture
def app(register) -> App:
    """A confidential client that may refresh."""
    made: App = register()
    return made
