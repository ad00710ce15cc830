"""Slow motion: a sign-in that stops before the browser leaves for the provider, and when it is back.

What goes between browser and provider is not ours to stop.

The views of the app know nothing of it. The way out is held back in this browser's session, whose `state` and
verifier lie there as well. The way back waits at its own address: the page that waits is the answer to the callback's
first request, its button posts to the same address, and the answer to that is the same address once more. So code and
state are in no other place than without slow motion, and every check is still made by the real callback, once.

Only a callback with the `state` that was held is stopped. All others go to the real view, which refuses them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.crypto import constant_time_compare

from authdemo.wire import flows, redaction

from .pauses import before_the_back_channel

GetResponse: TypeAlias = Callable[[HttpRequest], HttpResponseBase]
COOKIE, ON, AGE = "oauth_slow", "1", 60 * 60  # seconds
HELD = "oauth_slow_motion"  # session key
CALLBACKS = {"github_callback", "google_callback", "openid_connect_callback"}


def is_on(request: HttpRequest) -> bool:
    """Tell whether this browser wants it."""
    return bool(settings.LABS) and request.COOKIES.get(COOKIE) == ON


def switch(response: HttpResponse, *, on: bool) -> None:
    """Turn it on for an hour, or off."""
    path = reverse("oauth:index")
    if not on:
        response.delete_cookie(COOKIE, path=path, samesite="Lax")
        return
    secure = settings.SESSION_COOKIE_SECURE
    response.set_cookie(COOKIE, ON, max_age=AGE, path=path, httponly=True, samesite="Lax", secure=secure)


def way_out(request: HttpRequest) -> str:
    """Return the address at the provider that this browser waits to go to, "" for none."""
    to = str((request.session.get(HELD) or {}).get("to", ""))
    return to if flows.state_in(to) else ""


class SlowMotionMiddleware:
    """Put it after those for sessions and against forged forms: its pages have buttons."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer; where that leads to a provider, to the page that waits first."""
        response = self.get_response(request)
        if not is_on(request) or request.path == reverse("flow:next"):
            return response
        to = response.get("Location", "")
        if state := flows.state_in(to):
            request.session[HELD] = {"to": to, "state": redaction.fingerprint(state), "released": False}
            response["Location"] = reverse("flow:next")
        return response

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Stop the callback once; when its button was pressed, let it go to the real view."""
        match = request.resolver_match
        if match is None or match.view_name not in CALLBACKS or not is_on(request):
            return None
        held = request.session.get(HELD) or {}
        state = redaction.fingerprint(request.GET.get("state", ""))
        if not constant_time_compare(str(held.get("state", "")), state):
            return None
        if request.method == "POST":
            request.session[HELD] = held | {"released": True}
            again = HttpResponseRedirect(request.get_full_path())
            add_never_cache_headers(again)
            return again
        if held["released"]:
            del request.session[HELD]
            return None
        return before_the_back_channel(request)
