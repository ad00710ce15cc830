"""One way to show a page of this app, for views and for the adapter."""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url


def page(request: HttpRequest, name: str, status: int = 200, **context: Any) -> HttpResponse:
    """Return the template `oauth_app/<name>.html`. `after_url` is where the project goes after a sign-in."""
    context["after_url"] = resolve_url(settings.LOGIN_REDIRECT_URL)
    return render(request, f"oauth_app/{name}.html", context, status=status)


def used_up(request: HttpRequest, status: int, provider: Any = None) -> HttpResponse:
    """Return the page for a callback that belongs to no sign-in any more.

    What it belonged to is not known by then. Whoever is signed in, and has no account of the provider connected, may
    have wanted that.
    """
    user = request.user
    mine = SocialAccount.objects.filter(user=user.pk, provider=provider.sub_id) if provider else None
    connect = user.is_authenticated and mine is not None and not mine.exists()
    return page(request, "used_up", status, provider=provider, connect=connect)
