"""One session a company, and headers that Django has no setting for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from .companies import company_at

GetResponse: TypeAlias = Callable[[HttpRequest], HttpResponseBase]


class CompanySessionMiddleware(SessionMiddleware):
    """Django's sessions, but each company has a cookie of its own, sent to its own pages only.

    Three real companies have three host names. Here they share one, and the cookie's name and path stand in for that:
    being signed in at one company is no sign-in at another.
    """

    def process_request(self, request: HttpRequest) -> None:
        """Hand this company's cookie to Django under the name that Django looks for."""
        company = company_at(request)
        request.COOKIES.pop(settings.SESSION_COOKIE_NAME, None)
        if company and (key := request.COOKIES.get(f"outside_{company.slug}")):
            request.COOKIES[settings.SESSION_COOKIE_NAME] = key
        super().process_request(request)

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Rename the cookie that Django has set or deleted, and narrow its path."""
        response = super().process_response(request, response)
        company = company_at(request)
        morsel = response.cookies.pop(settings.SESSION_COOKIE_NAME, None)
        if company and morsel is not None:
            name = f"outside_{company.slug}"
            morsel.set(name, morsel.value, morsel.coded_value)
            morsel["path"] = company.home
            response.cookies[name] = morsel
        return response


class OneCompanyMiddleware:
    """A session of one company counts at no other, even where somebody copies the cookie's value over."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer; an account of another company is nobody here."""
        company = company_at(request)
        if company and request.user.is_authenticated and getattr(request.user, "company", "") != company.slug:
            request.user = AnonymousUser()
        return self.get_response(request)


class PermissionsPolicyMiddleware:
    """Add the header that Django has no setting for."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, with `Permissions-Policy`."""
        response = self.get_response(request)
        response["Permissions-Policy"] = settings.PERMISSIONS_POLICY
        return response
