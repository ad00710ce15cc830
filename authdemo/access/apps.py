"""An app without a table: its pages stand in the admin."""

from __future__ import annotations

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Label `access`."""

    name = "authdemo.access"
