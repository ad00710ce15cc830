"""What an app may ask for, checked before a user is bothered and before anything redirects. No request, no page."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from allauth.idp.oidc.models import Client
from django.http import QueryDict

from .clients import find, unusable

KNOWN = (
    "client_id", "redirect_uri", "response_type", "scope", "state", "nonce", "prompt", "max_age", "id_token_hint",
    "code_challenge", "code_challenge_method", "request", "request_uri",
)  # fmt: skip
NETLOC = re.compile(r"[A-Za-z0-9.:-]+")  # no character that would begin another directive
CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")  # RFC 7636 §4.2: 32 bytes in base64url


class Refused(Exception):
    """Said to the user, on a page of ours: an address that is not registered gets nothing from us."""


class SentBack(Exception):
    """Said to the app, at its registered address (RFC 6749 §4.1.2.1)."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error, self.description = error, description


@dataclass(frozen=True)
class Asked:
    """A request whose answer has a place to go to."""

    client: Client
    query: dict[str, str]

    @property
    def redirect_uri(self) -> str:
        """Return where the answer goes: one of the client's registered addresses, to the letter."""
        return self.query["redirect_uri"]

    @property
    def prompts(self) -> set[str]:
        """Return the values of `prompt` (OpenID Connect Core §3.1.2.1)."""
        return set(self.query.get("prompt", "").split())

    @property
    def max_age(self) -> int | None:
        """Return how many seconds ago the user may have signed in at most, None for any time."""
        return int(self.query["max_age"]) if "max_age" in self.query else None

    def encoded(self, *without: str) -> str:
        """Return the query once more, without some of its parameters."""
        return urlencode({name: value for name, value in self.query.items() if name not in without})


def known(values: QueryDict) -> QueryDict:
    """Return the parameters that we know, however often each came. RFC 6749 §3.1: others are ignored."""
    kept = QueryDict(mutable=True)
    for name in KNOWN:
        if name in values:
            kept.setlist(name, values.getlist(name))
    return kept


def read(values: QueryDict) -> Asked:
    """Return what is asked, and by whom. Raises Refused."""
    values = known(values)
    if why := unusable(values):
        raise Refused(why)
    client = find(values.get("client_id", ""))
    if client is None:
        raise Refused("No app with this client_id is registered here.")
    # RFC 9700 §2.1: exact string matching. allauth compares the parts, and forgives a port and a query.
    if values.get("redirect_uri") not in client.get_redirect_uris():
        raise Refused("The redirect_uri is not, character for character, one that the app registered.")
    return Asked(client, {name: str(value) for name, value in values.items() if value})


def check(asked: Asked) -> None:
    """Raise SentBack where the answer is no, whoever the user is. The engine looks at the scopes after that."""
    query, client = asked.query, asked.client
    for name in ("request", "request_uri"):  # OpenID Connect Core §6
        if name in query:
            raise SentBack(f"{name}_not_supported", "Send plain parameters.")
    if not query.get("response_type"):
        raise SentBack("invalid_request", "The response_type is missing.")
    if query["response_type"] != "code":
        # RFC 9700 §2.1.2: tokens in an address get into histories and logs.
        raise SentBack("unsupported_response_type", "Only response_type=code is offered here.")
    if Client.GrantType.AUTHORIZATION_CODE not in client.get_grant_types():
        raise SentBack("unauthorized_client", "This app is not registered for that.")
    # RFC 9700 §2.1.1: PKCE for all. RFC 7636 §4.2: "plain" protects nothing once the request was seen.
    if query.get("code_challenge_method") != "S256" or not CHALLENGE.fullmatch(query.get("code_challenge", "")):
        raise SentBack("invalid_request", "PKCE is required: a code_challenge, and code_challenge_method=S256.")
    if not re.fullmatch(r"[0-9]{0,9}", query.get("max_age", "")):
        raise SentBack("invalid_request", "max_age is a number of seconds.")
    if "none" in asked.prompts and len(asked.prompts) > 1:
        raise SentBack("invalid_request", "prompt=none goes with no other prompt.")


def leads_to(redirect_uri: str) -> str:
    """Return what a Content-Security-Policy calls the place of this address: its origin, or its scheme."""
    parts = urlsplit(redirect_uri)
    if parts.scheme not in {"http", "https"}:
        return f"{parts.scheme}:"
    return f"{parts.scheme}://{parts.netloc}" if NETLOC.fullmatch(parts.netloc) else ""


def answer(redirect_uri: str, issuer: str, parameters: Iterable[tuple[str, str | None]]) -> str:
    """Return the address of the answer. `iss` says whose answer it is (RFC 9207), to clients of several providers."""
    given = [(name, value) for name, value in parameters if value]
    joint = "" if redirect_uri.endswith("?") else "&" if urlsplit(redirect_uri).query else "?"
    return f"{redirect_uri}{joint}{urlencode([*given, ('iss', issuer)])}"
