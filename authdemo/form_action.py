"""Content-Security-Policy: a form may lead to the app that is being allowed something, and to no other."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from allauth.idp.oidc.models import Client
from csp.middleware import CSPMiddleware
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, QueryDict, UnreadablePostError
from django.urls import reverse

from oauth_app.provider import authorization, engine


class FormActionMiddleware(CSPMiddleware):
    """django-csp's middleware, which asks the response where its form leads to.

    "Allow" is a form whose answer redirects to the app, and browsers check that address against `form-action`, too.
    The same goes for the sign-in form where `next` is the request of an app that was allowed everything before.
    """

    def get_policy_parts(self, request: HttpRequest, response: Any, report_only: bool = False) -> Any:
        """Add that place to what the settings allow."""
        parts = super().get_policy_parts(request, response, report_only)
        place = getattr(response, "form_leads_to", "") or of_next(request)
        if place:
            parts.update = {**(parts.update or {}), "form-action": [place]}
        return parts


def of_next(request: HttpRequest) -> str:
    """Return where an app's request, to which this page goes on after the sign-in, will lead; "" for no such page."""
    asked = asked_by_next(request)
    return authorization.leads_to(asked.redirect_uri) if asked else ""


def app_of_next(request: HttpRequest) -> Client | None:
    """Return the app of that request, for the sign-in page to name it; None where the user would not be asked."""
    asked = asked_by_next(request)
    if asked is None or "none" in asked.prompts:
        return None
    try:
        authorization.check(asked)
        engine.scopes_of(asked)
    except authorization.SentBack:
        return None
    return asked.client


def asked_by_next(request: HttpRequest) -> authorization.Asked | None:
    """Return an app's request, to which this page goes on after the sign-in; None where it goes on elsewhere."""
    try:
        following = urlsplit(next_of(request))
        if following.netloc or not following.path or following.path != reverse("idp:oidc:authorization"):
            return None
        return authorization.read(QueryDict(following.query))
    except (authorization.Refused, ValueError):  # ValueError: http://[
        return None


def next_of(request: HttpRequest) -> str:
    """Return `next`, of the sign-in page's address or of its form, which comes back after a wrong password."""
    if request.resolver_match is None or request.resolver_match.view_name != settings.LOGIN_URL:
        return ""
    if request.method == "POST":
        with suppress(SuspiciousOperation, UnreadablePostError):  # a form that is too large, or only half here
            return request.POST.get("next") or request.GET.get("next", "")
    return request.GET.get("next", "")
