"""Predict, send, see. One view a step; what is sent stands in `runs.py`, what is asked in `attempts.py`."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from authdemo.accounts.backends import asked_on_this_machine
from authdemo.device.store import Busy
from authdemo.device.use import a_thread_to_spare
from authdemo.labs import labs_only
from authdemo.wire import browser

from . import csrf
from .attempts import ATTEMPTS, BY_SLUG, Attempt
from .cast import Cast, NotRun
from .forms import COLOUR, COLOURS, ColourForm
from .lines import find
from .models import Trial


@labs_only
@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List them: the first three, and more."""
    first = [one for one in ATTEMPTS if not one.more]
    return render(request, "attacks/index.html", {"first": first, "more": [one for one in ATTEMPTS if one.more]})


@labs_only
@never_cache
@require_safe
def attempt(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one attack as far as this browser has come with it."""
    return show(request, BY_SLUG[slug])


def show(request: HttpRequest, chosen: Attempt, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    """Render it: to be predicted, to be sent, or with what happened."""
    name = browser.browser_of(request)
    trial = Trial.objects.of(name, chosen.slug) or Trial()
    happened = chosen.happened(trial.result)
    context: dict[str, Any] = {
        "attempt": chosen,
        "trial": trial,
        "result": trial.result,
        "rows": [
            row | {"cells": list(zip(chosen.columns, row["statuses"], strict=False))}
            for row in trial.result.get("rows", [])
        ],
        "expected": dict(chosen.choices).get(trial.prediction, ""),
        "happened": dict(chosen.choices).get(happened, ""),
        "right": happened == trial.prediction,
        "lines": [find(line) for line in chosen.decided(trial.result)] if trial.result else [],
        "may_send": asked_on_this_machine(request),
    }
    if chosen.slug == csrf.SLUG:
        context |= {"colour": request.session.get(COLOUR, ""), **csrf.shown(name, trial)}
    return render(request, "attacks/attempt.html", context, status=status)


@labs_only
@never_cache
@require_POST
def predict(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep the prediction, and open the wire. After it was tried, it cannot be changed."""
    chosen = BY_SLUG[slug]
    response = redirect("attacks:attempt", slug)
    prediction = forms.ChoiceField(choices=chosen.choices)
    try:
        value = prediction.clean(request.POST.get("prediction", ""))
    except forms.ValidationError:
        messages.error(request, "Choose one of the answers.")
        return response
    trial = Trial.objects.begin(browser.set_state(request, response, browser.OPEN), slug)
    if trial.result:
        messages.warning(request, "You have seen what happens, so your prediction stays as it was.")
        return response
    Trial.objects.filter(pk=trial.pk).update(prediction=value)
    response["Location"] += "#try"  # what comes next stands below the answers
    return response


@labs_only
@never_cache
@require_POST
def send(request: HttpRequest, slug: str) -> HttpResponse:
    """Really send it, and keep what came back."""
    chosen = BY_SLUG[slug]
    trial = Trial.objects.of(browser.browser_of(request), slug)
    if trial is None or not trial.prediction:
        messages.error(request, "Predict first. It is worth more when you do not know.")
        return redirect("attacks:attempt", slug)
    if not asked_on_this_machine(request):
        messages.error(request, "It signs in with the demo's password, so only who sits at that machine can send it.")
        return show(request, chosen, HTTPStatus.FORBIDDEN)
    cast = Cast(request)
    try:
        with a_thread_to_spare():
            result = chosen.run(cast)
    except (NotRun, Busy) as why:
        messages.error(request, str(why))
        return show(request, chosen, HTTPStatus.SERVICE_UNAVAILABLE)
    finally:
        cast.go()
    if not Trial.objects.add(trial.browser, slug, result | {"story": cast.story}):
        messages.error(request, "This browser has started over meanwhile, so nothing was kept.")
    return redirect("attacks:attempt", slug)


@labs_only
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def colour(request: HttpRequest) -> HttpResponse:
    """Choose a colour: the harmless thing that the hostile pages want to change. Guarded as every form here is."""
    form = ColourForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        request.session[COLOUR] = form.cleaned_data["colour"]
        return csrf.note(request, redirect("attacks:attempt", csrf.SLUG), changed=True)
    status = HTTPStatus.BAD_REQUEST if request.method == "POST" else HTTPStatus.OK
    context = {"colours": COLOURS, "colour": request.session.get(COLOUR, "")}
    return render(request, "attacks/colour.html", context, status=status)
