"""The panel: open, close, clear, list, reveal. Each works as a page of its own and as a part of any page."""

from __future__ import annotations

import uuid
from http import HTTPStatus
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from . import browser, flows, redaction
from .models import Exchange, ExchangeQuerySet

STOP_POLLING = 286  # htmx: take this answer, then ask no more


def mine(request: HttpRequest) -> ExchangeQuerySet:
    """Return what this browser sent in the last hour, the newest first."""
    return Exchange.objects.of(browser.browser_of(request)).fresh()


def from_script(request: HttpRequest) -> bool:
    """Tell whether htmx asks for a part of a page."""
    return "HX-Request" in request.headers


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show the cards as a page, for browsers without JavaScript."""
    is_open = browser.is_open(request)
    context = {"open": is_open, "exchanges": list(mine(request)), "header_name": browser.HEADER}
    return render(request, "wire/index.html", context | {"header": browser.header_for(request) if is_open else ""})


@never_cache
@require_POST
def open_panel(request: HttpRequest) -> HttpResponse:
    """Start to keep this browser's exchanges."""
    return _answer(request, browser.OPEN)


@never_cache
@require_POST
def close_panel(request: HttpRequest) -> HttpResponse:
    """Keep no more. What there is stays for its hour."""
    return _answer(request, browser.CLOSED)


def _answer(request: HttpRequest, state: str) -> HttpResponse:
    response = redirect("wire:index")
    name = browser.set_state(request, response, state)
    (flows.go_on if state == browser.OPEN else flows.stop)(name)
    if from_script(request):
        # The part is made for the state that the browser will have.
        request.COOKIES[browser.COOKIE] = response.cookies[browser.COOKIE].value
        part = render(request, "wire/part.html")
        part.cookies = response.cookies
        return part
    return response


@never_cache
@require_POST
def clear(request: HttpRequest) -> HttpResponse:
    """Delete this browser's exchanges."""
    Exchange.objects.of(browser.browser_of(request)).delete()
    return HttpResponse() if from_script(request) else redirect("wire:index")


@never_cache
@require_safe
def cards(request: HttpRequest) -> HttpResponse:
    """Return the cards that the page lacks; 204 where it lacks none.

    The page says which it has: `after` names its newest, `oldest` its oldest, `held` is how many. Mostly it lacks only
    newer ones. Some come late with an earlier time (a provider's report, a slow request) and belong in between: then,
    and where some are gone, it gets the whole list.
    """
    if not browser.is_open(request):
        return _closed_elsewhere(request)
    exchanges = list(mine(request))
    newer = _newer([str(exchange.pk) for exchange in exchanges], request.GET)
    if newer == 0:
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    response = render(request, "wire/_cards.html", {"exchanges": exchanges[:newer]})
    if newer is None:
        response["HX-Reswap"] = "innerHTML"
    return response


def _newer(ids: list[str], held: QueryDict) -> int | None:
    """Return how many are newer than those of the page; None where the page has not exactly all the others."""
    after, oldest = held.get("after", ""), held.get("oldest", "")
    if not after:
        return len(ids)
    as_held = after in ids and ids[-1] == oldest and str(len(ids) - ids.index(after)) == held.get("held")
    return ids.index(after) if as_held else None


def _closed_elsewhere(request: HttpRequest) -> HttpResponse:
    """Answer a panel that was closed in another tab: show it closed."""
    if urlsplit(request.headers.get("HX-Current-URL", "")).path == reverse("wire:index"):
        return HttpResponse(status=STOP_POLLING, headers={"HX-Refresh": "true"})
    response = render(request, "wire/part.html", status=STOP_POLLING)
    response["HX-Retarget"] = "#wire"
    response["HX-Reswap"] = "outerHTML"
    return response


@never_cache
@require_POST
def reveal(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Show a credential of an exchange if this very request carries it. From nowhere else could we know it."""
    exchange = get_object_or_404(mine(request), pk=pk)
    wanted = request.POST.get("fingerprint", "")
    kept = exchange.masked(wanted)
    found = [
        value
        for value in (*request.COOKIES.values(), request.headers.get("Authorization", "").partition(" ")[2])
        if value and kept and constant_time_compare(redaction.fingerprint(value), wanted)
    ]
    name = "wire/_revealed.html" if from_script(request) else "wire/revealed.html"
    return render(request, name, {"exchange": exchange, "kept": kept, "value": found[0] if found else None})
