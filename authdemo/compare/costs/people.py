"""Who is in the scratch site, and the requests that each sends. Values are made by the site itself, as for anybody."""

from __future__ import annotations

import base64
import json
import secrets
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from django.conf import settings
from django.urls import reverse

from authdemo import third_party
from authdemo.accounts.models import User
from demo.orders import ask

from .calls import Call, NotMeasured, Sender
from .hashing import one_round

CSRF = "c" * 32  # cookie and form have the same, which is all that is compared
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
SCOPE = "openid profile"
VERIFIER = "v" * 64
Headers = tuple[tuple[str, str], ...]


class Person:
    """A user with a password of their own. `quick`: hashed in one round, for whose sign-in nobody measures."""

    def __init__(self, name: str, *, quick: bool = False) -> None:
        self.name, self.password, self.quick = name, secrets.token_urlsafe(12), quick
        if quick:
            with one_round():
                self.user = self._made()
        else:
            self.user = self._made()

    def _made(self) -> User:
        user: User = User.objects.create_user(self.name, f"{self.name}@example.com", self.password)
        return user

    # ---- What this person's browser and programs send
    def signs_in(self) -> Call:
        """The form of `/sessions/login/`."""
        return form("sessions:login", {"username": self.name, "password": self.password})

    def gets_tokens(self) -> Call:
        """`POST /jwt/api/token/`."""
        body = json.dumps({"username": self.name, "password": self.password}).encode()
        return call("POST", reverse("jwt:login"), (("Content-Type", JSON),), body)

    def session(self, sender: Sender) -> str:
        """Sign in unmeasured, and return the cookie's value."""
        with one_round():
            value = sender.quiet(self.signs_in()).cookie(settings.SESSION_COOKIE_NAME)
        if not value:
            raise NotMeasured(f"{self.name} got no session.")
        return value

    def allows(self, session: str) -> Call:
        """Press "Allow" for the app, on the consent page."""
        app = third_party.APPS[0]
        asked = {
            "client_id": app.pk, "redirect_uri": app.redirect_uris[0], "response_type": "code", "scope": SCOPE,
            "code_challenge": create_s256_code_challenge(VERIFIER), "code_challenge_method": "S256",
        }  # fmt: skip
        fields = {"action": "allow", "scopes": "profile"}
        return form("idp:oidc:authorization", fields, session, query=f"?{urlencode(asked)}")

    def opaque_tokens(self, sender: Sender, session: str) -> dict[str, str]:
        """Go the whole way of a code unmeasured, and return the app's tokens."""
        answer = sender.quiet(exchanges(code_in(sender.quiet(self.allows(session)).header("Location"))))
        found: dict[str, str] = json.loads(answer.body)
        return found


def code_in(address: str) -> str:
    """Return the code that the browser takes back to the app."""
    return parse_qs(urlsplit(address).query).get("code", [""])[0]


def exchanges(code: str) -> Call:
    """The app changes a code for tokens."""
    fields = {"grant_type": "authorization_code", "code": code, "redirect_uri": third_party.APPS[0].redirect_uris[0]}
    return as_app("idp:oidc:token", fields | {"code_verifier": VERIFIER})


def as_app(view: str, fields: dict[str, str]) -> Call:
    """The app's server sends a form, with its name and secret in it."""
    app = third_party.APPS[0]
    body = urlencode(fields | {"client_id": app.pk, "client_secret": app.secret}).encode()
    return call("POST", reverse(view), (("Content-Type", FORM),), body)


def asks_about(token: str) -> Call:
    """The orders service asks about a token, as `demo/orders/ask.py` does."""
    value = "Basic " + base64.b64encode(":".join(ask.CREDENTIALS).encode()).decode()
    body = urlencode({"token": token, "token_type_hint": "access_token"}).encode()
    headers = (("Authorization", value), ("Content-Type", FORM))
    return call("POST", reverse("oauth_provider_introspect"), headers, body, credential=value)


def with_cookie(view: str, session: str, **kwargs: Any) -> Call:
    """A browser with a session gets a page."""
    value = f"{settings.SESSION_COOKIE_NAME}={session}"
    return call("GET", reverse(view, **kwargs), (("Cookie", value),), credential=value)


def with_token(path: str, token: str) -> Call:
    """A program calls with a token."""
    value = f"Bearer {token}"
    return call("GET", path, (("Authorization", value),), credential=value)


def posts_json(view: str, content: dict[str, str]) -> Call:
    """A program sends JSON."""
    return call("POST", reverse(view), (("Content-Type", JSON),), json.dumps(content).encode())


def form(view: str, fields: dict[str, str], session: str = "", query: str = "") -> Call:
    """A browser sends a form of the site, with the CSRF token."""
    credential = f"{settings.SESSION_COOKIE_NAME}={session}" if session else ""
    cookies = "; ".join(filter(None, (f"{settings.CSRF_COOKIE_NAME}={CSRF}", credential)))
    body = urlencode(fields | {"csrfmiddlewaretoken": CSRF}).encode()
    headers = (("Cookie", cookies), ("Content-Type", FORM))
    return call("POST", reverse(view) + query, headers, body, credential)


def call(method: str, path: str, headers: Headers = (), body: bytes = b"", credential: str = "") -> Call:
    """Add what each request must have (RFC 9112 §3.2, §6)."""
    host = (("Host", urlsplit(settings.SITE_URL).netloc),)
    length = (("Content-Length", str(len(body))),) if body else ()
    return Call(method, path, (*host, *headers, *length), body, credential)
