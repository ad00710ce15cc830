"""The app, to Django."""

from __future__ import annotations

from django.apps import AppConfig


class ThirdPartyConfig(AppConfig):
    """Somebody else's application."""

    name = "demo.outside.third_party"
    label = "paper"
    default_auto_field = "django.db.models.BigAutoField"
