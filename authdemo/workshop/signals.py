"""A browser starts over: its tour is forgotten, prediction and all."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver
from django.http import HttpRequest

from authdemo.start_over.signals import started_over
from authdemo.wire import browser

from .models import TourRun


@receiver(started_over, dispatch_uid="authdemo.workshop.forget")
def forget(request: HttpRequest, **kwargs: Any) -> None:
    """Delete this browser's run."""
    if name := browser.browser_of(request):
        TourRun.objects.filter(browser=name).delete()
