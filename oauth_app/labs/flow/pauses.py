"""The pages of slow motion: which leg comes next, with which parameters."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers

from authdemo.wire import redaction
from authdemo.wire.known import what_is_known

from .diagram import explained


def before_the_front_channel(request: HttpRequest, to: str) -> HttpResponse:
    """Show where the browser goes next, and with what."""
    kept = redaction.url(to, what_is_known(request)) or {}
    return _page(request, {"url": kept.get("url", ""), "leg": "out"}, kept.get("query", []))


def before_the_back_channel(request: HttpRequest) -> HttpResponse:
    """Show what the browser has come back with. Its button posts to this very address."""
    query = redaction.query(request.META.get("QUERY_STRING", ""), what_is_known(request))
    return _page(request, {"url": request.path, "leg": "back", "denied": "error" in request.GET}, query)


def _page(request: HttpRequest, context: dict[str, Any], pairs: list[Any]) -> HttpResponse:
    parameters, others = explained(pairs)
    response = render(request, "oauth_flow/pause.html", context | {"parameters": parameters, "others": others})
    add_never_cache_headers(response)
    return response
