"""The page: choose, play, watch. Each step is one request, so that it shows when it is done."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from authdemo import experiments
from authdemo.accounts.backends import asked_on_this_machine
from authdemo.device.store import Busy
from authdemo.experiments import NOT_HERE, by_htmx, rendered
from authdemo.wire import browser

from . import kept, play
from .forms import ChoicesForm, preselected
from .page import rows, shown
from .play import Scenario
from .steps import STEPS
from .story import COLUMNS, Run

NOTHING_KEPT = "There is no run any more: it was kept for an hour. Begin again."
OVERTAKEN = "That step was played already, in another tab perhaps. This is how far it is."
NONE = "none"  # of the columns lets them in
NOBODY_TICKED = "Guess first: tick who will be let in, or “none of them”. A guess is enough."


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show this browser's run, or what would happen. A link may choose, and starts nothing."""
    return show(request, browser.browser_of(request))


@never_cache
@require_POST
def run(request: HttpRequest) -> HttpResponse:
    """Begin with the choices that were sent: "all" goes on by itself, else each step is asked for."""
    form = ChoicesForm(request.POST)
    if not form.is_valid():
        return render(request, "400.html", status=HTTPStatus.BAD_REQUEST)
    by_itself = "all" in request.POST

    def act(name: str) -> None:
        scenario = play.begin(form.chosen(by_itself))
        scenario.run.by_itself = by_itself
        kept.keep(name, scenario)
        if by_itself:
            advance(request, name, scenario, None)

    to = address(form)
    return tried(request, act, to)


@never_cache
@require_POST
def step(request: HttpRequest) -> HttpResponse:
    """Play the next step: "all" goes on by itself from here. "step" is what the page took for the next one."""
    name = browser.browser_of(request)
    ticked = {*COLUMNS, NONE} & set(request.POST.getlist("prediction"))
    predicted = [column for column in COLUMNS if column in ticked]
    by_itself = "all" in request.POST

    def act(name: str) -> None:
        scenario = kept.of(name)
        if scenario is None:
            raise Busy(NOTHING_KEPT)
        following = scenario.run.next_step
        if following is None or request.POST.get("step") != following.slug:
            if by_itself:
                return  # two tabs play the same run, so one of them only watches
            raise Busy(OVERTAKEN)
        scenario.run.by_itself = by_itself
        advance(request, name, scenario, predicted if following.question and not by_itself else None)

    if not by_itself and not ticked and asks(request.POST.get("step", "")):
        return show(request, name, NOBODY_TICKED, HTTPStatus.BAD_REQUEST)
    return tried(request, act)


@never_cache
@require_POST
def meanwhile(request: HttpRequest) -> HttpResponse:
    """While the run waits, let the thief call once more. Returns the clocks, and those only: the rest stays."""

    def act(name: str) -> None:
        if scenario := kept.of(name):
            play.meanwhile(scenario, request)
            kept.keep_on(name, scenario)

    def clocks_of(name: str, refused: str = "", status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
        scenario = kept.of(name)
        if scenario is None:
            return HttpResponse(status=HTTPStatus.NOT_FOUND)
        return rendered(request, "compare/_clocks.html", shown(scenario.run), status)

    return experiments.tried(request, act, kept.one_at_a_time, clocks_of, "compare:index")


@never_cache
@require_POST
def forget(request: HttpRequest) -> HttpResponse:
    """End what the run has open, and show the choices again as they were."""
    form, _ = preselected(request.POST, None)
    return tried(request, kept.forget, address(form))


def asks(slug: str) -> bool:
    """Tell whether there is a question before this step."""
    return any(step.slug == slug and step.question for step in STEPS)


def advance(request: HttpRequest, name: str, scenario: Scenario, predicted: list[str] | None) -> None:
    """Play a step, or all that need no waiting; keep each, so that a reload loses nothing."""
    keep = partial(kept.keep_on, name, scenario)
    while scenario.run.next_step is not None and scenario.run.waits_until is None:
        play.play_next(scenario, request, predicted, keep)
        keep()
        if by_htmx(request) or not scenario.run.by_itself:
            break


def tried(request: HttpRequest, act: Callable[[str], None], to: str = "") -> HttpResponse:
    """Do it for this browser, and show what came of it, or why it was not done. `to` is the page's new address."""
    response = experiments.tried(request, act, kept.one_at_a_time, partial(show, request), to or "compare:index")
    if to and by_htmx(request):
        response["HX-Replace-Url"] = to
    return response


def address(form: ChoicesForm) -> str:
    """Return the address of the page that chooses what this form does."""
    return reverse("compare:index") + (f"?{form.query}" if form.query else "")


def show(request: HttpRequest, name: str, refused: str = "", status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    """Render the page, or for htmx the part of it that changes."""
    scenario = kept.of(name) if settings.LABS else None
    form, wrong = preselected(request.GET, scenario.run.choices if scenario else None)
    context: dict[str, Any] = {
        "form": form,
        "link": address(form),
        "link_is_wrong": wrong,
        "refused": refused if refused != NOBODY_TICKED else "",
        "unanswered": refused if refused == NOBODY_TICKED else "",
        "may_sign_in": asked_on_this_machine(request),
        "not_here": NOT_HERE,
        "plan": rows(Run()),
        "by_htmx": by_htmx(request),
    }
    if scenario is not None:
        soon = status == HTTPStatus.SERVICE_UNAVAILABLE
        context |= shown(scenario.run) | {"stopped": refused and not soon, "focus": by_htmx(request)}
        context["pause"] = max(context["left"] * 1000 + 300 if context["left"] else 0, 2000 if soon else 0)
    return rendered(request, f"compare/{'_run' if by_htmx(request) else 'index'}.html", context, status)
