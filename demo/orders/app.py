"""Orders: a service of its own that trusts the site's tokens and asks nobody about them.

No Django, no database, no call to the site for a request: it fetches the site's public keys once in a while and checks
each token with them. `waitress-serve --listen=127.0.0.1:9100 demo.orders.app:application`
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

import environ
import jwt

env = environ.Env()
SITE_URL = env.str("DEMO_SITE_URL", default="http://localhost:8000").rstrip("/")
SITE_B_URL = env.str("DEMO_SITE_B_URL", default="http://localhost:8001").rstrip("/")
AUDIENCE = "authdemo-api"
# Asymmetric only. With "HS256" in this list, anybody could sign with our public key as the secret.
ALGORITHMS = ["RS256", "ES256", "EdDSA"]
REFETCH_SECONDS = 60  # an unknown `kid` may mean new keys, or somebody's noise: ask again once a minute at most
RETRY_SECONDS = 5  # after a fetch that failed
KEYS_SECONDS = 300  # how long fetched keys count
TIMEOUT = 2
ALLOWED_ORIGINS = {f"{parts.scheme}://{parts.netloc}" for parts in map(urlsplit, (SITE_URL, SITE_B_URL))}

Headers = list[tuple[str, str]]
Answer = tuple[str, dict[str, Any] | None, Headers]

SAMPLES = [
    {"number": "2026-001", "item": "Notebook, squared", "price": "3.90"},
    {"number": "2026-002", "item": "Pencil, soft", "price": "1.20"},
    {"number": "2026-003", "item": "Lamp for a desk", "price": "24.00"},
]


class KeysUnavailable(Exception):
    """The site's keys could not be fetched, so nothing can be said about any token."""


class Refused(Exception):
    """The token proves nothing. The message is for the caller, `code` for programs."""

    def __init__(self, detail: str, code: str) -> None:
        super().__init__(detail)
        self.detail, self.code = detail, code


class SiteKeys(jwt.PyJWKClient):
    """PyJWT's client, which keeps the key set and asks again for an unknown `kid` once in `cooldown_duration`.

    It counts successful fetches only: while the site is down it would ask at every request, each in turn waiting for
    the timeout. Here a failure has its own short pause.
    """

    def __init__(self, uri: str) -> None:
        super().__init__(uri, lifespan=KEYS_SECONDS, timeout=TIMEOUT, cooldown_duration=REFETCH_SECONDS)
        self._failed_at = float("-inf")
        self._fetching = threading.Lock()

    def fetch_data(self) -> Any:
        """Fetch the key set. Raises KeysUnavailable, at once where a fetch has failed in the last seconds."""
        with self._fetching:
            if time.monotonic() - self._failed_at < RETRY_SECONDS:
                raise KeysUnavailable
            try:
                return super().fetch_data()
            except (jwt.PyJWTError, OSError, ValueError) as error:
                self._failed_at = time.monotonic()
                raise KeysUnavailable from error


keys = SiteKeys(f"{SITE_URL}/jwt/.well-known/jwks.json")


def verified(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return header and claims of a good access token. Raises Refused, KeysUnavailable."""
    try:
        header = jwt.get_unverified_header(token)
        # The header is the caller's word: `kid` only chooses among the site's keys, `alg` must be on our list.
        if header.get("alg") not in ALGORITHMS:
            raise Refused("Tokens signed with this algorithm are not accepted.", "algorithm_not_allowed")
        if not isinstance(header.get("kid"), str):
            raise Refused("The token does not say which key signed it.", "unknown_key")
        key = keys.get_signing_key(header["kid"])
        if key.algorithm_name != header["alg"]:  # RFC 8725 §3.1: each key is good for one algorithm
            raise Refused("Tokens signed with this algorithm are not accepted.", "algorithm_not_allowed")
        required = ["exp", "iat", "iss", "aud", "user_id"]
        options: Any = {"require": required, "enforce_minimum_key_length": True}
        claims = jwt.decode(token, key, [header["alg"]], audience=AUDIENCE, issuer=SITE_URL, options=options)
    except jwt.ExpiredSignatureError as error:
        raise Refused("The token has expired.", "token_expired") from error
    except jwt.PyJWKClientError as error:
        raise Refused("No key of the site has this kid.", "unknown_key") from error
    except jwt.InvalidAudienceError as error:
        raise Refused("The token was made for another service.", "wrong_audience") from error
    except jwt.InvalidIssuerError as error:
        raise Refused("The token was made by somebody else.", "wrong_issuer") from error
    except (jwt.PyJWTError, ValueError) as error:
        raise Refused("This is not a token that the site signed.", "token_not_valid") from error
    if claims.get("token_type") != "access":
        raise Refused("This is no access token. A refresh token is for the site alone.", "wrong_token_type")
    return header, claims


def orders(authorization: str) -> Answer:
    """`GET /orders/`: the orders of the token's user. RFC 6750 §3 says how to refuse."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        body = {"detail": "Send an access token: Authorization: Bearer …", "code": "not_authenticated"}
        return "401 Unauthorized", body, [("WWW-Authenticate", 'Bearer realm="orders"')]
    try:
        header, claims = verified(token.strip())
    except Refused as refused:
        challenge = f'Bearer realm="orders", error="invalid_token", error_description="{refused.detail}"'
        body = {"detail": refused.detail, "code": refused.code}
        return "401 Unauthorized", body, [("WWW-Authenticate", challenge)]
    except KeysUnavailable:
        body = {"detail": "The site's public keys cannot be fetched right now.", "code": "keys_unavailable"}
        return "503 Service Unavailable", body, [("Retry-After", str(RETRY_SECONDS))]
    user = {"id": str(claims["user_id"]), "username": claims.get("username")}
    body = {
        "user": user,
        "orders": SAMPLES[: 1 + sum(user["id"].encode()) % len(SAMPLES)],
        "verified_by": {"kid": header["kid"], "alg": header["alg"]},
        "database_queries": 0,  # there is no database
    }
    return "200 OK", body, []


def route(method: str, path: str, authorization: str) -> Answer:
    """Return status, JSON body and headers."""
    if path not in {"/orders/", "/healthz"}:
        return "404 Not Found", {"detail": "Only /orders/ and /healthz are here.", "code": "not_found"}, []
    if method == "OPTIONS":
        return "204 No Content", None, [("Allow", "GET, HEAD, OPTIONS")]
    if method not in {"GET", "HEAD"}:
        allow = [("Allow", "GET, HEAD, OPTIONS")]
        return "405 Method Not Allowed", {"detail": "Only GET is answered here.", "code": "method_not_allowed"}, allow
    if path == "/healthz":
        return "200 OK", {"status": "ok", "checks": {}}, []
    return orders(authorization)


def cors(path: str, origin: str) -> Headers:
    """Let the site's pages, on both instances, call `/orders/` from the browser. No cookie is involved."""
    if path != "/orders/":
        return []
    headers = [("Vary", "Origin")]
    if origin in ALLOWED_ORIGINS:
        headers += [
            ("Access-Control-Allow-Origin", origin),
            ("Access-Control-Allow-Methods", "GET"),
            ("Access-Control-Allow-Headers", "Authorization"),
            ("Access-Control-Expose-Headers", "WWW-Authenticate"),
            ("Access-Control-Max-Age", "600"),
        ]
    return headers


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """WSGI entry point."""
    path = environ.get("PATH_INFO", "")
    status, body, headers = route(environ["REQUEST_METHOD"], path, environ.get("HTTP_AUTHORIZATION", ""))
    content = b"" if body is None else json.dumps(body).encode()
    headers += cors(path, environ.get("HTTP_ORIGIN", ""))
    headers += [("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff")]
    if body is not None:
        headers += [("Content-Type", "application/json"), ("Content-Length", str(len(content)))]
    start_response(status, headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [content]
