"""Experiments, and code that is wrong on purpose: there only where LABS is on."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeAlias

from django.conf import settings
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

View: TypeAlias = Callable[..., HttpResponseBase]


def labs_only(view: View) -> View:
    """Answer 404 unless LABS is on, as if the page did not exist."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not settings.LABS:
            raise Http404
        return view(request, *args, **kwargs)

    return wrapped
