"""Lets "Start over" know whose lock it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias, cast

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from authdemo.accounts.demo import is_local_demo
from authdemo.wire import browser

GetResponse: TypeAlias = Callable[[HttpRequest], HttpResponseBase]


class NameBrowserMiddleware:
    """Give a browser its signed name after the first wrong password, in the demo. Its further ones carry the name."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer."""
        response = self.get_response(request)
        if getattr(request, "guard_counted", False) and is_local_demo() and not browser.acting(request):
            browser.set_state(request, cast("HttpResponse", response), browser.CLOSED)
        return response
