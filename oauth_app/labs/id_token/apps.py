"""An app of its own, for its templates, and an ear for ID tokens that were checked."""

from __future__ import annotations

from django.apps import AppConfig


class IDTokenConfig(AppConfig):
    """Label `oauth_id_token`."""

    name = "oauth_app.labs.id_token"
    label = "oauth_id_token"
    verbose_name = "The ID token, line by line"

    def ready(self) -> None:
        """Connect the receivers."""
        from . import receivers  # noqa: F401  connects them
