"""What may be told of a request, and what not.

**No token, no secret and no verifier leaves the app by this: names only, and of those only the ones that are known.**
Values are told of the parameters of the protocol that have come from the site, or go there by the browser.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, urlencode, urlsplit

import requests
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

Pairs: TypeAlias = list[tuple[str, str | None]]
Made: TypeAlias = dict[str, Any]

MANY = 40
LONG = 1000  # characters
OF_THE_WAY = {
    "client_id", "redirect_uri", "scope", "response_type", "state", "nonce", "code_challenge", "code_challenge_method",
    "prompt", "code", "error", "iss", "grant_type", "token_type_hint",
}  # fmt: skip
OF_AN_ANSWER = {
    "token_type", "expires_in", "scope", "error", "issuer", "authorization_endpoint", "token_endpoint",
    "userinfo_endpoint", "revocation_endpoint", "jwks_uri",
}  # fmt: skip
OF_AN_ERROR = OF_AN_ANSWER | {"code"}
NAMES = OF_THE_WAY | OF_AN_ANSWER | {
    "code_verifier", "refresh_token", "access_token", "id_token", "token", "client_secret", "csrfmiddlewaretoken",
    "keys", "notes", "text", "detail", "errors", "id", "created_at", "more", "error_description", "paper_session",
    "paper_csrf",
}  # fmt: skip


def page(request: HttpRequest, response: HttpResponseBase) -> Made:
    """Return what is told of a request of the browser."""
    location = response.get("Location", "")
    return {
        "end": "server",
        "host": request.get_host(),
        "method": request.method,
        "path": request.path,
        "query": told(parsed(request.META.get("QUERY_STRING", "")), OF_THE_WAY),
        "fields": names(request.POST),
        "cookies": names(request.COOKIES),
        "status": response.status_code,
        "location": address(location) if location else None,
        "set_cookies": names(response.cookies),
        "form": [],
        "answer": [],
        "authorization": "",
        "request_id": None,
    }


def call(sent: requests.PreparedRequest, response: requests.Response | None) -> Made:
    """Return what is told of a call to the site."""
    parts = urlsplit(sent.url or "")
    scheme = sent.headers.get("Authorization", "").partition(" ")[0]
    return {
        "end": "client",
        "host": parts.netloc,
        "method": sent.method,
        "path": parts.path,
        "query": [],
        "fields": [],
        "cookies": [],
        "set_cookies": [],
        "status": response.status_code if response is not None else 0,
        "location": None,
        "authorization": scheme if scheme in {"Basic", "Bearer"} else "",
        "form": told(form(sent), OF_THE_WAY),
        # An error of the API is called "code", too.
        "answer": told(fields(response), OF_AN_ANSWER if response is None or response.ok else OF_AN_ERROR),
        "request_id": number(response),
    }


def form(sent: requests.PreparedRequest) -> list[tuple[str, str]]:
    """Return the fields of a form, or those of a JSON object, whose values are never of the way."""
    text = sent.body.decode("utf-8", "replace") if isinstance(sent.body, bytes) else str(sent.body or "")
    if "json" in sent.headers.get("Content-Type", ""):
        return [(str(name), "") for name in json.loads(text)]
    return parsed(text)


def fields(response: requests.Response | None) -> list[tuple[str, str]]:
    """Return the fields of a JSON object that came back, none of anything else."""
    if response is None or "json" not in response.headers.get("Content-Type", ""):
        return []
    try:
        answer = response.json()
    except ValueError:
        return []
    return [(str(name), str(value)) for name, value in answer.items()] if isinstance(answer, dict) else []


def number(response: requests.Response | None) -> str | None:
    """Return the number that the site has given to this call, None where it has not."""
    try:
        return str(uuid.UUID(response.headers["X-Request-ID"])) if response is not None else None
    except (KeyError, ValueError):
        return None


def parsed(query: str) -> list[tuple[str, str]]:
    """Return the pairs of a query string, none where there are too many."""
    try:
        return parse_qsl(query, keep_blank_values=True, max_num_fields=MANY)
    except ValueError:
        return []


def told(pairs: Iterable[tuple[str, str]], these: set[str]) -> Pairs:
    """Return names that are known, with the values of `these`."""
    found = [(name, value if name in these and len(value) <= LONG else None) for name, value in pairs]
    return [(name if name in NAMES else "other", value) for name, value in found][:MANY]


def names(came: Iterable[str]) -> list[str]:
    """Return the names of fields or cookies, "other" for one that is not known here."""
    return [name if name in NAMES else "other" for name in came][:MANY]


def address(url: str) -> str | None:
    """Return an address of ours without its query, or the site's with what may be told of it; None for any other."""
    parts = urlsplit(url)
    if not parts.netloc:
        return parts.path
    if not url.startswith(f"{settings.SITE_URL}/"):
        return None
    pairs = [(name, value) for name, value in told(parsed(parts.query), OF_THE_WAY) if value is not None]
    return f"{parts.scheme}://{parts.netloc}{parts.path}?{urlencode(pairs)}"
