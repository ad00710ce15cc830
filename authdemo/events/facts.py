"""What an event may say about the request behind it: an address, a kind of browser, and who acted in the admin."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from allauth.account.adapter import get_adapter
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest

# Most signals carry no request. The middleware puts it here for as long as it is being answered.
current: ContextVar[HttpRequest | None] = ContextVar("current_request", default=None)


def address(request: HttpRequest) -> str | None:
    """Return the client's address; None where allauth, which knows about proxies, cannot tell."""
    try:
        return str(get_adapter().get_client_ip(request))
    except (PermissionDenied, ImproperlyConfigured):
        return None


def administrator(request: HttpRequest, user: Any) -> Any:
    """Return who did this to `user` in the admin; None where that is the user, and for all other pages.

    Without a user, as where an app itself ends, whoever is signed in there has done it.

    Other pages are not asked: on an API, `request.user` would look up a session that has nothing to do with it.
    """
    match = request.resolver_match
    if match is None or "admin" not in match.app_names or not request.user.is_authenticated:
        return None
    return request.user if user is None or request.user.pk != user.pk else None
