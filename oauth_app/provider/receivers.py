"""An account that is deactivated takes back what it has allowed: activated again, it is asked again."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.db.models.signals import post_save
from django.dispatch import receiver

from .models import Consent


@receiver(post_save, sender=settings.AUTH_USER_MODEL, dispatch_uid="oauth_provider.deactivated")
def deactivated(instance: Any, raw: bool, update_fields: Collection[str] | None = None, **kwargs: Any) -> None:
    """End the access of all apps. While it is inactive nothing opens in any case, `QuerySet.update` included."""
    if raw or instance.is_active or not (update_fields is None or "is_active" in update_fields):
        return
    for consent in Consent.objects.filter(user=instance).select_related("user", "client"):
        consent.revoke("deactivated")
