"""Who starts over forgets what was predicted here."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver
from django.http import HttpRequest

from authdemo.start_over.signals import started_over
from authdemo.wire import browser

from .models import Trial


@receiver(started_over, dispatch_uid="jwt_app.attacks.forget")
def forget(request: HttpRequest, **kwargs: Any) -> None:
    """Delete this browser's trials."""
    if name := browser.browser_of(request):
        Trial.objects.filter(browser=name).delete()
