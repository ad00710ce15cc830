"""Error answers: a page for people, JSON for programs, a traceback for nobody."""

from __future__ import annotations

from django.dispatch import Signal
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views import csrf, defaults

BAD_REQUEST = ("bad_request", "The request cannot be read.")
FORBIDDEN = ("permission_denied", "You may not do this.")
NOT_FOUND = ("not_found", "There is nothing at this address.")
SERVER_ERROR = ("error", "Something broke on our side. It is in the log.")

csrf_refused = Signal()
"""Has `request`, `reason` (Django's sentence) and `response`. For whoever wants to know why; sender is None."""


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400."""
    return _json(request, 400, BAD_REQUEST) or defaults.bad_request(request, exception)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 403."""
    return _json(request, 403, FORBIDDEN) or defaults.permission_denied(request, exception)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404."""
    return _json(request, 404, NOT_FOUND) or defaults.page_not_found(request, exception)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 to a form that CsrfViewMiddleware refused, and tell who listens why."""
    response = csrf.csrf_failure(request, reason)
    csrf_refused.send(sender=None, request=request, reason=reason, response=response)
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500."""
    return _json(request, 500, SERVER_ERROR) or defaults.server_error(request)


def _json(request: HttpRequest, status: int, error: tuple[str, str]) -> JsonResponse | None:
    """Return the answer for the paths that programs call, None for pages."""
    if "/api/" not in request.path:
        return None
    code, detail = error
    return JsonResponse({"detail": detail, "code": code}, status=status)
