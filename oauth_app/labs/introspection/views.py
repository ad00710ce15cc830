"""The page: verify a signature, or ask. What does it cost, and who notices an end?"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from authdemo import experiments
from authdemo.accounts.backends import asked_on_this_machine
from authdemo.device.store import NO_CACHE
from authdemo.experiments import NO_RESULTS, rendered
from authdemo.wire import browser

from . import results
from .results import PREDICTIONS
from .run import ACCOUNT, TIMES
from .run import run as both_ways


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show what this browser has tried, and the button."""
    return show(request, browser.browser_of(request))


@never_cache
@require_POST
def run(request: HttpRequest) -> HttpResponse:
    """Do it all once. No token is kept."""

    def act(name: str) -> None:
        before, result = results.kept(name), both_ways(request)
        result.prediction = experiments.predicted(request, PREDICTIONS, before)
        results.keep(name, result)

    return experiments.tried(request, act, results.one_at_a_time, partial(show, request), "introspection:index")


def show(request: HttpRequest, name: str, refused: str = "", status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    """Render the page."""
    try:
        result = results.kept(name)
    except NO_CACHE:
        result, refused, status = None, NO_RESULTS, HTTPStatus.SERVICE_UNAVAILABLE
    context: dict[str, Any] = {
        "result": result,
        "done": result is not None and not result.problem,
        "predictions": PREDICTIONS,
        "expected": PREDICTIONS.get(str(result.prediction)) if result else None,
        "right": result and result.prediction == result.happened,
        "until": datetime.fromtimestamp(result.until, UTC) if result and result.until else None,
        "refused": refused,
        "account": ACCOUNT,
        "times": TIMES,
        "may_sign_in": asked_on_this_machine(request),
    }
    return rendered(request, "introspection/index.html", context, status)
