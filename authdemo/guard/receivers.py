"""Lifts the locks of a browser that starts over."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver
from django.http import HttpRequest

from authdemo.start_over.signals import started_over
from authdemo.wire import browser

from .models import Failures


@receiver(started_over, dispatch_uid="guard.lift_own")
def lift_own(request: HttpRequest, **kwargs: Any) -> None:
    """Forget this browser's failures. Outside of the demo they have no browser (`keys.browser_key`)."""
    if name := browser.browser_of(request):
        Failures.objects.filter(user_agent=name).delete()
