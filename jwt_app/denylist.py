"""Access tokens that are refused before they expire: what JWT_DENYLIST turns on.

A denial is a row. It names one token by its `jti`, or all access tokens of a sign-in by their `family`. Each check
asks the copy of these rows in a cache (`denylist_cache`): one cache call a request is the price, and only who can ask
that cache knows of a denial. A service that verifies by the public key alone goes on accepting the token.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models.signals import pre_delete
from django.dispatch import receiver
from django.utils import timezone
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.utils import datetime_from_epoch

from . import denylist_cache, signals
from .backend import token_backend
from .models import Denial, RefreshFamily
from .tokens import FAMILY, AccessToken, RefusedToken

CLAIM = "denylist"
"""A token with this claim set to true is checked although JWT_DENYLIST is off. It can only add a check."""

MARGIN = timedelta(minutes=1)  # a denial outlives its token by this: the clocks of two machines differ


def is_on() -> bool:
    """Say whether every access token is checked."""
    return bool(getattr(settings, "JWT_DENYLIST", False))


def covers(token: AccessToken) -> bool:
    """Say whether this token is checked, and so can be taken back."""
    return is_on() or token.payload.get(CLAIM) is True


def check(token: AccessToken) -> None:
    """Let the token pass, or raise RefusedToken, or Unavailable where nobody knows. One cache call."""
    if covers(token):
        names = {str(token.payload.get(claim)) for claim in (api_settings.JTI_CLAIM, FAMILY)}
        if denylist_cache.is_any_denied(names):
            raise RefusedToken(
                "This token has been taken back before its time, by a sign-out perhaps.", "token_denied"
            )


def signed_out(family: RefreshFamily | None, access: AccessToken | None) -> None:
    """Deny the access token that came with a sign-out, too, and answer for all: from now on no instance takes them.

    The end of the family was told by its signal. Its message to the cache may have failed, then or at an earlier try,
    so it is sent once more. Raises Unavailable: then the sign-in has ended, and this promise cannot be given.
    """
    if family and access and covers(access) and _belongs_to(family.user, access):
        _deny(
            access.payload[api_settings.JTI_CLAIM], datetime_from_epoch(access.payload["exp"]), family.user, "logout"
        )
        denylist_cache.void()
    elif is_on() or (family and family.checked):
        denylist_cache.void()


@receiver(signals.revoked, dispatch_uid="jwt_app.deny_family")
def deny_family(user: Any, family: RefreshFamily, reason: str, **kwargs: Any) -> None:
    """A sign-in has ended, for whatever reason: no access token that came from it is good any more."""
    if is_on() or _has_checked_tokens(family):
        _deny(str(family.pk), _last_expiry(), user, reason)


@receiver(signals.issued, dispatch_uid="jwt_app.deny_late_sign_in")
def deny_late_sign_in(family: RefreshFamily, **kwargs: Any) -> None:
    """All sign-ins of this user ended while this one was under way: its access token must not outlive that."""
    if not is_on():
        return
    users = get_user_model()._default_manager.select_for_update(no_key=True)
    with transaction.atomic():
        # Whoever ends all sign-ins holds this row and is waited for, or comes later and finds the family.
        user = users.filter(pk=family.user_id).first()
        if user is None:
            _deny(str(family.pk), _last_expiry(), None, "deleted")
            return
        family.user = user
        if not user.is_active:
            family.revoke(RefreshFamily.Reason.INACTIVE)
        elif not family.password_unchanged():
            family.revoke(RefreshFamily.Reason.PASSWORD)


@receiver(pre_delete, sender=settings.AUTH_USER_MODEL, dispatch_uid="jwt_app.deny_deleted_user")
def deny_deleted_user(instance: Any, **kwargs: Any) -> None:
    """The families go with the user, and nobody would know what to deny afterwards."""
    living = instance.refresh_families.filter(revoked_at=None)
    for family in living if is_on() else living.filter(checked=True):
        _deny(str(family.pk), _last_expiry(), None, "deleted")


def _has_checked_tokens(family: RefreshFamily) -> bool:
    """Ask the row, which is locked since its end was written: a token may have been given after it was read."""
    if not family.checked:  # what is true stays true
        family.refresh_from_db(fields=["checked"], from_queryset=RefreshFamily.objects.select_for_update())
    return family.checked


def _belongs_to(user: Any, token: AccessToken) -> bool:
    return bool(token.payload.get(api_settings.USER_ID_CLAIM) == str(getattr(user, api_settings.USER_ID_FIELD)))


def _last_expiry() -> datetime:
    """When an access token that was made a moment ago will have expired."""
    lifetime: timedelta = AccessToken.lifetime
    return timezone.now() + lifetime


def _deny(identifier: str, expires_at: datetime, user: Any, reason: str) -> None:
    with transaction.atomic():
        until = expires_at + token_backend().get_leeway() + MARGIN
        row = Denial(identifier=identifier, expires_at=until, user=user, reason=reason)
        Denial.objects.bulk_create([row], ignore_conflicts=True)  # denied twice is denied
        # After the commit, not before: else a copy could be made in between that lacks this row. What fails here is
        # logged, and heals by itself when the copy is too old to count.
        transaction.on_commit(denylist_cache.void, robust=True)
