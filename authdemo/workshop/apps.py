"""The app, and its ear for "start over"."""

from __future__ import annotations

from django.apps import AppConfig


class WorkshopConfig(AppConfig):
    """Label `workshop`. Listens for "start over"."""

    name = "authdemo.workshop"

    def ready(self) -> None:
        """Connect the receiver."""
        from . import signals  # noqa: F401  connects it
