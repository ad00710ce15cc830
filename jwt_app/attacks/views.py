"""The guessing of a secret: a piece for each request, until it is found or stopped. All else is `authdemo.trials`."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from authdemo.accounts.backends import asked_on_this_machine
from authdemo.device.store import Busy
from authdemo.device.use import a_thread_to_spare
from authdemo.labs import labs_only
from authdemo.trials.attempts import NotRun, Result
from authdemo.wire import browser

from . import cracking
from .attempts import ATTACKS
from .cast import Cast
from .models import Trial


class SecretForm(forms.Form):
    """A secret to be guessed at. It is used once and kept nowhere."""

    key = forms.CharField(max_length=200, strip=False, label="A secret to try")


def act(request: HttpRequest, step: Callable[[Cast, Trial], Result]) -> HttpResponse:
    """Take one step and keep what it found; then the page, or the part of it that htmx has asked for."""
    name = browser.browser_of(request)
    cast = Cast(request)
    try:
        if not asked_on_this_machine(request):
            raise NotRun("Only who sits at that machine can do this.")
        trial = cracking.trial_of(name)
        with a_thread_to_spare():
            changed = step(cast, trial)
    except (NotRun, Busy) as why:
        messages.error(request, str(why))
        return over(request)
    finally:
        cast.go()
    more = {"story": trial.result.get("story", []) + cast.story} if cast.story else {}
    Trial.objects.add(name, cracking.SLUG, changed | more)
    result = trial.result | changed
    if request.headers.get("HX-Request") and cracking.is_running(result):
        return render(request, "jwt_attacks/_progress.html", {"result": result})
    return over(request)


def over(request: HttpRequest) -> HttpResponse:
    """Show the whole page: what was found stands all over it."""
    if not request.headers.get("HX-Request"):
        return redirect(ATTACKS.attempt, cracking.SLUG)
    return HttpResponse(status=HTTPStatus.NO_CONTENT, headers={"HX-Refresh": "true"})


@labs_only
@never_cache
@require_POST
def guess(request: HttpRequest) -> HttpResponse:
    """Guess for a quarter of a second."""
    return act(request, lambda cast, trial: cracking.go_on(cast, trial.result))


@labs_only
@never_cache
@require_POST
def stop(request: HttpRequest) -> HttpResponse:
    """Guess no more."""
    cracking.forget(browser.browser_of(request))
    return act(request, lambda cast, trial: cracking.stopped(trial.result))


@labs_only
@never_cache
@require_POST
def own(request: HttpRequest) -> HttpResponse:
    """Guess at a secret that the learner has typed."""
    form = SecretForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Type a secret of at most 200 characters.")
        return over(request)
    return act(request, lambda cast, trial: cracking.start_with(cast.browser, form.cleaned_data["key"]))
