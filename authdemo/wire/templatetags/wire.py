"""The panel in every page, and how an exchange is written."""

from __future__ import annotations

import json
from typing import Any

from django import template
from django.http import HttpRequest
from django.urls import reverse

from authdemo.wire import browser, counters
from authdemo.wire.counters import Counters

register = template.Library()


@register.inclusion_tag("wire/_panel.html", takes_context=True)
def wire_panel(context: template.RequestContext) -> dict[str, Any]:
    """Show the panel, open or closed. It asks no database: the cards are fetched afterwards, and not counted."""
    request: HttpRequest | None = context.get("request")
    if request is None:
        return {}
    is_open = browser.is_open(request)
    return {
        "request": request,
        "csrf_token": context.get("csrf_token"),
        "shown": request.path != reverse("wire:index"),  # there the cards are the page
        "open": is_open,
        "header_name": browser.HEADER,
        "header": browser.header_for(request) if is_open else "",
    }


@register.simple_tag(takes_context=True)
def wire_is_open(context: template.RequestContext) -> bool:
    """Tell whether this browser's panel is open, so that what it does is kept."""
    request: HttpRequest | None = context.get("request")
    return request is not None and browser.is_open(request)


@register.simple_tag
def look_up_cost() -> Counters | None:
    """Return the counters of the request that is being answered, to tell what it cost to know who is asking."""
    return counters.current.get()


@register.filter
def milliseconds(microseconds: int) -> str:
    """Return "3.1 ms"; three digits after the point for what is quicker than a tenth."""
    value = microseconds / 1000
    return f"{value:.1f} ms" if value >= 0.1 or not value else f"{value:.3f} ms"


@register.filter
def plain(value: Any) -> str:
    """Return a harmless value as JSON writes it, text without its quotes."""
    return value if isinstance(value, str) else json.dumps(value)


@register.filter
def kind_of(value: Any) -> str:
    """Say which part of the redacted structure this is (see redaction.py): it decides how it is written."""
    if not isinstance(value, dict):
        return "plain"
    return next(name for name in ("mask", "url", "fields", "items") if name in value)
