"""Keep exchanges: after the answer was sent, redacted, and only for a browser that has its panel open."""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.db import transaction
from django.http import HttpRequest, HttpResponse, RawPostDataException
from django.http.multipartparser import MultiPartParserError
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.functional import SimpleLazyObject, empty

from . import redaction
from .browser import recorded_as
from .counters import Counters
from .known import what_is_known
from .models import OF_APPS, Exchange

logger = logging.getLogger("authdemo.wire")

LARGEST_BODY = 16 * 1024  # bytes; of a larger one only the size is kept
MOST_CALLS = 100
# Looked at by the pages themselves every two seconds, or about the list itself: they would push out what was done.
# Whatever people paste there may be a credential of somewhere else: not even its names and numbers are kept.
BODY_WITHHELD = ("/jwt/inspector/", "/jwt/api/inspect/")
NOT_RECORDED = (
    "/wire/", "/start-over/", "/workshop/tour/status/", "/oauth/third-party/", "/healthz", "/favicon.ico",
)  # fmt: skip


def wanted(request: HttpRequest) -> bool:
    """Tell whether this exchange is to be kept. Reads a small body, so that it is still there afterwards."""
    if request.path.startswith((*NOT_RECORDED, settings.STATIC_URL)) or not recorded_as(request):
        return False
    read_body(request)  # Django keeps what was read, and views read it from there
    return True


def also(request: HttpRequest, exchange: Exchange) -> None:
    """Keep this one, too, when the request during which it happened has been answered: not before, so that it is in
    nobody's counts. Where that request is not kept, neither is this.
    """
    also_kept(request).append(exchange)


def also_kept(request: HttpRequest) -> list[Exchange]:
    """Return what happened besides, during this request."""
    kept: list[Exchange] = request.__dict__.setdefault("wire_also_kept", [])
    return kept


def record(request: HttpRequest, response: HttpResponseBase, counters: Counters, **fields: Any) -> None:
    """Keep an exchange, and what happened during it. The answer was sent: nobody feels a failure, it is logged.

    `fields` are those of `Exchange` that the request itself does not tell.
    """
    try:
        keep(describe(request, response, counters, **fields), *also_kept(request))
    except Exception as error:  # noqa: BLE001  whatever it is, it must not reach the user, nor its text the log
        logger.error("an exchange was not kept: %s", type(error).__name__)


def keep(exchange: Exchange, *others: Exchange) -> None:
    """Save exchanges of one browser, and delete what is too old or too much."""
    with transaction.atomic():
        Exchange.objects.bulk_create([exchange, *others])
        Exchange.objects.prune(exchange.browser, exchange.leg in OF_APPS)


def describe(request: HttpRequest, response: HttpResponseBase, counters: Counters, **fields: Any) -> Exchange:
    """Return the redacted exchange, not saved yet."""
    caller = who(request, response)
    known = what_is_known(request, caller["username"], caller["became"])
    sent = redaction.redact_request(request_parts(request), known)
    answer = redaction.redact_response(response_parts(response, withheld(request)), known)
    return Exchange(
        **{"browser": recorded_as(request)} | fields,
        at=timezone.now() - timedelta(seconds=time.perf_counter() - counters.started),
        instance=settings.INSTANCE_NAME,
        method=sent["method"],
        path=sent["path"][:2000],
        status=answer["status"],
        request=sent,
        response=answer,
        carried=redaction.carried(sent),
        **caller,
        statements=[
            {"sql": redaction.sql(one.sql), "microseconds": _micro(one.seconds), "alias": one.alias}
            for one in counters.statements[:MOST_CALLS]
        ],
        statement_count=counters.statement_count,
        cache_calls=[
            {"operation": one.operation, "microseconds": _micro(one.seconds), "alias": one.alias}
            for one in counters.cache_calls[:MOST_CALLS]
        ],
        cache_count=counters.cache_count,
        microseconds=_micro(counters.seconds),
        sql_microseconds=_micro(counters.sql_seconds),
        cache_microseconds=_micro(counters.cache_seconds),
        auth_microseconds=_micro(counters.auth_seconds),
        request_bytes=sent["size"],
        response_bytes=answer["size"],
    )


def who(request: HttpRequest, response: HttpResponseBase) -> dict[str, Any]:
    """Say by what the server knew the caller, whom it took it for, and whom after that where it is another.

    Nobody is looked up for this: where no view asked for the user, there is none.
    """
    user: Any = getattr(request, "user", None)
    if hasattr(request, "auth"):  # DRF leaves there what it found: a token of ours, or one that an app was given
        context = getattr(response, "renderer_context", None) or {}
        asked = not context or bool(context["request"].authenticators)
        by = "oauth2" if hasattr(request.auth, "get_scopes") else "jwt"
        mechanism = by if request.auth is not None else ""
        return {"asked": asked, "mechanism": mechanism, "username": _name(user), "became": None}
    if user is None or (isinstance(user, SimpleLazyObject) and user.__dict__["_wrapped"] is empty):
        return {"asked": False, "mechanism": "", "username": "", "became": None}
    # Django keeps what the session said; signing in or out puts another user into `request.user`.
    before, after = _name(getattr(request, "_cached_user", None)), _name(user)
    became = after if after != before else None
    return {"asked": True, "mechanism": "session" if before else "", "username": before, "became": became}


def _name(user: Any) -> str:
    return str(user.get_username() if hasattr(user, "get_username") else user.username) if user else ""


def _length(request: HttpRequest) -> int:
    text = request.META.get("CONTENT_LENGTH") or "0"
    return int(text) if text.isascii() and text.isdigit() else 0


def _micro(seconds: float) -> int:
    return round(seconds * 1_000_000)


def request_parts(request: HttpRequest) -> redaction.RequestParts:
    """Take a request apart."""
    multipart = request.content_type == "multipart/form-data"
    return redaction.RequestParts(
        method=request.method or "",
        path=request.path,
        query=request.META.get("QUERY_STRING", ""),
        headers=list(request.headers.items()),
        cookies=list(request.COOKIES.items()),
        content_type=request.content_type or "",
        content=b"" if multipart else read_body(request),
        fields=_fields(request) if multipart and read_body(request) else (),
        size=_length(request),
    )


def withheld(request: HttpRequest) -> bool:
    """Tell whether nothing of the two bodies may be kept but their size."""
    return request.path.startswith(BODY_WITHHELD)


def read_body(request: HttpRequest) -> bytes:
    """Return a small body, which Django keeps then; empty for a large one, and for one that is withheld."""
    if _length(request) > LARGEST_BODY or withheld(request):
        return b""
    try:
        return request.body
    except (SuspiciousOperation, RawPostDataException, OSError):  # larger than Django reads, or cut off
        return b""


def _fields(request: HttpRequest) -> list[tuple[str, str]]:
    """Return the fields of a multipart form. Of files not even the name: it is text that somebody chose."""
    try:
        return [(name, str(value)) for name, values in request.POST.lists() for value in values]
    except (MultiPartParserError, SuspiciousOperation, OSError):  # no form, too many fields, cut off
        return []


def response_parts(response: HttpResponseBase, withheld: bool = False) -> redaction.ResponseParts:
    """Take a response apart, without its body where that is withheld."""
    content = response.content if isinstance(response, HttpResponse) else None
    kind = response.get("Content-Type", "")
    looked_at = content is not None and len(content) <= LARGEST_BODY and "json" in kind and not withheld
    return redaction.ResponseParts(
        status=response.status_code,
        headers=list(response.items()),
        cookies=list(response.cookies.values()),
        content_type=kind,
        content=content if looked_at and content else b"",
        size=None if content is None else len(content),
    )
