"""What every response of the site gets, and one log line for each."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import TypeAlias
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.middleware import common
from django.shortcuts import render

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
        # A page says who you are: nobody who presses Back after you have left should see it.
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response


LONG = 12  # characters; shorter than any credential


def loggable_path(request: HttpRequest) -> str:
    """Return the path with dots for each long part that is no word of a URLconf.

    A token or a session key that somebody has put into an address must not get into the log by it.
    """
    match = request.resolver_match
    free = [str(value) for value in match.kwargs.values()] if match else request.path.split("/")
    path = quote(request.path)  # no line break of an address may begin a line of the log
    for part in (quote(part) for part in free if len(part) >= LONG):
        path = path.replace(part, "...")
    return path


class AccessLogMiddleware:
    """Log method, path, status and duration of each request: no query string, header, body or long unknown word."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, then write the line."""
        start = time.perf_counter()
        response = self.get_response(request)
        fields = {
            "method": request.method,
            "path": loggable_path(request),
            "status": response.status_code,
            "ms": round((time.perf_counter() - start) * 1000, 1),
        }
        message = f"{fields['method']} {fields['path']} {fields['status']}"
        access_log.info(message, extra={"fields": fields})
        return response


class MethodNotAllowedMiddleware:
    """Give Django's empty 405 a page. It is what one sees who opens the address of a form by hand."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer; fill an empty 405 with a page, and leave `Allow` as it is (RFC 9110 §15.5.6)."""
        response = self.get_response(request)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and not getattr(response, "content", b"full"):
            page = render(request, "405.html", status=HTTPStatus.METHOD_NOT_ALLOWED)
            page["Allow"] = response["Allow"]
            return page
        return response


class CommonMiddleware(common.CommonMiddleware):
    """Django's, but a POST to an address without its last slash is "not found" and not an error about redirects."""

    def should_redirect_with_slash(self, request: HttpRequest) -> bool:
        """Add the slash for requests that a redirect repeats unchanged."""
        return request.method in {"GET", "HEAD"} and super().should_redirect_with_slash(request)


class CanonicalHostMiddleware:
    """Send a page asked for at 127.0.0.1 to localhost, same port, where the site is `localhost`.

    To a browser these are two sites with two cookie jars: who signs in on one is a stranger on the other. Only pages
    move; APIs, discovery and health answer on both names, since programs do not follow redirects of a POST.
    """

    PAGES = (
        "/jwt/api/docs/",
        "/identity/o/authorize",
        "/identity/o/device",
    )  # for people, among the paths for programs
    PROGRAMS = ("/healthz", "/.well-known/", "/jwt/.well-known/", "/identity/")

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.local = urlsplit(settings.SITE_URL).hostname == "localhost"

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Redirect a page on 127.0.0.1, answer everything else."""
        host, colon, port = request.get_host().partition(":")  # raises for a Host that is none of ours
        if self.local and host == "127.0.0.1" and self._is_page(request):
            return HttpResponseRedirect(f"http://localhost{colon}{port}{request.get_full_path()}")
        return self.get_response(request)

    def _is_page(self, request: HttpRequest) -> bool:
        program = "/api/" in request.path or request.path.startswith(self.PROGRAMS)
        program = program and request.path not in self.PAGES
        return request.method in {"GET", "HEAD"} and not program
