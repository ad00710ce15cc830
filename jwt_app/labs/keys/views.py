"""The ring as it is, with a button that changes it; and a role that is taken away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from typing import Any, TypeAlias

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from authdemo import experiments
from authdemo.accounts.backends import asked_on_this_machine
from authdemo.device.store import NO_CACHE
from authdemo.device.transport import origins
from authdemo.experiments import NO_RESULTS, by_htmx, rendered
from authdemo.wire import browser
from jwt_app.backend import key_ring, token_backend
from jwt_app.keyring import KeyRingError

from . import results, trials
from .calls import PLACES

Context: TypeAlias = dict[str, Any]


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show the keys, and what this browser has tried with them."""
    return show(request, "index", browser.browser_of(request))


@never_cache
@require_POST
def change(request: HttpRequest) -> HttpResponse:
    """Make a new key, and ask who can verify what."""
    return tried(request, "index", lambda name: trials.change(request))


@never_cache
@require_POST
def again(request: HttpRequest) -> HttpResponse:
    """Ask all three with a token of this moment."""
    return tried(request, "index", lambda name: trials.again(request, results.change_of(name) or trials.Change()))


@never_cache
@require_POST
def noise(request: HttpRequest) -> HttpResponse:
    """Send unknown names to orders."""
    return tried(request, "index", lambda name: trials.noise(request))


@never_cache
@require_safe
def role(request: HttpRequest) -> HttpResponse:
    """Show who believed what."""
    return show(request, "role", browser.browser_of(request))


@never_cache
@require_POST
def demote(request: HttpRequest) -> HttpResponse:
    """Take the role away, and ask."""
    return tried(request, "role", lambda name: trials.demote(request))


def tried(request: HttpRequest, page: str, trial: Callable[[str], results.Result]) -> HttpResponse:
    """Do it for this browser, and show what came of it, or why it was not done."""
    return experiments.tried(
        request,
        lambda name: results.keep(name, trial(name)),
        results.one_at_a_time,
        partial(show, request, page),
        f"keys:{page}",
    )


def show(
    request: HttpRequest, page: str, name: str, refused: str = "", status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    """Render a page, or for htmx the part of it that changes."""
    context: Context = {
        "refused": refused,
        "account": trials.ACCOUNT,
        "times": trials.TIMES,
        "may_sign_in": asked_on_this_machine(request),
        "places": [title for place, title in PLACES.items()],
        "orders": "orders" in origins(),
    }
    try:
        context |= PAGES[page](name)
    except NO_CACHE:
        context |= PAGES[page]("") | {"refused": NO_RESULTS}
        status = HTTPStatus.SERVICE_UNAVAILABLE
    return rendered(request, f"jwt_keys/{'_' if by_htmx(request) else ''}{page}.html", context, status)


def keys_and_trials(name: str) -> Context:
    """Return the keys as this process reads them now, and what this browser has tried."""
    return {"keys": known_keys(), "change": results.change_of(name), "noise": results.noise_of(name)}


def known_keys() -> list[dict[str, Any]]:
    """Return the keys, the newest first: those of the ring, or the one that is set."""
    ring = key_ring()
    try:
        kept = {key.kid: key for key in ring.read()} if ring else {}
    except KeyRingError:
        kept = {}  # then this process goes on with what it has
    signing = token_backend().signing
    return [
        {
            "kid": kid,
            "alg": key.algorithm,
            "signs": key is signing,
            "since": moment(kept[kid].created) if kid in kept else None,
            "until": moment(key.until),
        }
        for kid, key in reversed(token_backend().by_kid.items())
        if key.verifies
    ]


def moment(seconds: int | None) -> datetime | None:
    """Return seconds since 1970 as a time."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def roles(name: str) -> Context:
    """Return who believed what."""
    return {"result": results.demotion_of(name)}


PAGES: dict[str, Callable[[str], Context]] = {"index": keys_and_trials, "role": roles}
