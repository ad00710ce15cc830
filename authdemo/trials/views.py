"""Predict, send, see. One view a step; what is asked and what is sent stands in an app's attacks/."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from authdemo.accounts.backends import asked_on_this_machine
from authdemo.device.store import Busy
from authdemo.device.use import a_thread_to_spare
from authdemo.labs import labs_only
from authdemo.wire import browser

from .attempts import Attacks, Attempt, NotRun
from .lines import find


@labs_only
@never_cache
@require_safe
def index(request: HttpRequest, attacks: Attacks) -> HttpResponse:
    """List them: the first ones, and more."""
    first = [one for one in attacks.attempts if not one.more]
    more = [one for one in attacks.attempts if one.more]
    return render(request, attacks.index_page, {"attacks": attacks, "first": first, "more": more})


@labs_only
@never_cache
@require_safe
def attempt(request: HttpRequest, attacks: Attacks, slug: str) -> HttpResponse:
    """Show one attack as far as this browser has come with it."""
    return show(request, attacks, attacks.by_slug(slug))


def show(
    request: HttpRequest, attacks: Attacks, chosen: Attempt, status: int = HTTPStatus.OK, **more: Any
) -> HttpResponse:
    """Render it: to be predicted, to be sent, or with what happened.

    With a status that is an error, nothing new has happened: what was kept is of the last run, and says so.
    """
    name = browser.browser_of(request)
    trial = attacks.trials.objects.of(name, chosen.slug) or attacks.trials()
    happened = chosen.happened(trial.result)
    context: dict[str, Any] = {
        "attacks": attacks,
        "attempt": chosen,
        "next": attacks.after(chosen),
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
        "broke_off": status >= HTTPStatus.BAD_REQUEST,
        "ran_at": parse_datetime(trial.result.get("ran_at", "")),
        "may_send": asked_on_this_machine(request),
        **chosen.context(request, name, trial),
        **more,
    }
    return render(request, "trials/attempt.html", context, status=status)


@labs_only
@never_cache
@require_POST
def predict(request: HttpRequest, attacks: Attacks, slug: str) -> HttpResponse:
    """Keep the prediction, and open the wire. After it was tried, it cannot be changed."""
    chosen = attacks.by_slug(slug)
    response = redirect(attacks.attempt, slug)
    prediction = forms.ChoiceField(choices=chosen.choices)
    try:
        value = prediction.clean(request.POST.get("prediction", ""))
    except forms.ValidationError:
        messages.error(request, "Choose one of the answers.")
        return response
    trial = attacks.trials.objects.begin(browser.set_state(request, response, browser.OPEN), slug)
    if trial.result:
        messages.warning(request, "You have seen what happens, so your prediction stays as it was.")
        return response
    attacks.trials.objects.filter(pk=trial.pk).update(prediction=value)
    response["Location"] += "#try"  # what comes next stands below the answers
    return response


@labs_only
@never_cache
@require_POST
def send(request: HttpRequest, attacks: Attacks, slug: str) -> HttpResponse:
    """Really send it, and keep what came back."""
    chosen = attacks.by_slug(slug)
    trial = attacks.trials.objects.of(browser.browser_of(request), slug)
    if trial is None or not trial.prediction:
        messages.error(request, "Predict first. It is worth more when you do not know.")
        return redirect(attacks.attempt, slug)
    if not asked_on_this_machine(request):
        messages.error(request, f"It {chosen.needs}, so only who sits at that machine can send it.")
        return show(request, attacks, chosen, HTTPStatus.FORBIDDEN)
    cast = attacks.cast(request)
    try:
        with a_thread_to_spare():
            result = chosen.run(cast)
    except (NotRun, Busy) as why:
        messages.error(request, str(why))
        return show(request, attacks, chosen, getattr(why, "status", HTTPStatus.SERVICE_UNAVAILABLE))
    finally:
        cast.go()
    now = timezone.now().isoformat()
    if not attacks.trials.objects.add(trial.browser, slug, result | {"story": cast.story, "ran_at": now}):
        messages.error(request, "This browser has started over meanwhile, so nothing was kept.")
    return redirect(attacks.attempt, slug)
