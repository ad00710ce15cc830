"""The app, and its ear for who starts over."""

from __future__ import annotations

from django.apps import AppConfig


class AttacksConfig(AppConfig):
    """Label `jwt_attacks`."""

    name = "jwt_app.attacks"
    label = "jwt_attacks"
    verbose_name = "Attacks on tokens"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the receiver."""
        from . import signals  # noqa: F401  connects it
