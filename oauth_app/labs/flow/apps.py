"""An app of its own, for its templates."""

from __future__ import annotations

from django.apps import AppConfig


class FlowConfig(AppConfig):
    """Label `oauth_flow`."""

    name = "oauth_app.labs.flow"
    label = "oauth_flow"
    verbose_name = "The flow, drawn"
