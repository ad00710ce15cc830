"""An app without a table, for its template tag."""

from __future__ import annotations

from django.apps import AppConfig


class FamiliesConfig(AppConfig):
    """Label `families`."""

    name = "authdemo.families"
