"""One way to show a page of this app, for views and for the adapter."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url


def page(request: HttpRequest, name: str, status: int = 200, **context: Any) -> HttpResponse:
    """Return the template `oauth_app/<name>.html`. `after_url` is where the project goes after a sign-in."""
    context["after_url"] = resolve_url(settings.LOGIN_REDIRECT_URL)
    return render(request, f"oauth_app/{name}.html", context, status=status)
