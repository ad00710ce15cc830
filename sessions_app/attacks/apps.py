"""The app, and its ears: for refused forms, and for who starts over."""

from __future__ import annotations

from django.apps import AppConfig


class AttacksConfig(AppConfig):
    """Label `session_attacks`."""

    name = "sessions_app.attacks"
    label = "session_attacks"
    verbose_name = "Attacks on sessions"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the receivers."""
        from . import signals  # noqa: F401  connects them
