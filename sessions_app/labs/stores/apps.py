"""An app of its own, for its two tables and its templates."""

from __future__ import annotations

from django.apps import AppConfig


class StoresConfig(AppConfig):
    """Label `session_stores`."""

    name = "sessions_app.labs.stores"
    label = "session_stores"
    verbose_name = "Session stores, side by side"

    def ready(self) -> None:
        """Connect the receiver."""
        from . import signals  # noqa: F401  connects it
