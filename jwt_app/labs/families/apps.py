"""An app of its own, without a table."""

from __future__ import annotations

from django.apps import AppConfig


class FamiliesConfig(AppConfig):
    """Label `jwt_families`."""

    name = "jwt_app.labs.families"
    label = "jwt_families"
    verbose_name = "Families of refresh tokens"
