"""WRONG ON PURPOSE. Do not copy anything from this file.

Two mistakes, so that one can see what Django does against them: a sign-in that keeps the ID which the visitor came
with, and a form that takes a POST from anywhere. Both answer 404 unless LABS is on, and neither can reach the site's
own session: the sign-in opens a session of its own, which no other page looks at, and the form sets a colour.
"""

from __future__ import annotations

import re
from functools import wraps
from http import HTTPStatus

from django.contrib.sessions.backends.cache import SessionStore
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from authdemo.device.store import NO_CACHE
from authdemo.labs import View, labs_only
from authdemo.session_store.middleware import unavailable
from sessions_app.forms import LoginForm
from sessions_app.views import challenge

from . import csrf
from .forms import COLOUR, ColourForm

COOKIE = "lab_naive"
AGE = 10 * 60  # seconds
USER = "naive_user"  # not Django's `_auth_user_id`: even in another store this would sign nobody in
KEY = re.compile(r"[a-z0-9]{32}")


class NaiveStore(SessionStore):
    """Django's sessions in a cache, under keys of their own: an ID from here leads nowhere in the site's store."""

    cache_key_prefix = "session_attacks.naive."

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key)
        self._cache = caches["default"]


def needs_the_cache(view: View) -> View:
    """Answer 503 where the cache with these sessions does not answer."""

    @wraps(view)
    def wrapped(request: HttpRequest) -> HttpResponseBase:
        try:
            return view(request)
        except NO_CACHE as error:
            return unavailable(request, error)

    return wrapped


def session_of(request: HttpRequest) -> NaiveStore:
    """Return the session that the cookie names. One that nobody knows is empty."""
    key = request.COOKIES.get(COOKIE, "")
    return NaiveStore(key if KEY.fullmatch(key) else None)


def keep(session: NaiveStore, response: HttpResponse) -> HttpResponse:
    """Save it, and give the browser its ID, for these paths only."""
    session.set_expiry(AGE)
    session.save()
    key = session.session_key or ""
    response.set_cookie(COOKIE, key, AGE, path=reverse("attacks:naive-home"), httponly=True, samesite="Lax")
    return response


def naive_login(session: NaiveStore, username: str) -> None:
    """Sign in, and forget what `django.contrib.auth.login` does: `cycle_key()`. Whoever knew the ID before is in."""
    session[USER] = username


@labs_only
@never_cache
@needs_the_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Show the form and open an anonymous session; then check the password and sign in, wrongly."""
    session = session_of(request)
    form = LoginForm(request, request.POST or None)
    if request.method != "POST":
        return keep(session, render(request, "attacks/naive_sign_in.html", {"form": form}))
    if not form.is_valid():
        return render(request, "attacks/naive_sign_in.html", {"form": form}, status=HTTPStatus.UNAUTHORIZED)
    naive_login(session, form.get_user().get_username())
    return keep(session, redirect("attacks:naive-whoami"))


@labs_only
@never_cache
@require_safe
def whoami(request: HttpRequest) -> HttpResponse:
    """Say whose session it is."""
    username = session_of(request).get(USER)
    user = {"username": username} if username else None
    return JsonResponse({"user": user}, status=HTTPStatus.OK if user else HTTPStatus.UNAUTHORIZED)


@labs_only
@never_cache
@needs_the_cache
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Delete the record."""
    session_of(request).flush()
    response = redirect("attacks:naive-login")
    response.delete_cookie(COOKIE, path=reverse("attacks:naive-home"))
    return response


@csrf_exempt  # the mistake: nothing tells our own form from anybody's
@labs_only
@never_cache
@require_POST
def colour(request: HttpRequest) -> HttpResponse:
    """Change the colour of whoever the cookie says this is."""
    form = ColourForm(request.POST)
    if not form.is_valid():
        return csrf.note(request, render(request, "400.html", status=HTTPStatus.BAD_REQUEST))
    if not request.user.is_authenticated:
        # It came without a cookie, so there is nobody whose colour could be changed. No session is opened either:
        # its cookie would take the place of the one that the browser has, and sign the visitor out.
        response = render(request, "attacks/nobody.html", status=HTTPStatus.UNAUTHORIZED)
        response["WWW-Authenticate"] = challenge()
        return csrf.note(request, response)
    request.session[COLOUR] = form.cleaned_data["colour"]
    return csrf.note(request, HttpResponseRedirect(reverse("attacks:attempt", args=["csrf"])), changed=True)
