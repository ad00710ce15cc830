"""The page: verify a signature, or ask. What does it cost, and who notices an end?"""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from authdemo import experiments
from authdemo.accounts.backends import asked_on_this_machine
from authdemo.device.store import NO_CACHE
from authdemo.experiments import NO_RESULTS, rendered
from authdemo.wire import browser

from .run import ACCOUNT, PREDICTIONS, TIMES, Answer, Result, Way
from .run import run as both_ways

AGE = 60 * 60  # seconds that a result can be seen
LONGEST = 3 * 60  # seconds; more than all calls of one press can take


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show what this browser has tried, and the button."""
    return show(request, browser.browser_of(request))


@never_cache
@require_POST
def run(request: HttpRequest) -> HttpResponse:
    """Do it all once. No token is kept."""
    expected = request.POST.get("prediction")

    def act(name: str) -> None:
        before, result = kept(name), both_ways(request)
        result.prediction = expected if expected in PREDICTIONS else before.prediction if before else None
        cache.set(_key("result", name), asdict(result), AGE)

    held = lambda name: experiments.held(_key("lock", name), LONGEST)  # noqa: E731
    return experiments.tried(request, act, held, partial(show, request), "introspection:index")


def kept(name: str) -> Result | None:
    """Return what this browser has tried, None where it has nothing (any more)."""
    found = cache.get(_key("result", name)) if name else None
    if not isinstance(found, dict):
        return None
    ways = [
        Way(**way | {"calls": [Answer(**call) for call in way["calls"]], "after": Answer(**way["after"])})
        for way in found["ways"]
    ]
    return Result(**found | {"ways": ways})


def show(request: HttpRequest, name: str, refused: str = "", status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    """Render the page."""
    try:
        result = kept(name)
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


def _key(kind: str, name: str) -> str:
    return f"introspection.{kind}.{name}"
