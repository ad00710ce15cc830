"""The two pages for people: all stores in one table, and one cookie at two instances."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Any, TypeAlias

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from authdemo import experiments
from authdemo.accounts.backends import asked_on_this_machine
from authdemo.device.store import NO_CACHE
from authdemo.experiments import NO_RESULTS, by_htmx, rendered
from authdemo.wire import browser

from . import results
from .calls import ACCOUNT
from .measure import Run, compare
from .stores import BY_NAME, STORES

Context: TypeAlias = dict[str, Any]
Page: TypeAlias = Callable[[str], Context]


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show what this browser has tried of the stores, and the button."""
    return show(request, table, browser.browser_of(request))


@never_cache
@require_POST
def run(request: HttpRequest) -> HttpResponse:
    """Begin. htmx asks for the steps one by one, so that each shows when it is done; without it all are done now."""
    return tried(request, table, lambda name: advance(request, name, Run()))


@never_cache
@require_POST
def go_on(request: HttpRequest) -> HttpResponse:
    """Do the next step, or without htmx all that are left: a page that was left half-way is finished."""
    return tried(request, table, lambda name: advance(request, name, results.run_of(name) or Run()))


@never_cache
@require_safe
def instances(request: HttpRequest) -> HttpResponse:
    """Show what the two instances said, and the choice of a store."""
    return show(request, comparison, browser.browser_of(request))


@never_cache
@require_POST
def send(request: HttpRequest) -> HttpResponse:
    """Send one cookie of the chosen store to both."""
    store = BY_NAME.get(request.POST.get("store", ""))
    if store is None:
        return render(request, "400.html", status=HTTPStatus.BAD_REQUEST)
    return tried(request, comparison, lambda name: results.keep(name, compare(store, request)))


def advance(request: HttpRequest, name: str, one: Run) -> None:
    """Do a step, or all; keep each, so that a reload loses nothing."""
    results.keep(name, one)
    while not one.is_done:
        one.step(request)
        results.keep(name, one)
        if by_htmx(request):
            break


def tried(request: HttpRequest, page: Page, act: Callable[[str], None]) -> HttpResponse:
    """Do it for this browser, and show what came of it, or why it was not done."""
    return experiments.tried(
        request, act, results.one_at_a_time, partial(show, request, page), f"stores:{PAGES[page]}"
    )


def show(
    request: HttpRequest,
    page: Page,
    name: str,
    refused: str = "",
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    """Render a page, or for htmx the part of it that changes."""
    context: Context = {"refused": refused, "account": ACCOUNT, "may_sign_in": asked_on_this_machine(request)}
    try:
        context |= page(name)
    except NO_CACHE:
        context |= page("") | {"refused": NO_RESULTS}
        status = HTTPStatus.SERVICE_UNAVAILABLE
    template = f"session_stores/{'_' if by_htmx(request) else ''}{PAGES[page]}.html"
    return rendered(request, template, context, status)


def table(name: str) -> Context:
    """Return the run of a browser, with a line for each store: how far it is, and what was found."""
    one = results.run_of(name)
    rows = {row.store: row for row in one.rows} if one else {}
    survived = (one.survived if one else None) or {}
    lines = [{"store": store, "row": rows.get(store.name), "survived": survived.get(store.name)} for store in STORES]
    return {"run": one, "lines": lines, "sites_own": settings.SESSION_STORE, "engine": settings.SESSION_ENGINE}


def comparison(name: str) -> Context:
    """Return what the two instances said to a browser's cookie, and what can be chosen."""
    one = results.comparison_of(name)
    return {"result": one, "stores": STORES, "chosen": one.store if one else STORES[0].name}


PAGES: dict[Page, str] = {table: "index", comparison: "instances"}
