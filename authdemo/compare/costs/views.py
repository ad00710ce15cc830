"""The page: what each mechanism costs on this machine, and the button that measures it."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from authdemo.accounts.backends import asked_on_this_machine
from authdemo.experiments import by_htmx, rendered

from . import charts, results, sentences, starting, supervising

NOT_HERE = (
    "Only who sits at the machine that runs this can start it: for a minute or two it takes all that the machine has."
)
UNDER_WAY = "A measurement is under way already. Two at once would measure each other."
COULD_NOT = (
    "The measurement could not be started: the system has no place for another process, or no room for its files."
)


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Draw the last figures, or say that there are none."""
    return show(request)


@never_cache
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Measure, in a process of its own."""
    if not asked_on_this_machine(request):
        return show(request, NOT_HERE, HTTPStatus.FORBIDDEN)
    try:
        starting.start()
    except starting.UnderWay:
        return show(request, UNDER_WAY, HTTPStatus.CONFLICT)
    except OSError:
        supervising.note(supervising.FAILED, text=COULD_NOT)
        return show(request, COULD_NOT, HTTPStatus.SERVICE_UNAVAILABLE)
    return redirect("compare_costs:index")


@never_cache
@require_POST
def cancel(request: HttpRequest) -> HttpResponse:
    """End the measurement that is under way."""
    if not asked_on_this_machine(request):
        return show(request, NOT_HERE, HTTPStatus.FORBIDDEN)
    supervising.cancel()
    return redirect("compare_costs:index")


@never_cache
@require_safe
def progress(request: HttpRequest) -> HttpResponse:
    """Say how far it is. When there is nothing more to say, the page is loaded anew."""
    if not by_htmx(request):
        return redirect("compare_costs:index")
    found = supervising.state()
    if found is None or not found.is_running:
        return HttpResponse(headers={"HX-Refresh": "true"})
    context = {"state": found, "may_start": asked_on_this_machine(request)}
    return rendered(request, "compare_costs/_progress.html", context)


def show(request: HttpRequest, refused: str = "", status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    """Render the page."""
    found = results.read()
    context = {
        "results": found,
        "charts": charts.charts(found) if found else [],
        "multiples": charts.multiples(found) if found else [],
        "per_request": sentences.per_request(found) if found else [],
        "between": sentences.between(found) if found else "",
        "noise": sentences.noise(found) if found else "",
        "scales": sentences.scales(found) if found else [],
        "state": supervising.state(),
        "may_start": asked_on_this_machine(request),
        "refused": refused,
        "sizes": supervising.SIZES,
        "measured_for": supervising.SECONDS,
        "not_here": NOT_HERE,
    }
    return rendered(request, "compare_costs/index.html", context, status)
