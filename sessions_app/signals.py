"""What happens at every sign-in, whoever does it: our form, the admin, or "sign in with …"."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from . import devices


@receiver(user_logged_in, dispatch_uid="sessions_app.remember_sign_in")
def remember_sign_in(sender: Any, request: HttpRequest | None, **kwargs: Any) -> None:
    """Write down when the session began and when it ends, and add it to the user's devices."""
    session = getattr(request, "session", None)
    if request is None or session is None:  # signed in without a session, by an API token for example
        return
    now = timezone.now()
    session["signed_in_at"] = now.isoformat()
    # A fixed end. Django's default moves it with every save, so that a session in use could last for ever.
    session.set_expiry(now + timedelta(seconds=settings.SESSION_COOKIE_AGE))
    if hasattr(request, "user"):  # a test's force_login comes without
        devices.record(request)
