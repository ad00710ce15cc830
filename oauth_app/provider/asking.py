"""The question that a user is asked: this app, these scopes, allow or deny? However the app has come here."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import Any

from allauth.idp.oidc import app_settings
from allauth.idp.oidc.adapter import get_adapter
from allauth.idp.oidc.models import Client
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from .models import Consent


def page(request: HttpRequest, client: Client, scopes: list[str], **more: Any) -> HttpResponse:
    """Return the page; `more` has `redirect_uri`, or what else the template of that way shows."""
    words = get_adapter().scope_display
    nothing = more.get("nothing_ticked", False)
    context = {
        "client": client,
        "scopes": [(scope, words.get(scope, scope)) for scope in scopes],
        # Who may see a name knows which account it is.
        "not_asked": [text for scope, text in words.items() if scope not in {*scopes, "openid"}],
        "had": Consent.objects.filter(user=request.user.pk, client=client).first(),
        "minutes": app_settings.ACCESS_TOKEN_EXPIRES_IN // 60,
        "refresh": "refresh_token" in client.get_grant_types(),
        "idle": timedelta(seconds=app_settings.REFRESH_TOKEN_EXPIRES_IN or 0).days,
        "template": "oauth_provider/consent.html",
    } | more
    status = HTTPStatus.BAD_REQUEST if nothing else HTTPStatus.OK
    return render(request, context["template"], context, status=status)


def ticked(request: HttpRequest, scopes: list[str]) -> list[str]:
    """Return what was allowed of these scopes; nothing where no box was ticked. `openid` has no box."""
    wanted = set(request.POST.getlist("scopes")) | {"openid"}
    chosen = [scope for scope in scopes if scope in wanted]
    return chosen if chosen == scopes or set(chosen) - {"openid"} else []
