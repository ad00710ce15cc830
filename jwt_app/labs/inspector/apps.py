"""An app of its own, for its templates. It has no table: nothing is kept."""

from __future__ import annotations

from django.apps import AppConfig


class InspectorConfig(AppConfig):
    """Label `jwt_inspector`."""

    name = "jwt_app.labs.inspector"
    label = "jwt_inspector"
    verbose_name = "The inspector of tokens"
