"""When did this user last type a password, or whatever signs in here, in this very session? Some apps want it recent.

Django's `last_login` is of the user, whichever browser it was; so the session keeps its own.
"""

from __future__ import annotations

import time
from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

KEY = "oauth_provider_auth_time"


@receiver(user_logged_in, dispatch_uid="oauth_provider.auth_time")
def note(request: HttpRequest | None, **kwargs: Any) -> None:
    """Write down that it was now."""
    if request is not None and hasattr(request, "session"):
        request.session[KEY] = int(time.time())


def auth_time(request: HttpRequest) -> int | None:
    """Return seconds since 1970, None for a session that is older than this file."""
    found = request.session.get(KEY)
    return found if isinstance(found, int) else None


def is_older(request: HttpRequest, seconds: int) -> bool:
    """Tell whether the sign-in is more than that ago; one whose time is not known is."""
    at = auth_time(request)
    return at is None or time.time() - at > seconds
