"""The colour: what the hostile pages want to change. The pages of the attacks are `authdemo.trials.views`."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from authdemo.labs import labs_only

from . import csrf
from .forms import COLOUR, COLOURS, ColourForm


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
