"""The page: what a copy of a token is worth after the sign-out, and what it costs to make it worthless."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from authdemo import experiments
from authdemo.accounts.backends import asked_on_this_machine
from authdemo.device.store import NO_CACHE, Busy
from authdemo.experiments import NO_RESULTS, rendered
from authdemo.wire import browser
from jwt_app import denylist
from jwt_app.tokens import AccessToken

from . import results
from .api import LIFETIME
from .replay import ACCOUNT, KINDS, PREDICTIONS, Replay, Row, once_more, replay

NOTHING_KEPT = "There is no copy any more: it was kept for an hour. Begin again."


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show what this browser has tried, and the button."""
    return show(request, browser.browser_of(request))


@never_cache
@require_POST
def run(request: HttpRequest) -> HttpResponse:
    """Sign in twice, sign out twice, and use the copies. Who begins again has predicted before."""

    def send(name: str) -> Replay:
        before, result = results.replay_of(name), replay(request)
        result.prediction = experiments.predicted(request, PREDICTIONS, before)
        return result

    return tried(request, send)


@never_cache
@require_POST
def again(request: HttpRequest) -> HttpResponse:
    """Use the copies once more, when they have expired for example."""

    def send(name: str) -> Replay:
        kept = results.replay_of(name)
        if kept is None:
            raise Busy(NOTHING_KEPT)
        return once_more(request, kept)

    return tried(request, send)


def tried(request: HttpRequest, act: Callable[[str], Replay]) -> HttpResponse:
    """Do it for this browser, and show what came of it, or why it was not done."""
    return experiments.tried(
        request,
        lambda name: results.keep(name, act(name)),
        results.one_at_a_time,
        partial(show, request),
        "denylist:index",
    )


def show(request: HttpRequest, name: str, refused: str = "", status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    """Render the page."""
    try:
        result = results.replay_of(name)
    except NO_CACHE:
        result, refused, status = None, NO_RESULTS, HTTPStatus.SERVICE_UNAVAILABLE
    context: dict[str, Any] = {
        "result": result,
        "tables": [(KINDS[kind], rows, takers(rows)) for kind, rows in result.by_kind.items()] if result else [],
        "predictions": PREDICTIONS,
        "expected": PREDICTIONS.get(str(result.prediction)) if result and result.happened is not None else None,
        "right": result and result.prediction == result.happened,
        "until": datetime.fromtimestamp(result.until, UTC) if result else None,
        "later_at": datetime.fromtimestamp(result.later_at, UTC) if result else None,
        "refused": refused,
        "account": ACCOUNT,
        "seconds": int(LIFETIME.total_seconds()),
        "minutes": int(AccessToken.lifetime.total_seconds() // 60),
        "always_on": denylist.is_on(),
        "may_sign_in": asked_on_this_machine(request),
        "in_a_table": not settings.REDIS_URL,
    }
    return rendered(request, "jwt_denylist/index.html", context, status)


def takers(rows: list[Row]) -> str:
    """Name the places that accepted a copy after the sign-out."""
    names = [row.place_title for row in rows if row.after.accepted]
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
