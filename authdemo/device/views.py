"""The pane: look at it, let it call, hand it a copy, put it away. As a page, and as a part of any page."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeAlias

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from authdemo.accounts.backends import asked_on_this_machine
from authdemo.accounts.demo import has_demo_password
from authdemo.wire.redaction import mask

from . import store
from .actions import ACTIONS, PEOPLE, available, instances
from .client import Client
from .forms import KINDS, ActForm, CopyForm
from .use import in_hand

View: TypeAlias = Callable[[HttpRequest], HttpResponse]


def is_on() -> bool:
    """Tell whether this site has such devices: in the demo and with `runserver`."""
    return settings.LABS or settings.DEBUG


def where_on(view: View) -> View:
    """Answer 404 where there are none, 503 where the cache is down."""

    @wraps(view)
    def wrapped(request: HttpRequest) -> HttpResponse:
        if not is_on():
            raise Http404
        try:
            return view(request)
        except store.NO_CACHE:
            sentence = "The cache that keeps it does not answer. Nothing was done."
            response = show(request, None, refused=sentence)
            response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
            return response

    return never_cache(wrapped)


@where_on
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show the device."""
    return show(request, store.find(request))


@where_on
@require_POST
def act(request: HttpRequest) -> HttpResponse:
    """Let it do one of the things that it can do."""
    form = ActForm(request.POST)
    if not form.is_valid():
        return refuse(request, HTTPStatus.BAD_REQUEST, "The other device cannot do that.")
    chosen = form.cleaned_data
    action = next(one for one in ACTIONS if one.name == chosen["action"])
    if action.needs_password and not asked_on_this_machine(request):
        # It calls from this machine, where the demo's password opens something. Who asks from elsewhere must not
        # get in by it.
        return refuse(request, HTTPStatus.FORBIDDEN, "It signs in only for who sits at the machine that runs this.")
    to, account = chosen["to"] or instances()[0], chosen["account"] or PEOPLE[0]
    if action.needs_password and not has_demo_password(account):
        # Five that are known to be wrong would lock the owner out, and "Start over" could not undo it.
        return refuse(request, HTTPStatus.CONFLICT, f"{account} has another password than the demo's by now.")
    return use(request, lambda client: action.run(client, to, account), to=to, account=account)


@where_on
@require_POST
def hand_my_session(request: HttpRequest) -> HttpResponse:
    """Give it a copy of this browser's session cookie. No script can read that; the server got it with this click."""
    cookie = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    if not cookie or not request.user.is_authenticated:
        return refuse(request, HTTPStatus.CONFLICT, "This browser has no session to copy. Sign in here first.")
    return use(request, lambda client: client.hand(cookie))


@where_on
@require_POST
def hand(request: HttpRequest) -> HttpResponse:
    """Give it a credential that the learner has copied from somewhere."""
    form = CopyForm(request.POST)
    if not form.is_valid():
        return refuse(request, HTTPStatus.BAD_REQUEST, why(form))
    kind, value = form.cleaned_data["kind"], form.cleaned_data["token"]

    def take(client: Client) -> None:
        if kind == "session":
            client.hand(value)
        else:
            setattr(client.device, kind, value)

    return use(request, take)


def why(form: CopyForm) -> str:
    """Return what is wrong with what was pasted."""
    return " ".join(str(error) for errors in form.errors.values() for error in errors)


@where_on
@require_POST
def put_away(request: HttpRequest) -> HttpResponse:
    """Forget it, with all that it holds."""
    store.end(request)
    response = show(request, None) if from_script(request) else redirect("device:index")
    store.forget_cookie(response)
    return response


def use(request: HttpRequest, run: Callable[[Client], None], **chosen: str) -> HttpResponse:
    """Do something with the device, keep what came of it, and show it."""
    try:
        with in_hand(request) as (name, client):
            run(client)
    except store.Busy as busy:
        return refuse(request, HTTPStatus.SERVICE_UNAVAILABLE, str(busy))
    response = show(request, client.device, **chosen) if from_script(request) else redirect("device:index")
    store.set_cookie(response, name, client.device)
    return response


def refuse(request: HttpRequest, status: HTTPStatus, sentence: str) -> HttpResponse:
    """Show the device as it is, with a sentence on why nothing was done."""
    response = show(request, store.find(request), refused=sentence)
    response.status_code = status
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response["Retry-After"] = "1"
    return response


def show(request: HttpRequest, device: store.Device | None, **more: Any) -> HttpResponse:
    """Render the pane, as a page of its own unless htmx asks for a part."""
    cookies = device.cookies if device else []
    session = next((one["value"] for one in cookies if one["name"] == settings.SESSION_COOKIE_NAME), "")
    held = [("session cookie", mask(session, "session key"))]
    if device:
        held += [
            ("access token", mask(device.access, "access token")),
            ("refresh token", mask(device.refresh, "refresh token")),
        ]
    context = {
        "device": device,
        "held": [(name, masked) for name, masked in held if masked],
        "session_actions": [action for action in available() if action.group == "sessions"],
        "token_actions": [action for action in available() if action.group == "jwt"],
        "may_sign_in": asked_on_this_machine(request),
        "people": PEOPLE,
        "instances": instances(),
        "kinds": KINDS,
        **more,
    }
    return render(request, "device/_pane.html" if from_script(request) else "device/index.html", context)


def from_script(request: HttpRequest) -> bool:
    """Tell whether htmx asks for a part of a page."""
    return "HX-Request" in request.headers
