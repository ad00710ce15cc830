"""End what a browser holds. Each function works on what the request itself carries, so it reaches nobody else's."""

from __future__ import annotations

from contextlib import suppress

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from rest_framework_simplejwt.exceptions import TokenError

from authdemo.device import store as device
from authdemo.wire import browser, flows
from authdemo.wire.models import Exchange
from jwt_app import cookie
from jwt_app.tokens import RefreshToken
from oauth_app.client.views import PROVIDER_COOKIE
from oauth_app.provider.models import Consent

# A lab's cookie is sent to its own path only, so it cannot be seen here: each is told to go by its name.
LAB_COOKIES = {
    f"lab_{store}": f"/sessions/stores/{store}/"
    for store in ("memory", "db", "cached_db", "redis", "file", "signed_cookie")
} | {"lab_naive": "/sessions/attacks/naive/", "lab_oauth_naive": "/oauth/attacks/naive/", "oauth_slow": "/oauth/"}


def end_session(request: HttpRequest) -> str:
    """End this session, an anonymous one, too. Returns whose it was.

    `sessions_app` hears of it as of every sign-out, and removes the session from the list of devices.
    """
    username = request.user.get_username()
    logout(request)
    return username


def apps_of(request: HttpRequest) -> int:
    """Return how many apps the user of this session has allowed something."""
    return Consent.objects.filter(user=request.user.pk).count() if request.user.is_authenticated else 0


def end_apps(request: HttpRequest) -> None:
    """Take back what the user of this session has allowed to apps. Apps belong to no browser, so to all."""
    if request.user.is_authenticated:
        for consent in Consent.objects.filter(user=request.user.pk).select_related("user", "client"):
            consent.revoke()


def end_tokens(refresh: str) -> str:
    """End the sign-in that this refresh token belongs to. Returns whose it was, "" for what is no token of ours.

    Whoever holds a refresh token may end it (RFC 7009 §2.1); it need not be the user of the session.
    """
    try:
        token = RefreshToken(refresh)
        token.revoke()
    except TokenError:  # expired or forged: there is nothing left to end
        return ""
    return str(token.payload.get("username", ""))


def exchanges_of(request: HttpRequest) -> int:
    """Return how many exchanges the wire panel keeps of this browser."""
    identifier = browser.browser_of(request)
    return Exchange.objects.of(identifier).count() if identifier else 0


def clear_exchanges(request: HttpRequest) -> None:
    """Delete this browser's exchanges."""
    if identifier := browser.browser_of(request):
        flows.stop(identifier)
        Exchange.objects.of(identifier).delete()


def put_device_away(request: HttpRequest, response: HttpResponse) -> None:
    """Forget the other device. Where the cache does not answer: without its cookie nobody can decrypt what is left."""
    with suppress(*device.NO_CACHE):
        device.end(request)
    device.forget_cookie(response)


def forget_cookies(request: HttpRequest, response: HttpResponse) -> None:
    """Tell the browser to forget our cookies, each by name and path.

    Not by `Clear-Site-Data: "cookies"`: cookies do not know ports, so that would sign this browser out of whatever
    else runs on this machine.
    """
    response.delete_cookie(browser.COOKIE)
    # Sent to its own paths only, so not seen here: the page's script has ended its sign-in there before.
    cookie.forget(response)
    response.delete_cookie(PROVIDER_COOKIE, path=reverse("oauth:index"))
    for name, path in LAB_COOKIES.items():
        response.delete_cookie(name, path=path)
    for name in request.COOKIES:
        if name.startswith("lab_") and name not in LAB_COOKIES:
            response.delete_cookie(name)
