"""Calls that this site makes itself, with `requests`, as they may be kept: redacted like what browsers send.

They belong to the request during which they are made. `recorder.also` keeps them until that one is answered.
"""

from __future__ import annotations

import re
from datetime import datetime
from http.cookies import CookieError, SimpleCookie
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.http import HttpRequest
from django.http.cookie import parse_cookie

from . import redaction
from .browser import recorded_as
from .known import what_is_known
from .models import Exchange
from .recorder import LARGEST_BODY

# A provider may send the header as well: no number that a column cannot hold.
COST = re.compile(r'(sql|cache);dur=[0-9.]+;desc="([0-9]{1,4})"')


class Timing(NamedTuple):
    """When a call began, and how long it took, in seconds."""

    at: datetime
    seconds: float


def exchange(
    leg: Exchange.Leg,
    request: HttpRequest,
    sent: requests.PreparedRequest,
    response: requests.Response | None,
    timing: Timing,
    *,
    who: str | None = None,
    failed: str = "",
) -> Exchange:
    """Return the redacted call, not saved yet, for the browser whose request is being answered.

    `who` is whom the answer names: "" for nobody, None where it does not say. `failed` is why there is no answer.
    """
    known = what_is_known(request, who)
    asked = redacted_request(sent, known)
    answer = {} if response is None else redacted_response(response, known)
    # A provider may say what it likes of its own costs; only this site's numbers are known to be counted.
    ours = leg == Exchange.Leg.DEVICE and response is not None
    cost = {} if not ours or response is None else dict(COST.findall(response.headers.get("Server-Timing", "")))
    host = urlsplit(sent.url or "").netloc
    return Exchange(
        leg=leg,
        browser=recorded_as(request),
        at=timing.at,
        instance=settings.INSTANCE_NAME,
        host=host if host in known.hosts else redaction.HIDDEN,
        method=asked["method"],
        path=asked["path"][:2000],
        status=answer.get("status", 0),
        failed=failed,
        request=asked,
        response=answer,
        carried=redaction.carried(asked),
        asked=who is not None,
        username=who or "",
        counted=bool(cost),
        statement_count=int(cost.get("sql", 0)),
        cache_count=int(cost.get("cache", 0)),
        microseconds=round(timing.seconds * 1_000_000),
        request_bytes=asked["size"],
        response_bytes=answer.get("size"),
    )


def redacted_request(sent: requests.PreparedRequest, known: redaction.Known) -> dict[str, Any]:
    """Return what was sent, with nothing in it that could be used."""
    content = sent.body.encode() if isinstance(sent.body, str) else sent.body or b""
    parts = urlsplit(sent.url or "")
    return redaction.redact_request(
        redaction.RequestParts(
            method=sent.method or "",
            path=parts.path,
            query=parts.query,
            headers=list(sent.headers.items()),
            cookies=list(parse_cookie(sent.headers.get("Cookie", "")).items()),
            content_type=sent.headers.get("Content-Type", ""),
            content=content,
            size=len(content),
        ),
        known,
    )


def redacted_response(response: requests.Response, known: redaction.Known) -> dict[str, Any]:
    """Return what came back, with nothing in it that could be used. Its body was read already."""
    kind = response.headers.get("Content-Type", "")
    looked_at = len(response.content) <= LARGEST_BODY and ("json" in kind or "form-urlencoded" in kind)
    return redaction.redact_response(
        redaction.ResponseParts(
            status=response.status_code,
            headers=list(response.headers.items()),
            cookies=set_cookies(response),
            content_type=kind,
            content=response.content if looked_at else b"",
            size=len(response.content),
        ),
        known,
    )


def set_cookies(response: requests.Response) -> list[Any]:
    """Return a `Morsel` for each Set-Cookie."""
    found: SimpleCookie = SimpleCookie()
    for line in response.raw.headers.getlist("Set-Cookie"):
        try:
            found.load(line)
        except CookieError:
            continue
    return list(found.values())


def failure(error: requests.RequestException) -> str:
    """Say in words why there is no answer. The error's own text may hold an address with its query: it is not said."""
    if isinstance(error, requests.Timeout):  # before ConnectionError: a ConnectTimeout is both
        return "no answer in time"
    if _is_refused(error):
        return "connection refused: nobody listens there"
    if isinstance(error, requests.ConnectionError):
        return "no connection"
    return "no usable answer"


def _is_refused(error: BaseException | None) -> bool:
    for _ in range(6):  # requests wraps what urllib3 wraps
        if error is None or isinstance(error, ConnectionRefusedError):
            break
        error = error.__cause__ or error.__context__
    return isinstance(error, ConnectionRefusedError)
