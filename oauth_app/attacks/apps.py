"""The app, and its ears: for who starts over, and for ID tokens."""

from __future__ import annotations

from django.apps import AppConfig


class AttacksConfig(AppConfig):
    """Label `oauth_attacks`."""

    name = "oauth_app.attacks"
    label = "oauth_attacks"
    verbose_name = "Attacks on sign-in with a provider"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the receivers."""
        from . import signals  # noqa: F401  connects them
