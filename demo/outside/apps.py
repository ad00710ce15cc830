"""The outside world as a Django app."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.core.management import call_command
from django.db.models.signals import post_migrate


def create_cache_table(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """Make the table for the codes with `migrate`, so that no separate command is needed."""
    call_command("createcachetable", database=using, verbosity=0)


class OutsideConfig(AppConfig):
    """Makes the cache table after `migrate`."""

    name = "demo.outside"
    label = "outside"

    def ready(self) -> None:
        """Connect the signal."""
        post_migrate.connect(create_cache_table, sender=self)
