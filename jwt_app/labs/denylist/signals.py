"""A browser starts over: what it has tried is forgotten, and so are the copies of tokens."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver
from django.http import HttpRequest

from authdemo.start_over.signals import started_over
from authdemo.wire import browser

from . import results


@receiver(started_over, dispatch_uid="jwt_denylist.forget")
def forget(request: HttpRequest, **kwargs: Any) -> None:
    """Delete this browser's results."""
    if name := browser.browser_of(request):
        results.forget(name)
