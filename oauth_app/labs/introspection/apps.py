"""An app of its own, for its templates."""

from __future__ import annotations

from django.apps import AppConfig


class IntrospectionConfig(AppConfig):
    """Label `introspection`."""

    name = "oauth_app.labs.introspection"
    label = "introspection"
    verbose_name = "Verify or ask"
