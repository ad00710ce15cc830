"""The page: the ID token of this browser's last sign-in, line by line. The token itself only by POST, who asks."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from authdemo.device.store import NO_CACHE
from authdemo.experiments import NO_RESULTS, rendered
from authdemo.wire import browser

from . import kept
from .lines import RULES, lines, text


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show each check, of a token that was accepted and of one that was refused."""
    context: dict[str, Any] = {
        "providers": [one for one in settings.SIGN_IN_WITH if one["provider_id"] != "github"],
        "minutes": kept.AGE // 60,
        "open": browser.is_open(request),
        "rules": RULES,
    }
    try:
        token = kept.token_of(browser.browser_of(request))
    except NO_CACHE:
        return rendered(
            request, "oauth_id_token/index.html", context | {"refused": NO_RESULTS}, HTTPStatus.SERVICE_UNAVAILABLE
        )
    if token:
        context |= {
            "token": token,
            "provider": name_of(token.provider_id),
            "at": datetime.fromtimestamp(token.at, UTC),
            "lines": lines(token),
            "others": [(text(name), text(value)) for name, value in token.claims.items() if name not in RULES],
        }
    return rendered(request, "oauth_id_token/index.html", context)


@never_cache
@require_POST
def raw(request: HttpRequest) -> HttpResponse:
    """Show the token as it came, with a form that takes it to the inspector. It is in no address."""
    try:
        token = kept.token_of(browser.browser_of(request))
    except NO_CACHE:
        token = None
    if token is None:  # its ten minutes are over
        return redirect("id_token:index")
    context = {"token": token, "provider": name_of(token.provider_id)}
    return rendered(request, "oauth_id_token/raw.html", context)


def name_of(provider_id: str) -> str:
    """Return how the provider is called here."""
    names = {str(app["provider_id"]): str(app["name"]) for app in settings.SIGN_IN_WITH}
    return names.get(provider_id, provider_id)
