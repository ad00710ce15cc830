"""The app, and its ear for sign-outs."""

from __future__ import annotations

from django.apps import AppConfig


class DeviceConfig(AppConfig):
    """Listens for the end of the session that a device belongs to."""

    name = "authdemo.device"

    def ready(self) -> None:
        """Connect the receiver."""
        from . import signals  # noqa: F401  connects it
