"""`POST /wire/reports/`: what the outside world saw of a flow that this site began (`demo/outside/reports.py`).

Nothing of a report is trusted. It passes the same redaction as everything else, it gets into the list of the browser
whose `state` it names, and into no other.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import UnreadablePostError
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from authdemo.accounts.backends import asked_on_this_machine

from . import flows, harmless, recorder, redaction
from .known import what_is_known
from .models import KEPT_FOR, Exchange

LARGEST = 16 * 1024  # bytes
LONGEST = 2000  # characters
SLOWEST = 600_000  # milliseconds
MOST_NAMES = 60

NOT_FOUND = (HTTPStatus.NOT_FOUND, "not_found", "There is no such flow.")
NOT_JSON = (HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", "Send JSON.")
TOO_LARGE = (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", "The report is larger than 16 KiB.")
INVALID = (HTTPStatus.BAD_REQUEST, "invalid", "This is no report.")


class NoReport(ValueError):
    """The JSON has another shape than a report."""


@dataclass(frozen=True)
class Report:
    """One request at a provider and its answer. A value of None was not told: names only."""

    state: str
    host: str
    method: str
    path: str
    at: datetime
    milliseconds: float
    query: list[tuple[str, str | None]]
    fields: list[str]
    cookies: list[str]
    status: int
    location: str | None
    set_cookies: list[str]


@csrf_exempt  # a program sends this. No cookie counts here, so nobody's cookies can be misused
@never_cache
@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """Keep a report: 204. From another machine, or of a flow that nobody began here: 404.

    A page of another site can make a browser post a form here, or plain text, but no JSON (the Fetch standard's
    "CORS-safelisted request-header"), and it does not know the state of anybody's flow.
    """
    if not asked_on_this_machine(request):
        return _refused(NOT_FOUND)
    if request.content_type != "application/json":
        return _refused(NOT_JSON)
    try:
        if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST or len(request.body) > LARGEST:
            return _refused(TOO_LARGE)
        report = read(json.loads(request.body))
    except (ValueError, RecursionError, SuspiciousOperation, UnreadablePostError):
        return _refused(INVALID)
    browser = flows.browser_of(report.state)
    if not browser:
        return _refused(NOT_FOUND)
    recorder.keep(describe(request, report, browser))
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def _refused(why: tuple[HTTPStatus, str, str]) -> JsonResponse:
    status, code, detail = why
    return JsonResponse({"detail": detail, "code": code}, status=status)


# ---- From JSON


def read(data: Any) -> Report:
    """Return the report. Raises NoReport, or ValueError for a time that is none."""
    if not isinstance(data, dict) or set(data) != set(Report.__dataclass_fields__):
        raise NoReport
    at = datetime.fromisoformat(_text(data["at"]))
    if at.tzinfo is None or not data["state"]:
        raise NoReport
    return Report(
        state=_text(data["state"]),
        host=_text(data["host"]),
        method=_text(data["method"]),
        path=_text(data["path"]),
        at=at,
        milliseconds=_number(data["milliseconds"], SLOWEST),
        query=[_pair(one) for one in _list(data["query"])],
        fields=_names(data["fields"]),
        cookies=_names(data["cookies"]),
        status=int(_number(data["status"], 599)),
        location=None if data["location"] is None else _text(data["location"]),
        set_cookies=_names(data["set_cookies"]),
    )


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > LONGEST:
        raise NoReport
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list) or len(value) > MOST_NAMES:
        raise NoReport
    return value


def _names(value: Any) -> list[str]:
    return [_text(one) for one in _list(value)]


def _number(value: Any, most: int) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= most:  # NaN is in no range
        raise NoReport
    return value


def _pair(value: Any) -> tuple[str, str | None]:
    if not isinstance(value, list) or len(value) != 2:
        raise NoReport
    return _text(value[0]), None if value[1] is None else _text(value[1])


# ---- To an exchange


def describe(request: HttpRequest, report: Report, browser: str) -> Exchange:
    """Return the redacted exchange, not saved yet."""
    known = what_is_known(request)
    now = timezone.now()
    parts = redaction.RequestParts(report.method, report.path, "", (), ())
    asked = redaction.redact_request(parts, known) | {
        "query": [[redaction.label(name), _value(name, value, known)] for name, value in report.query],
        "cookies": [_untold(name) for name in report.cookies],
        "body": {"fields": [_untold(name) for name in report.fields]} if report.fields else None,
    }
    cookies = [dict(zip(("name", "value"), _untold(name), strict=True)) for name in report.set_cookies]
    headers = [] if report.location is None else [["Location", redaction.value("location", report.location, known)]]
    return Exchange(
        leg=Exchange.Leg.OUTSIDE,
        browser=browser,
        # Else one of tomorrow would be the newest until then.
        at=min(max(report.at, now - KEPT_FOR), now),
        instance=settings.INSTANCE_NAME,
        host=report.host if report.host in known.hosts else redaction.HIDDEN,
        method=asked["method"],
        path=asked["path"][:LONGEST],
        status=report.status,
        request=asked,
        response={"status": report.status, "headers": headers, "cookies": cookies, "body": None, "size": None},
        carried=redaction.carried(asked),
        asked=False,
        counted=False,
        microseconds=round(report.milliseconds * 1000),
    )


def _value(name: str, value: str | None, known: redaction.Known) -> redaction.Kept:
    return _untold(name)[1] if value is None else redaction.value(name, value, known)


def _untold(name: str) -> list[redaction.Kept]:
    """Return a name, and what stands for its value: this site was never told it."""
    return [redaction.label(name), {"mask": redaction.HIDDEN, "kind": harmless.SECRETS.get(name.lower(), "")}]
