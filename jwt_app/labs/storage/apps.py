"""An app of its own, for its template and its scripts. It has no table."""

from __future__ import annotations

from django.apps import AppConfig


class StorageConfig(AppConfig):
    """Label `jwt_storage`."""

    name = "jwt_app.labs.storage"
    label = "jwt_storage"
    verbose_name = "Where a token is kept"
