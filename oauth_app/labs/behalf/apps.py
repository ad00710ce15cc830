"""An app of its own, for its templates."""

from __future__ import annotations

from django.apps import AppConfig


class BehalfConfig(AppConfig):
    """Label `behalf`."""

    name = "oauth_app.labs.behalf"
    label = "behalf"
    verbose_name = "On your behalf"
