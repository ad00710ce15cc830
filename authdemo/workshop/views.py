"""The tour: start or go on, five steps, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeAlias

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from authdemo.device import store
from authdemo.device.use import in_hand
from authdemo.device.views import is_on
from authdemo.overview.forms import CaseForm
from authdemo.overview.views import answer_context
from authdemo.wire import browser, flows
from authdemo.wire.views import STOP_POLLING
from sessions_app.views import LoginView

from .forms import CopiesForm, PredictionForm
from .models import TourRun
from .pages import Tour, shown_on
from .replay import NoAnswer, NothingToCopy, send_again, steal_and_sign_out
from .steps import STEPS

View: TypeAlias = Callable[..., HttpResponseBase]


def where_on(view: View) -> View:
    """Answer 404 where there is no workshop: it copies credentials, and lets another program use them."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not is_on():
            raise Http404
        return view(request, *args, **kwargs)

    return never_cache(wrapped)


def with_run(view: View) -> View:
    """Hand the view this browser's run; who has none begins at the beginning."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        run = TourRun.objects.of(browser.browser_of(request))
        if run is None:
            return redirect("workshop:tour")
        return view(request, run, *args, **kwargs)

    return where_on(wrapped)


@where_on
@require_safe
def workshop(request: HttpRequest) -> HttpResponse:
    """Lead to the tour, the first part of the workshop."""
    return redirect("workshop:tour")


@where_on
@require_safe
def tour(request: HttpRequest) -> HttpResponse:
    """Say what the tour is, and start it or go on with it."""
    run = TourRun.objects.of(browser.browser_of(request))
    context: dict[str, Any] = {"steps": STEPS, "run": run, "minutes": sum(step.minutes for step in STEPS)}
    if run is not None:
        context["tour"] = Tour(request, run)
    return render(request, "workshop/tour.html", context)


@where_on
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Open the wire, and begin: "again" forgets what this browser did in the tour before; "at" goes on at a step."""
    at = request.POST.get("at", "")
    response = redirect("workshop:step", number=int(at) if at in {str(step.number) for step in STEPS} else 1)
    name = browser.set_state(request, response, browser.OPEN)
    flows.go_on(name)
    if "again" in request.POST:
        TourRun.objects.filter(browser=name).delete()
    TourRun.objects.begin(name)
    return response


@with_run
@require_safe
def step(request: HttpRequest, run: TourRun, number: int) -> HttpResponse:
    """Show one step, as far as it has come."""
    here = Tour(request, run).at(number)
    context = {"tour": here, "run": run, "step": here.current.step} | shown_on(request, run, here)
    if number == 3:
        context["form"] = PredictionForm()
    if number == 5:
        kept = CaseForm(QueryDict(run.case))  # the questions may have changed since then
        answer = None if "again" in request.GET else kept.answer
        context |= answer_context(answer) | {"form": CaseForm()}
    return render(request, f"workshop/step_{number}.html", context)


class SignIn(LoginView):
    """Step 1's form: the sign-in of `sessions_app`, with its errors shown here."""

    template_name = "workshop/step_1.html"
    run: TourRun

    def get_redirect_url(self) -> str:
        """Return the step, whatever the form says."""
        return reverse("workshop:step", args=[1])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what the step shows."""
        here = Tour(self.request, self.run).at(1)
        return super().get_context_data(**kwargs, tour=here, run=self.run, step=here.current.step)


@with_run
@require_POST
def sign_in(request: HttpRequest, run: TourRun) -> HttpResponseBase:
    """Sign in with a password. A wrong one is a 401, and the step again."""
    view = SignIn()
    view.setup(request)
    view.run = run
    return view.dispatch(request)


@with_run
@require_safe
def status(request: HttpRequest, run: TourRun, number: int) -> HttpResponse:
    """Return the part of a step that says how it stands. The page asks every two seconds, until it is done.

    `have` is what the page knows: where nothing is new, there is nothing to show, and to read out, again.
    """
    here = Tour(request, run).at(number)
    if request.GET.get("have") == here.current.marks:
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    context = {"tour": here, "run": run, "step": here.current.step} | shown_on(request, run, here)
    part = render(request, "workshop/_polled.html", context)
    if here.current.done:
        part.status_code = STOP_POLLING
    return part


@with_run
@require_POST
def predict(request: HttpRequest, run: TourRun) -> HttpResponse:
    """Keep the prediction. After it was tried, it cannot be changed."""
    form = PredictionForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choose one of the four.")
    elif run.happened:
        messages.warning(request, "You have seen what happens, so your prediction stays as it was.")
    else:
        run.keep(prediction=form.cleaned_data["prediction"])
    response = redirect("workshop:step", number=3)
    response["Location"] += "#tour-try"  # what comes next stands below the form
    return response


@with_run
@require_POST
def replay(request: HttpRequest, run: TourRun) -> HttpResponse:
    """Make the copies, sign out, let the other device send them. Again: only send them again."""
    again = "again" in request.POST
    form = CopiesForm(request.POST)
    if not run.prediction:
        return back_to_the_thief(request, "Predict first. It is worth more when you do not know.")
    if not form.is_valid():
        return back_to_the_thief(request, "What this tab sent is no token. Get a new one in step 2.")
    if again != bool(run.happened):  # pressed twice, or in two tabs
        return redirect("workshop:step", number=3)
    try:
        with in_hand(request) as (name, client):
            if again:
                run.replay = (run.replay or {}) | {"now": send_again(client)}
            else:
                run.replay = steal_and_sign_out(client, request, **form.cleaned_data)
            run.keep(replay=run.replay)  # also where the device cannot be kept after that
    except NothingToCopy as missing:
        return back_to_the_thief(request, f"There is nothing to try: you do not have {missing}.")
    except NoAnswer:
        return back_to_the_thief(request, "A copy got no answer, so it says nothing. You were not signed out.")
    except store.Busy as busy:
        return back_to_the_thief(request, str(busy))
    except store.NO_CACHE:
        return back_to_the_thief(request, "The cache that keeps the other device does not answer. Try it again.")
    if not run.happened:
        messages.error(request, "You were signed out, but then a copy got no answer. Sign in, and try it again.")
    response = redirect("workshop:step", number=3)
    store.set_cookie(response, name, client.device)
    return response


def back_to_the_thief(request: HttpRequest, sentence: str) -> HttpResponse:
    """Say why nothing was done."""
    messages.error(request, sentence)
    return redirect("workshop:step", number=3)


@with_run
@require_POST
def choose(request: HttpRequest, run: TourRun) -> HttpResponse:
    """Keep the replies, and answer them. Where nothing was ticked, the questions again."""
    form = CaseForm(request.POST)
    if form.case:
        run.keep(case=form.case.query)
        return redirect("workshop:step", number=5)
    here = Tour(request, run).at(5)
    context = {"tour": here, "run": run, "step": here.current.step, "form": form}
    status = HTTPStatus.BAD_REQUEST if form.is_unknown else HTTPStatus.OK
    return render(request, "workshop/step_5.html", context, status=status)


@with_run
@require_safe
def end(request: HttpRequest, run: TourRun) -> HttpResponse:
    """Show what was predicted, what happened, and where to read on; or what is still to be done."""
    here = Tour(request, run)
    return render(request, "workshop/end.html", {"tour": here, "run": run} | shown_on(request, run, here))
