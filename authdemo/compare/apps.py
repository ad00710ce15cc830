"""An app of its own, for its templates and its command."""

from __future__ import annotations

from django.apps import AppConfig


class CompareConfig(AppConfig):
    """Label `compare`."""

    name = "authdemo.compare"
