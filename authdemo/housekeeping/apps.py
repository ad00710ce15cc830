"""An app without a table, for its command."""

from __future__ import annotations

from django.apps import AppConfig


class HousekeepingConfig(AppConfig):
    """Label `housekeeping`."""

    name = "authdemo.housekeeping"
