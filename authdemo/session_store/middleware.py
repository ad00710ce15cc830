"""Django's SessionMiddleware, and an answer for a store that does not answer."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from django.contrib.sessions import middleware
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string

from . import StoreUnavailable, users

logger = logging.getLogger("authdemo.session_store")
RETRY_AFTER = "5"  # seconds
DETAIL = (
    "The server cannot reach the store where it keeps sessions. That signs nobody out. "
    "A sign-in, sign-out or change that you asked for may not have been done: try again."
)


class SessionMiddleware(middleware.SessionMiddleware):
    """Answer 503 where the session could not be read, written or ended. The browser keeps its cookie."""

    def __call__(self, request: HttpRequest) -> Any:
        """Answer."""
        with users.during_one_request():
            return super().__call__(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Take over where a view could not reach the store."""
        return unavailable(request, exception) if isinstance(exception, StoreUnavailable) else None

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        """Save the session; take over also where the store failed outside of a view, in an error page for example."""
        try:
            response = super().process_response(request, response)
        except StoreUnavailable as error:
            return unavailable(request, error)
        failure = getattr(request.session, "failure", None)
        if failure and response.status_code != HTTPStatus.SERVICE_UNAVAILABLE:
            return unavailable(request, failure)
        return response


def unavailable(request: HttpRequest, error: Exception) -> HttpResponse:
    """Return the 503: JSON for programs, a page for people that needs no session to be shown."""
    logger.error("session store unavailable: %s", error)
    response: HttpResponse
    if "/api/" in request.path:
        response = JsonResponse({"detail": DETAIL, "code": "store_unavailable"})
    else:
        response = HttpResponse(render_to_string("503.html", {"is_get": request.method == "GET"}))
    response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
    response["Retry-After"] = RETRY_AFTER
    response["Cache-Control"] = "private, no-store"
    return response
