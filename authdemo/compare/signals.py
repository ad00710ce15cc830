"""A browser starts over: what its run has open is ended, and the run is forgotten."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver
from django.http import HttpRequest

from authdemo.start_over.signals import started_over
from authdemo.wire import browser

from . import kept


@receiver(started_over, dispatch_uid="compare.forget")
def forget(request: HttpRequest, **kwargs: Any) -> None:
    """Forget this browser's run."""
    if name := browser.browser_of(request):
        kept.forget(name)
