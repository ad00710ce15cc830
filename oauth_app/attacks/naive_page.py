"""WRONG ON PURPOSE. Do not copy anything from this file.

The naive app's page, and the same page for everybody's frames. 404 unless LABS is on.
"""

from __future__ import annotations

from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from authdemo.labs import labs_only


@labs_only
@never_cache
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Say what this app is."""
    return render(request, "oauth_attacks/naive.html")


@xframe_options_exempt  # WRONG: any page may lay this one under its own, and have its buttons clicked
@csp_replace({"frame-ancestors": None})  # type: ignore[untyped-decorator]
@labs_only
@never_cache
@require_safe
def framed(request: HttpRequest) -> HttpResponse:
    """Show the same to whoever frames it."""
    return render(request, "oauth_attacks/naive.html")
