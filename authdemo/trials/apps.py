"""The app: templates and style. It has no table; each app's attacks have theirs."""

from __future__ import annotations

from django.apps import AppConfig


class TrialsConfig(AppConfig):
    """Label `trials`."""

    name = "authdemo.trials"
    label = "trials"
    verbose_name = "Trials"
