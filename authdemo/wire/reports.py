"""`POST /wire/reports/`: what the outside world saw of a flow of a browser of this site.

A provider tells of a flow that this site began (`demo/outside/reports.py`), somebody's app of one that it began itself
(`demo/outside/third_party/reports.py`): as a server, which the browser has asked, and as a client of this site.

Nothing of a report is trusted. It passes the same redaction as everything else, it gets into the list of the browser
whose `state` it names, and into no other.
"""

from __future__ import annotations

import json
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
from .told import LONGEST, AppReport, Report, read

LARGEST = 16 * 1024  # bytes
LEGS = {"server": Exchange.Leg.APP, "client": Exchange.Leg.TOLD}

NOT_FOUND = (HTTPStatus.NOT_FOUND, "not_found", "There is no such flow.")
NOT_JSON = (HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", "Send JSON.")
TOO_LARGE = (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", "The report is larger than 16 KiB.")
INVALID = (HTTPStatus.BAD_REQUEST, "invalid", "This is no report.")


@csrf_exempt  # a program sends this. No cookie counts here, so nobody's cookies can be misused
@never_cache
@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """Keep a report: 204. From another machine, or of a flow that no browser here has begun (yet): 404.

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
    browser = flows.browser_of(report.state, flows.APPS if isinstance(report, AppReport) else "")
    if not browser:
        return _refused(NOT_FOUND)
    recorder.keep(describe(request, report, browser))
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def _refused(why: tuple[HTTPStatus, str, str]) -> JsonResponse:
    status, code, detail = why
    return JsonResponse({"detail": detail, "code": code}, status=status)


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
    told = _told_by_an_app(report, asked, known) if isinstance(report, AppReport) else {}
    cookies = [dict(zip(("name", "value"), _untold(name), strict=True)) for name in report.set_cookies]
    headers = [] if report.location is None else [["Location", redaction.value("location", report.location, known)]]
    answer = {"status": report.status, "headers": headers, "cookies": cookies, "body": told.pop("answer", None)}
    return Exchange(
        **{"leg": Exchange.Leg.OUTSIDE} | told,
        browser=browser,
        # Else one of tomorrow would be the newest until then.
        at=min(max(report.at, now - KEPT_FOR), now),
        instance=settings.INSTANCE_NAME,
        host=report.host if report.host in known.hosts else redaction.HIDDEN,
        method=asked["method"],
        path=asked["path"][:LONGEST],
        status=report.status,
        request=asked,
        response=answer | {"size": None},
        carried=redaction.carried(asked),
        asked=False,
        counted=False,
        microseconds=round(report.milliseconds * 1000),
    )


def _told_by_an_app(report: AppReport, asked: dict[str, Any], known: redaction.Known) -> dict[str, Any]:
    """Return the fields of the exchange that only an app's report has; put what it sent into `asked`."""
    if report.form:
        form = [[redaction.label(name), _value(name, value, known)] for name, value in report.form]
        asked["body"] = {"fields": form}
    if report.authorization:
        kind = redaction.SCHEMES[report.authorization.lower()]
        header = {"mask": redaction.HIDDEN, "kind": kind, "scheme": report.authorization}
        asked["headers"] = [["Authorization", header]]
    answer = [[redaction.label(name), _value(name, value, known)] for name, value in report.answer]
    return {
        "leg": LEGS[report.end],
        "flow": redaction.fingerprint(report.state),
        "other_end": report.request_id if report.end == "client" else None,
        "failed": "" if report.status else "no answer came",
        "answer": {"fields": answer} if answer else None,
    }


def _value(name: str, value: str | None, known: redaction.Known) -> redaction.Kept:
    return _untold(name)[1] if value is None else redaction.value(name, value, known)


def _untold(name: str) -> list[redaction.Kept]:
    """Return a name, and what stands for its value: this site was never told it."""
    return [redaction.label(name), {"mask": redaction.HIDDEN, "kind": harmless.SECRETS.get(name.lower(), "")}]
