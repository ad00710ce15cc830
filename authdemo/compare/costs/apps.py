"""The app: templates and static files of the page."""

from __future__ import annotations

from django.apps import AppConfig


class CostsConfig(AppConfig):
    """A label of its own: the page stands beside the scenario."""

    name = "authdemo.compare.costs"
    label = "compare_costs"
