"""The app that counts wrong passwords."""

from __future__ import annotations

from django.apps import AppConfig


class GuardConfig(AppConfig):
    """Label `guard`."""

    name = "authdemo.guard"
    verbose_name = "Guard"

    def ready(self) -> None:
        """Start listening."""
        from . import receivers  # noqa: F401
