"""The project itself as an app: its checks, its commands, and the table that caches need."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig, apps
from django.core.management import call_command
from django.db.models.signals import post_migrate


def create_cache_table(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """Make the table of the database cache with `migrate`, so that no separate command is needed."""
    call_command("createcachetable", database=using, verbosity=0)


class AuthdemoConfig(AppConfig):
    """Registers the system checks and the cache table."""

    name = "authdemo"

    def ready(self) -> None:
        """Register the checks."""
        from . import checks  # noqa: F401  registers them

        # Django sends post_migrate only for apps that have models, and this one has none.
        post_migrate.connect(create_cache_table, sender=apps.get_app_config("accounts"))
