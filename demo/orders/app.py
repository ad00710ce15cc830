"""Orders: a service of its own that believes the site's tokens and asks nobody about them.

No Django, no database, no call to the site for a request: it fetches the site's public keys now and then and checks
each token with them. Only `/orders/asked/` does it the other way, to be compared: it asks the site at each call.
Start: `waitress-serve --listen=127.0.0.1:9100 demo.orders.app:application`
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from .ask import LONGEST, CannotAsk, NotAllowed, Said, Site
from .issuers import Issuers
from .verify import RETRY_SECONDS, KeysUnavailable, Refused, verified

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

log = logging.getLogger(__name__)
Headers = list[tuple[str, str]]
Answer = tuple[str, dict[str, Any], Headers]
issuers = Issuers(SITE_URL)
site = Site(SITE_URL)
SCOPE = "profile"  # its answer tells who the user is
PATHS = {"/orders/", "/orders/asked/"}


def unauthorized(code: str, detail: str, error: str = "") -> Answer:
    """Return 401 with a challenge. RFC 6750 §3: it names an error only where a token was sent."""
    return (
        "401 Unauthorized",
        {"detail": detail, "code": code},
        [("WWW-Authenticate", f'Bearer realm="orders"{error}')],
    )


def no_token() -> Answer:
    """Return 401 for who has sent none."""
    return unauthorized("not_authenticated", "Send an access token in the header Authorization: Bearer ...")


def orders(authorization: str) -> Answer:
    """`GET /orders/`: the orders of the token's user."""
    token = sent(authorization)
    if not token:
        return no_token()
    issuer, keys = issuers.of(token)
    before = keys.fetches
    try:
        header, claims = verified(token, keys, issuer=issuer, audience=AUDIENCE)
    except Refused as refused:
        error = f', error="invalid_token", error_description="{refused.detail}"'
        return unauthorized(refused.code, refused.detail, error)
    except KeysUnavailable:
        return away("keys_unavailable", "The site's public keys cannot be fetched right now.")
    user_id = str(claims["user_id"])
    found: dict[str, Any] = {
        "user": {"id": user_id, "username": claims.get("username")},
        "role": claims.get("role"),  # as old as the token: what has changed since, only the site knows
        "orders": of_user(user_id),
        "verified_by": {"kid": header["kid"], "alg": header["alg"]},
        "database_queries": 0,  # there is no database to ask
        "key_fetches": keys.fetches - before,  # for this call: 0, but for once in a while
    }
    return "200 OK", found, []


def asked(authorization: str) -> Answer:
    """`GET /orders/asked/`: the same for an opaque token, about which the site is asked."""
    token = sent(authorization)
    if not token:
        return no_token()
    try:
        said = site.ask(token) if len(token) <= LONGEST else None
    except NotAllowed:
        log.error("The site does not let this service ask about tokens. Is DEMO_ORDERS_SECRET right?")
        return away("not_allowed_to_ask", "This service may not ask the site about tokens. Its log says why.")
    except CannotAsk:
        return away("site_unavailable", "The site cannot be asked about tokens right now.")
    if said is None or not said.active:
        detail = "The site says that this token is not good (any more)."
        status, body, headers = unauthorized(
            "token_inactive", detail, f', error="invalid_token", error_description="{detail}"'
        )
        return status, body | ({"asked": cost_of(said)} if said else {}), headers
    user_id, scopes = said.claims.get("sub"), str(said.claims.get("scope", "")).split()
    if not isinstance(user_id, str) or not user_id:
        # No scope would help: a program's token for itself has nobody behind it (RFC 7662 §2.2: "sub" is optional).
        body = {"detail": "No user stands behind this token, and only users have orders.", "code": "no_user"}
        return "403 Forbidden", body, [("WWW-Authenticate", 'Bearer realm="orders"')]
    if SCOPE not in scopes:
        challenge = f'Bearer realm="orders", error="insufficient_scope", scope="{SCOPE}"'
        body = {"detail": f"The token needs the scope {SCOPE}.", "code": "insufficient_scope"}
        return "403 Forbidden", body, [("WWW-Authenticate", challenge)]
    found: dict[str, Any] = {
        "user": {"id": user_id, "username": said.claims.get("username")},
        "app": said.claims.get("client_id"),
        "orders": of_user(user_id),
        "asked": cost_of(said),
    }
    return "200 OK", found, []


def cost_of(said: Said) -> dict[str, Any]:
    """Return what it cost to ask."""
    return {"milliseconds": said.milliseconds, "statements_at_the_site": said.statements}


def sent(authorization: str) -> str:
    """Return the token of the header, "" where there is none."""
    scheme, _, token = authorization.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def of_user(user_id: str) -> list[dict[str, str]]:
    """Return this user's orders: always the same."""
    return SAMPLES[: 1 + sum(user_id.encode()) % len(SAMPLES)]


def away(code: str, detail: str) -> Answer:
    """Return 503: whether the token is good cannot be said."""
    return "503 Service Unavailable", {"detail": detail, "code": code}, [("Retry-After", str(RETRY_SECONDS))]


def route(method: str, path: str, authorization: str) -> Answer:
    """Return status, JSON body and headers."""
    if path not in PATHS | {"/healthz"}:
        detail = "Only /orders/, /orders/asked/ and /healthz are here."
        return "404 Not Found", {"detail": detail, "code": "not_found"}, []
    if method == "OPTIONS":
        return "204 No Content", {}, [("Allow", "GET, HEAD, OPTIONS")]
    if method not in {"GET", "HEAD"}:
        body = {"detail": "Only GET is answered here.", "code": "method_not_allowed"}
        return "405 Method Not Allowed", body, [("Allow", "GET, HEAD, OPTIONS")]
    if path == "/healthz":
        return "200 OK", {"status": "ok", "checks": {}, "key_fetches": issuers.fetches, "asked": site.calls}, []
    return asked(authorization) if path == "/orders/asked/" else orders(authorization)


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """WSGI entry point."""
    method, path, origin = environ["REQUEST_METHOD"], environ.get("PATH_INFO", ""), environ.get("HTTP_ORIGIN", "")
    status, body, headers = route(method, path, environ.get("HTTP_AUTHORIZATION", ""))
    headers += [("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"), ("Vary", "Origin")]
    # The site's pages, on both instances, may call from the browser. No cookie is involved.
    if path in PATHS and origin in ALLOWED_ORIGINS:
        headers += [("Access-Control-Allow-Origin", origin), *CORS]
    content = json.dumps(body).encode() if body else b""
    if content:
        headers += [("Content-Type", "application/json"), ("Content-Length", str(len(content)))]
    start_response(status, headers)
    return [] if method == "HEAD" else [content]
