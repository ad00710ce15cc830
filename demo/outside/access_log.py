"""A line for each request."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TypeAlias
from urllib.parse import quote

from django.http import HttpRequest
from django.http.response import HttpResponseBase

GetResponse: TypeAlias = Callable[[HttpRequest], HttpResponseBase]
access_log = logging.getLogger("outside.access")


LONG = 12  # characters; shorter than any credential


def loggable_path(request: HttpRequest) -> str:
    """Return the path with dots for each long part that is no word of the URLconf: it could be a token."""
    match = request.resolver_match
    free = [str(value) for value in match.kwargs.values()] if match else request.path.split("/")
    path = quote(request.path)
    for part in (quote(part) for part in free if len(part) >= LONG):
        path = path.replace(part, "...")
    return path


class AccessLogMiddleware:
    """Log method, path, status, duration. Query strings hold codes and state (RFC 9700 §4.3.1): they stay out."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, then write the line."""
        start = time.perf_counter()
        response = self.get_response(request)
        milliseconds = (time.perf_counter() - start) * 1000
        access_log.info("%s %s %s %.1f ms", request.method, loggable_path(request), response.status_code, milliseconds)
        return response
