"""A browser as far as these stories need one: it keeps cookies, fills in forms, and follows redirects by hand."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import requests

PASSWORD = "workshop-2026"
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


@dataclass
class Client:
    """The app's side of the flow: what the site would send, with one-time values of its own."""

    base: str
    authorize: str
    token: str
    client_id: str
    secret: str
    redirect_uri: str
    scope: str
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    state: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(16))

    def challenge(self) -> str:
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")

    def request_url(self, **changes: str | None) -> str:
        """The authorization request; a change to None leaves the parameter out."""
        query = {
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "response_type": "code",
            "scope": self.scope,
            "state": self.state,
            "nonce": self.nonce,
            "code_challenge": self.challenge(),
            "code_challenge_method": "S256",
        } | changes
        return f"{self.base}{self.authorize}?{urlencode({k: v for k, v in query.items() if v is not None})}"

    def exchange(self, code: str | None, **changes: str | None) -> requests.Response:
        """The token request, with the client's secret in the body."""
        body = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "client_id": self.client_id,
            "client_secret": self.secret,
            "code_verifier": self.verifier,
        } | changes
        data = {name: value for name, value in body.items() if value is not None}
        return requests.post(self.base + self.token, data=data, headers={"Accept": "application/json"}, timeout=20)


class Visitor(requests.Session):
    """Somebody's browser. `get` and `post` never follow redirects: the stories look at each leg."""

    def request(self, method, url, **kwargs):  # type: ignore[override]
        kwargs["allow_redirects"] = False
        kwargs.setdefault("timeout", 20)
        return super().request(method, url, **kwargs)

    def submit(self, page: requests.Response, **fields: str | list[str]) -> requests.Response:
        """Send the page's form back to the page's address, hidden fields included."""
        data: dict[str, list[str]] = {}
        for name, value in HIDDEN.findall(page.text):
            data.setdefault(name, []).append(unescape(value))
        for name, value in fields.items():
            data[name] = value if isinstance(value, list) else [value]
        return self.post(page.url, data=data)

    def sign_in(self, page: requests.Response, name: str, password: str = PASSWORD) -> requests.Response:
        """Fill in a sign-in page and open the page that it leads to."""
        answer = self.submit(page, username=name, password=password)
        return self.follow(answer) if answer.is_redirect else answer

    def follow(self, answer: requests.Response) -> requests.Response:
        return self.get(urljoin(answer.url, answer.headers["Location"]))

    def consent_page(self, url: str, name: str = "alice.outside") -> requests.Response:
        """Open an authorization request, sign in where asked, and return the consent page."""
        page = self.get(url)
        if page.is_redirect:
            page = self.sign_in(self.follow(page), name)
        assert page.status_code == 200, page.text
        assert "Allow" in page.text, page.text
        return page

    def code_for(self, client: Client, name: str = "alice.outside") -> str:
        """Go the whole way to a code."""
        answer = self.submit(self.consent_page(client.request_url(), name), action="grant")
        assert answer.status_code == 302, answer.text
        assert query_of(answer)["state"] == client.state
        return query_of(answer)["code"]


def query_of(answer: requests.Response) -> dict[str, str]:
    """The query of a redirect's target, each name once."""
    query = parse_qs(urlsplit(answer.headers["Location"]).query, strict_parsing=True)
    assert all(len(values) == 1 for values in query.values())
    return {name: values[0] for name, values in query.items()}
