"""What happens at every sign-in, by our form, the admin or "sign in with …"; and at the end of an account."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_save
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
    if not devices.is_the_sites(session):  # whoever opens another store's session looks after it
        return
    now = timezone.now()
    session["signed_in_at"] = now.isoformat()
    # A fixed end. Django's default moves it with every save, so that a session in use could last for ever.
    session.set_expiry(now + timedelta(seconds=settings.SESSION_COOKIE_AGE))
    if hasattr(request, "user"):  # a test's force_login comes without
        devices.add(request)


@receiver(post_save, sender=settings.AUTH_USER_MODEL, dispatch_uid="sessions_app.end_of_the_account")
def end_of_the_account(instance: Any, raw: bool, update_fields: Collection[str] | None, **kwargs: Any) -> None:
    """Whoever deactivates a user, in the admin or in code, ends the user's sessions with it.

    Django takes those for anonymous at once, since it reads the user at every request. Without this their records
    would stay, and open again with the account. `QuerySet.update` sends no signal: there it stays at Django's part.
    """
    if raw or instance.is_active:
        return
    if update_fields is None or "is_active" in update_fields:
        devices.end_all(instance)
