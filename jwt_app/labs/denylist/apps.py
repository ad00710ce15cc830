"""An app of its own, for its templates, and an ear for who starts over."""

from __future__ import annotations

from django.apps import AppConfig


class DenylistConfig(AppConfig):
    """Label `jwt_denylist`."""

    name = "jwt_app.labs.denylist"
    label = "jwt_denylist"
    verbose_name = "Replay after sign-out"

    def ready(self) -> None:
        """Connect the receiver."""
        from . import signals  # noqa: F401  connects it
