"""WRONG ON PURPOSE. Do not copy anything from this file.

An app of its own that signs people in with the same providers, as a client of its own. For each attack it is right but
for one step, whose line has WRONG in it (`naive_steps.py`, `naive_users.py`, `naive_checks.py`); three have no PKCE
either (`naive_apps.py`). All of it is 404 unless LABS is on, and none of it can reach the site's own session: it opens
a session of its own, which only `whoami` here looks at.
"""

from __future__ import annotations

import re
from functools import wraps
from http import HTTPStatus
from typing import Any

import jwt
import requests
from django.contrib.sessions.backends.cache import SessionStore
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from authdemo.device.store import NO_CACHE
from authdemo.labs import View, labs_only
from authdemo.session_store.middleware import unavailable

from .naive_app import FLOW, Refused
from .naive_apps import APPS, signed_in
from .naive_apps import begin as begun
from .naive_users import BY_TOKEN

COOKIE = "lab_oauth_naive"
AGE = 10 * 60  # seconds
USER, CONNECTED = "naive_user", "naive_connected"
KEY = re.compile(r"[a-z0-9]{32}")
# What rubbish makes of code that expects an answer of a provider.
RUBBISH = (KeyError, TypeError, ValueError, AttributeError, RecursionError, jwt.PyJWTError)


class NaiveStore(SessionStore):
    """Django's sessions in a cache, under keys of their own: an ID from here leads nowhere in the site's store."""

    cache_key_prefix = "oauth_attacks.naive."

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key)
        self._cache = caches["default"]


def in_the_lab(view: View) -> View:
    """Fence a view: 404 without LABS, never kept by a cache, 503 where the cache with these sessions does not."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except NO_CACHE as error:
            return unavailable(request, error)

    return labs_only(never_cache(wrapped))


def session_of(request: HttpRequest) -> NaiveStore:
    """Return the session that the cookie names. One that nobody knows is empty."""
    key = request.COOKIES.get(COOKIE, "")
    return NaiveStore(key if KEY.fullmatch(key) else None)


def keep(session: NaiveStore, response: HttpResponse) -> HttpResponse:
    """Save it, and give the browser its ID, for these paths only."""
    session.set_expiry(AGE)
    session.save()
    path = reverse("oauth_attacks:naive-home")
    response.set_cookie(COOKIE, session.session_key or "", AGE, path=path, httponly=True, samesite="Lax")
    return response


def refusal(code: str, status: HTTPStatus = HTTPStatus.BAD_REQUEST) -> JsonResponse:
    """Return an answer without a user."""
    return JsonResponse({"detail": f"The naive app refuses: {code}", "code": "refused", "user": None}, status=status)


def welcome(session: NaiveStore, user: dict[str, str]) -> HttpResponse:
    """Sign in, with a new session ID."""
    session.cycle_key()
    session[USER], session[CONNECTED] = user, True
    return keep(session, JsonResponse({"user": user, "detail": f"The naive app signs you in as {user['username']}."}))


@in_the_lab
@require_safe
def begin(request: HttpRequest, slug: str) -> HttpResponse:
    """Send the browser to the provider."""
    session = session_of(request)
    session[FLOW], address = begun(slug, request)
    return keep(session, HttpResponseRedirect(address))


@in_the_lab
@require_safe
def callback(request: HttpRequest) -> HttpResponse:
    """Take the code, and sign in whoever the provider (or the token) names."""
    session = session_of(request)
    # A browser that has begun nothing: only the app that forgets the state has anything to say to it.
    flow: dict[str, Any] = session.get(FLOW) or {"slug": "login-csrf"}
    app = APPS[flow["slug"]]
    try:
        app.may_come(flow, request)
        app.ends(session)
        user = signed_in(app, flow, request)
    except Refused as why:
        return keep(session, refusal(str(why)))
    except (requests.RequestException, *RUBBISH) as error:
        return keep(session, refusal(type(error).__name__, HTTPStatus.BAD_GATEWAY))
    return welcome(session, user)


@csrf_exempt  # a program's call, as of a phone
@in_the_lab
@require_POST
def token_login(request: HttpRequest) -> HttpResponse:
    """Log in with an access token: whoever brings one is its owner."""
    return _by_token(request, "access_token")


@csrf_exempt  # the same
@in_the_lab
@require_POST
def id_token_login(request: HttpRequest) -> HttpResponse:
    """Log in with an ID token, and this once with all checks that can be made."""
    return _by_token(request, "id_token")


def _by_token(request: HttpRequest, kind: str) -> HttpResponse:
    session = session_of(request)
    try:
        user = BY_TOKEN[kind](request.POST.get(kind, ""))
    except Refused as why:
        return refusal(str(why), HTTPStatus.UNAUTHORIZED)
    except (requests.RequestException, *RUBBISH) as error:
        return refusal(type(error).__name__, HTTPStatus.BAD_GATEWAY)
    return welcome(session, user)


@in_the_lab
@require_safe
def whoami(request: HttpRequest) -> JsonResponse:
    """Say whose session it is, and whether the provider is still connected."""
    session = session_of(request)
    user = session.get(USER)
    status = HTTPStatus.OK if user else HTTPStatus.UNAUTHORIZED
    return JsonResponse({"user": user, "connected": bool(session.get(CONNECTED))}, status=status)


@csrf_exempt  # WRONG: nothing tells our own form from anybody's
@in_the_lab
@require_POST
def connect(request: HttpRequest) -> HttpResponse:
    """Begin to connect one more account, for whoever the cookie says this is."""
    session = session_of(request)
    session[FLOW], address = begun("connect-csrf", request)
    return keep(session, HttpResponseRedirect(address))


@csrf_exempt  # WRONG: the same
@in_the_lab
@require_POST
def disconnect(request: HttpRequest) -> HttpResponse:
    """Disconnect the provider."""
    session = session_of(request)
    session[CONNECTED] = False
    return keep(session, JsonResponse({"detail": "The naive app has disconnected the provider."}))
