"""An app of its own, beside the other experiments."""

from __future__ import annotations

from django.apps import AppConfig


class AlgorithmsConfig(AppConfig):
    """Label `jwt_algorithms`."""

    name = "jwt_app.labs.algorithms"
    label = "jwt_algorithms"
    verbose_name = "Four algorithms"
