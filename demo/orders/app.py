"""Orders: a service of its own that believes the site's tokens and asks nobody about them.

No Django, no database, no call to the site for a request: it fetches the site's public keys now and then and checks
each token with them. Start: `waitress-serve --listen=127.0.0.1:9100 demo.orders.app:application`
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from .verify import RETRY_SECONDS, KeysUnavailable, Refused, SiteKeys, verified

SITE_URL = os.environ.get("DEMO_SITE_URL", "http://localhost:8000").rstrip("/")
SITE_B_URL = os.environ.get("DEMO_SITE_B_URL", "http://localhost:8001").rstrip("/")
AUDIENCE = "authdemo-api"
ALLOWED_ORIGINS = {f"{parts.scheme}://{parts.netloc}" for parts in map(urlsplit, (SITE_URL, SITE_B_URL))}
CORS = [
    ("Access-Control-Allow-Methods", "GET"),
    ("Access-Control-Allow-Headers", "Authorization"),
    ("Access-Control-Expose-Headers", "WWW-Authenticate"),
    ("Access-Control-Max-Age", "600"),
]
SAMPLES = [
    {"number": "2026-001", "item": "Notebook, squared", "price": "3.90"},
    {"number": "2026-002", "item": "Pencil, soft", "price": "1.20"},
    {"number": "2026-003", "item": "Lamp for a desk", "price": "24.00"},
]

Headers = list[tuple[str, str]]
Answer = tuple[str, dict[str, Any], Headers]
keys = SiteKeys(f"{SITE_URL}/jwt/.well-known/jwks.json")


def unauthorized(code: str, detail: str, error: str = "") -> Answer:
    """Return 401 with a challenge. RFC 6750 §3: it names an error only where a token was sent."""
    return (
        "401 Unauthorized",
        {"detail": detail, "code": code},
        [("WWW-Authenticate", f'Bearer realm="orders"{error}')],
    )


def orders(authorization: str) -> Answer:
    """`GET /orders/`: the orders of the token's user."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        return unauthorized("not_authenticated", "Send an access token in the header Authorization: Bearer ...")
    try:
        header, claims = verified(token.strip(), keys, issuer=SITE_URL, audience=AUDIENCE)
    except Refused as refused:
        error = f', error="invalid_token", error_description="{refused.detail}"'
        return unauthorized(refused.code, refused.detail, error)
    except KeysUnavailable:
        body = {"detail": "The site's public keys cannot be fetched right now.", "code": "keys_unavailable"}
        return "503 Service Unavailable", body, [("Retry-After", str(RETRY_SECONDS))]
    user_id = str(claims["user_id"])
    found: dict[str, Any] = {
        "user": {"id": user_id, "username": claims.get("username")},
        "role": claims.get("role"),  # as old as the token: what has changed since, only the site knows
        "orders": SAMPLES[: 1 + sum(user_id.encode()) % len(SAMPLES)],
        "verified_by": {"kid": header["kid"], "alg": header["alg"]},
        "database_queries": 0,  # there is no database to ask
    }
    return "200 OK", found, []


def route(method: str, path: str, authorization: str) -> Answer:
    """Return status, JSON body and headers."""
    if path not in {"/orders/", "/healthz"}:
        return "404 Not Found", {"detail": "Only /orders/ and /healthz are here.", "code": "not_found"}, []
    if method == "OPTIONS":
        return "204 No Content", {}, [("Allow", "GET, HEAD, OPTIONS")]
    if method not in {"GET", "HEAD"}:
        body = {"detail": "Only GET is answered here.", "code": "method_not_allowed"}
        return "405 Method Not Allowed", body, [("Allow", "GET, HEAD, OPTIONS")]
    if path == "/healthz":
        return "200 OK", {"status": "ok", "checks": {}, "key_fetches": keys.fetches}, []
    return orders(authorization)


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """WSGI entry point."""
    method, path, origin = environ["REQUEST_METHOD"], environ.get("PATH_INFO", ""), environ.get("HTTP_ORIGIN", "")
    status, body, headers = route(method, path, environ.get("HTTP_AUTHORIZATION", ""))
    headers += [("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"), ("Vary", "Origin")]
    # The site's pages, on both instances, may call from the browser. No cookie is involved.
    if path == "/orders/" and origin in ALLOWED_ORIGINS:
        headers += [("Access-Control-Allow-Origin", origin), *CORS]
    content = json.dumps(body).encode() if body else b""
    if content:
        headers += [("Content-Type", "application/json"), ("Content-Length", str(len(content)))]
    start_response(status, headers)
    return [] if method == "HEAD" else [content]
