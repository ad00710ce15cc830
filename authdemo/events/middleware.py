"""Lets whoever hears a signal know which request is being answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from . import facts

GetResponse: TypeAlias = Callable[[HttpRequest], HttpResponseBase]


class CurrentRequestMiddleware:
    """Put it before everything that signs in or out."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer."""
        token = facts.current.set(request)
        try:
            return self.get_response(request)
        finally:
            facts.current.reset(token)
