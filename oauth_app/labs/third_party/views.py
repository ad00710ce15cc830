"""The page: what an app, this site and this browser have said to each other, and the button that opens the wire."""

from __future__ import annotations

import socket
from typing import Any, cast
from urllib.parse import urlsplit

from csp.decorators import csp_update
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from authdemo.wire import browser, flows
from authdemo.wire.models import KEPT_PER_BROWSER

from .diagram import drawn
from .legs import chapters

PATIENCE = 0.3  # seconds; the app runs on this machine


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponseBase:
    """Draw all that is kept, one chapter for each time that an app has asked."""
    found = drawn(chapters(browser.browser_of(request)))
    context: dict[str, Any] = {
        "chapters": found,
        "last": found[-1] if found else None,
        "open": browser.is_open(request),
        "app": settings.THIRDPARTY_URL,
        "there": answers(settings.THIRDPARTY_URL),
        "kept": KEPT_PER_BROWSER,
        "gone": any(not one.whole for one in found),
    }
    response = render(request, "oauth_third_party/index.html", context)
    # A browser compares with form-action also where the answer to a form leads: the button's leads to the app.
    leads_there = csp_update({"form-action": origins(settings.THIRDPARTY_URL)})
    return cast("HttpResponseBase", leads_there(lambda request: response)(request))


@never_cache
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Open this browser's panel, so that the exchange is kept, and send the user to the app."""
    if not settings.THIRDPARTY_URL:
        raise Http404
    response = HttpResponseRedirect(f"{settings.THIRDPARTY_URL}/", status=303)
    flows.go_on(browser.set_state(request, response, browser.OPEN))
    return response


def answers(address: str) -> bool:
    """Tell whether somebody listens there. To be told before one is sent to a page that cannot be reached."""
    parts = urlsplit(address)
    if not parts.hostname:
        return False
    try:
        socket.create_connection((parts.hostname, parts.port or 80), PATIENCE).close()
    except OSError:
        return False
    return True


def origins(address: str) -> list[str]:
    """Return the app's origin, for `form-action`: the answer to the button leads there."""
    parts = urlsplit(address)
    return [f"{parts.scheme}://{parts.netloc}"] if parts.netloc else []
