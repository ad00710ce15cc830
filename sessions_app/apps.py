"""Server-side sessions: sign in, look at the session, end it here or elsewhere."""

from __future__ import annotations

from django.apps import AppConfig
from django.core.exceptions import ImproperlyConfigured


class SessionsAppConfig(AppConfig):
    """Label `sessions_app`."""

    name = "sessions_app"
    verbose_name = "Server-side sessions"

    def ready(self) -> None:
        """Let our receiver of Django's signal take over from allauth's, which hears of allauth's sign-ins only."""
        from allauth.account.signals import user_logged_in
        from allauth.usersessions.signals import on_user_logged_in

        from . import signals  # noqa: F401  connects them

        if not user_logged_in.disconnect(on_user_logged_in):
            raise ImproperlyConfigured("In INSTALLED_APPS, put sessions_app after allauth.usersessions.")
