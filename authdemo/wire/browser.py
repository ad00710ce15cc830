"""Which browser is this, and is its panel open? A signed cookie says so, and for calls without cookies a header.

A script that calls an API may leave the cookies out: the JWT client does, since the token alone shall say who calls.
Then the panel's script adds a header. What is in it lets nobody read anything: it names the browser for writing only.
"""

from __future__ import annotations

import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

COOKIE = "authdemo_wire"
HEADER, META_HEADER = "Authdemo-Wire", "HTTP_AUTHDEMO_WIRE"
AGE = 7 * 24 * 60 * 60  # seconds: the tour can be resumed. The exchanges themselves are kept for an hour.
OPEN, CLOSED = "open", "closed"

_cookie_signer = signing.TimestampSigner(salt="authdemo.wire.cookie")
_header_signer = signing.TimestampSigner(salt="authdemo.wire.header")


def _unsign(signer: signing.TimestampSigner, value: str) -> str:
    try:
        return signer.unsign(value, max_age=AGE)
    except signing.BadSignature:
        return ""


def _hash(identifier: str) -> str:
    return salted_hmac("authdemo.wire.browser", identifier, algorithm="sha256").hexdigest()


def _cookie(request: HttpRequest) -> tuple[str, str]:
    """Return identifier and state; both empty without a cookie of ours."""
    identifier, _, state = _unsign(_cookie_signer, request.COOKIES.get(COOKIE, "")).rpartition(".")
    return identifier, state


def browser_of(request: HttpRequest) -> str:
    """Return the hash that this browser's exchanges are kept under, "" where it has none. For reading."""
    identifier, _ = _cookie(request)
    return _hash(identifier) if identifier else ""


def is_open(request: HttpRequest) -> bool:
    """Tell whether this browser has its panel open."""
    return _cookie(request)[1] == OPEN


def acting(request: HttpRequest) -> str:
    """Return the hash of the browser that sends this, panel open or closed, "" for who has none. For writing only."""
    if COOKIE in request.COOKIES:
        return browser_of(request)
    # Every request without a cookie of ours comes by here: `request.headers` would be made for this alone.
    value = request.META.get(META_HEADER)
    return _unsign(_header_signer, value) if value else ""


def recorded_as(request: HttpRequest) -> str:
    """Return the hash to keep this exchange under, "" where it is not to be kept."""
    return "" if COOKIE in request.COOKIES and not is_open(request) else acting(request)


def header_for(request: HttpRequest) -> str:
    """Return what the panel's script sends along with calls that have no cookies."""
    return _header_signer.sign(browser_of(request))


def set_state(request: HttpRequest, response: HttpResponse, state: str) -> str:
    """Open or close the panel of this browser; the first time, give it an identifier. Returns its hash."""
    identifier = _cookie(request)[0] or secrets.token_urlsafe(16)
    response.set_cookie(
        COOKIE,
        _cookie_signer.sign(f"{identifier}.{state}"),
        max_age=AGE,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return _hash(identifier)
