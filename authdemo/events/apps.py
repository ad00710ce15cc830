"""What happened: one row for each sign-in, sign-out and act on a credential."""

from __future__ import annotations

from django.apps import AppConfig


class EventsConfig(AppConfig):
    """Label `events`."""

    name = "authdemo.events"
    verbose_name = "Events"

    def ready(self) -> None:
        """Start listening, and register the system check."""
        from . import checks, receivers  # noqa: F401
