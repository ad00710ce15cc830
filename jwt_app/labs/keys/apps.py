"""An app of its own, for its templates, and an ear for who starts over."""

from __future__ import annotations

from django.apps import AppConfig


class KeysConfig(AppConfig):
    """Label `jwt_keys`."""

    name = "jwt_app.labs.keys"
    label = "jwt_keys"
    verbose_name = "Keys that change"

    def ready(self) -> None:
        """Connect the receiver."""
        from . import signals  # noqa: F401  connects it
