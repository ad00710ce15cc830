"""The first page, health, and the pages of errors."""

from __future__ import annotations

from http import HTTPStatus

from django.db import connection as database
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from .connecting import connection_of

S = HTTPStatus


@never_cache
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Say what this app does, and what this browser has connected."""
    return render(request, "paper/home.html", {"connection": connection_of(request)})


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Return 200, or 503 where the database does not answer. Whether the site answers is the site's affair."""
    try:
        with database.cursor() as cursor:
            cursor.execute("SELECT 1 FROM paper_connection LIMIT 1")
    except Exception:  # noqa: BLE001  whatever a driver raises is a failed check
        return JsonResponse({"status": "failed", "checks": {"database": "failed"}}, status=S.SERVICE_UNAVAILABLE)
    return JsonResponse({"status": "ok", "checks": {"database": "ok"}})


def simple(request: HttpRequest, status: HTTPStatus, title: str, text: str) -> HttpResponse:
    """Return a page of two sentences. It asks neither session nor database: they may be what is wrong."""
    return render(None, "paper/simple.html", {"title": title, "text": text}, status=status)  # type: ignore[arg-type]


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that a form was not ours, or that the browser sends no cookie."""
    text = "The form did not come from this app, or it is from before your cookies were deleted. Go back and reload."
    return simple(request, S.FORBIDDEN, "That was not sent from here", text)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that a request cannot be understood."""
    return simple(
        request, S.BAD_REQUEST, "We do not understand that", "Something in the request is not as it should be."
    )


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that nothing is here."""
    return simple(request, S.NOT_FOUND, "Nothing is here", "There is no page at this address.")


def server_error(request: HttpRequest) -> HttpResponse:
    """Say that it is our fault."""
    return simple(
        request, S.INTERNAL_SERVER_ERROR, "Our printer is jammed", "Something broke here. It is not your fault."
    )
