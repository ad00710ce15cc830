"""Trouble as a page, and what every page needs."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeAlias

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from .trouble import KINDS, Trouble

GetResponse: TypeAlias = Callable[[HttpRequest], HttpResponseBase]


class TroubleMiddleware:
    """Answers with a page of ours where a view raises Trouble."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return the page; None where it is a mistake of ours."""
        if not isinstance(exception, Trouble):
            return None
        kind = KINDS[exception.kind]
        response = render(request, "paper/trouble.html", {"kind": kind}, status=kind.status)
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "no-referrer"  # the address may have a code in it; the page has no form
        if kind.status == HTTPStatus.SERVICE_UNAVAILABLE:
            response["Retry-After"] = "10"
        return response


class PermissionsPolicyMiddleware:
    """Add the headers that Django has no setting for."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, with `Permissions-Policy`."""
        response = self.get_response(request)
        response["Permissions-Policy"] = settings.PERMISSIONS_POLICY
        return response


def addresses(request: HttpRequest) -> dict[str, Any]:
    """Return where the site is, and where we are."""
    return {"site": settings.SITE_URL, "here": settings.THIRDPARTY_URL}
