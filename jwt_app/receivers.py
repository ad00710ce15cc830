"""A new password, or an account that is deactivated, ends the sign-ins from before; reuse is told to the user."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.db.models.signals import post_save
from django.dispatch import receiver

from . import notices, signals
from .models import RefreshFamily


@receiver(post_save, sender=settings.AUTH_USER_MODEL, dispatch_uid="jwt_app.end_families")
def end_families(
    instance: Any, created: bool, raw: bool, update_fields: Collection[str] | None, **kwargs: Any
) -> None:
    """End the families that no longer fit the account, whoever saved it: a form, the admin or code.

    One statement where nothing ends; none where neither field was saved, as at a sign-in. `QuerySet.update` sends no
    signal: there a family stays as it is, and each exchange is refused (`RefreshToken.rotate`). So is one whose
    sign-in was under way with the old password.
    """
    saved = {"is_active", "password"} if update_fields is None else {"is_active", "password"} & set(update_fields)
    if raw or created or not saved:
        return
    for family in RefreshFamily.objects.filter(user_id=instance.pk, revoked_at=None):
        family.user = instance
        if not instance.is_active:
            family.revoke(RefreshFamily.Reason.INACTIVE)
        elif not family.password_unchanged():
            family.revoke(RefreshFamily.Reason.PASSWORD)


@receiver(signals.reused, dispatch_uid="jwt_app.tell_the_user")
def tell_the_user(user: Any, family: RefreshFamily, **kwargs: Any) -> None:
    """Once a family: it has ended, and the end is committed."""
    notices.reuse(user, family)
