"""What every response of the site gets, and one log line for each."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TypeAlias
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase

GetResponse: TypeAlias = Callable[[HttpRequest], HttpResponseBase]
access_log = logging.getLogger("authdemo.access")


class ResponseHeadersMiddleware:
    """Add the headers that Django has no setting for: which instance answered, and what the page may use."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, with `X-Served-By` and `Permissions-Policy`."""
        response = self.get_response(request)
        response["X-Served-By"] = settings.INSTANCE_NAME
        response["Permissions-Policy"] = settings.PERMISSIONS_POLICY
        return response


class AccessLogMiddleware:
    """Log method, path, status and duration of each request: no query string, header or body."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, then write the line."""
        start = time.perf_counter()
        response = self.get_response(request)
        fields = {
            "method": request.method,
            "path": request.path,
            "status": response.status_code,
            "ms": round((time.perf_counter() - start) * 1000, 1),
        }
        access_log.info("%s %s %s", request.method, request.path, response.status_code, extra={"fields": fields})
        return response


class CanonicalHostMiddleware:
    """Send a page asked for at 127.0.0.1 to localhost, same port, where the site is `localhost`.

    To a browser these are two sites with two cookie jars: who signs in on one is a stranger on the other. Only pages
    move; APIs, discovery and health answer on both names, since programs do not follow redirects of a POST.
    """

    PROGRAMS = ("/jwt/api/", "/sessions/api/", "/oauth/api/", "/.well-known/", "/jwt/.well-known/", "/identity/")

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.local = urlsplit(settings.SITE_URL).hostname == "localhost"

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Redirect a page on 127.0.0.1, answer everything else."""
        host, _, port = request.META.get("HTTP_HOST", "").rpartition(":")
        if self.local and host == "127.0.0.1" and self._is_page(request):
            return HttpResponseRedirect(f"http://localhost:{port}{request.get_full_path()}")
        return self.get_response(request)

    def _is_page(self, request: HttpRequest) -> bool:
        path = request.path
        if path == "/healthz" or "/api/" in path:
            return False
        return request.method in {"GET", "HEAD"} and not path.startswith(self.PROGRAMS)
