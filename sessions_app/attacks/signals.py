"""A form was refused: was it one of the hostile pages'? And who starts over forgets what was predicted here."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from authdemo.errors import csrf_refused
from authdemo.start_over.signals import started_over
from authdemo.wire import browser

from . import csrf
from .models import Trial


@receiver(csrf_refused, dispatch_uid="sessions_app.attacks.note")
def note(request: HttpRequest, reason: str, response: HttpResponse, **kwargs: Any) -> None:
    """Write down why Django refused it: the view behind it never ran."""
    if settings.LABS and request.path == reverse("attacks:colour"):
        csrf.note(request, response, reason=reason)


@receiver(started_over, dispatch_uid="sessions_app.attacks.forget")
def forget(request: HttpRequest, **kwargs: Any) -> None:
    """Delete this browser's trials."""
    if name := browser.browser_of(request):
        Trial.objects.filter(browser=name).delete()
