"""Families: all refresh tokens that came from one sign-in, so that they can be ended together.

SimpleJWT keeps a row for each refresh token (OutstandingToken) and for each that may no longer be used
(BlacklistedToken). What it does not know is which tokens belong together.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from . import signals

REMEMBERED = timedelta(days=7)
"""For how long the user is shown that a family ended by reuse."""


class RefreshFamily(models.Model):
    """The refresh tokens of one sign-in. Ended once, it stays ended."""

    class Reason(models.TextChoices):
        """Why a family ended."""

        LOGOUT = "logout", "signed out"
        REUSE = "reuse", "a used refresh token came back"
        ADMIN = "admin", "ended by an administrator"
        ELSEWHERE = "elsewhere", "ended by the user from another browser"
        PASSWORD = "password", "a new password"
        INACTIVE = "inactive", "account deactivated"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="refresh_families")
    # Django's own mark in each session: it changes with the password. It is an HMAC and opens nothing, and it lies
    # here and not in the token, where everybody could read it.
    session_auth_hash = models.CharField(max_length=128, editable=False)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=10, choices=Reason.choices, blank=True)
    # Null, as for every sign-in: what JWT_ROTATION_GRACE_SECONDS says. An experiment may try another for a family.
    grace_seconds = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    # An access token of it has the claim of `denylist`: with its end they are denied, although JWT_DENYLIST is off.
    checked = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name_plural = "refresh families"
        indexes = [  # for the admin's filters
            models.Index(fields=["created_at"], condition=models.Q(revoked_at=None), name="family_alive"),
            models.Index(fields=["created_at"], condition=~models.Q(revoked_at=None), name="family_ended"),
            models.Index(fields=["reason", "created_at"], name="family_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.user} since {self.created_at:%Y-%m-%d %H:%M}"

    @property
    def grace(self) -> timedelta:
        """For how long after its exchange a copy of a refresh token may come too late without ending the family."""
        seconds = self.grace_seconds
        return timedelta(seconds=getattr(settings, "JWT_ROTATION_GRACE_SECONDS", 0) if seconds is None else seconds)

    def password_unchanged(self) -> bool:
        """Say whether the user still has the password of the sign-in (as Django asks for each session)."""
        user: Any = self.user
        valid = (user.get_session_auth_hash(), *user.get_session_auth_fallback_hash())
        return any(constant_time_compare(self.session_auth_hash, value) for value in valid)

    def revoke(self, reason: str) -> bool:
        """End the family: no refresh token of it works from now on. Return False where it had ended before.

        Access tokens go on until they expire, unless JWT_DENYLIST is on: then `denylist` hears of it by the signal,
        in the same transaction.
        """
        with transaction.atomic():
            # The condition decides, not what we read before: of two at once, one ends it.
            ended = RefreshFamily.objects.filter(pk=self.pk, revoked_at=None).update(
                revoked_at=timezone.now(), reason=reason
            )
            if ended:
                # Expired ones are left alone: nobody can use them, and `flush_tokens` may be at work there.
                usable = OutstandingToken.objects.filter(
                    membership__family=self, blacklistedtoken=None, expires_at__gt=timezone.now()
                ).order_by()
                rows = [BlacklistedToken(token=token) for token in usable]
                BlacklistedToken.objects.bulk_create(rows, ignore_conflicts=True)
                signals.revoked.send(sender=RefreshFamily, user=self.user, family=self, reason=reason)
        return bool(ended)


class FamilyMember(models.Model):
    """Which family a refresh token belongs to, and which token it was exchanged for.

    `parent` is unique: a token has one successor at most, whatever the code does.
    """

    token = models.OneToOneField(
        OutstandingToken, on_delete=models.CASCADE, primary_key=True, related_name="membership"
    )
    family = models.ForeignKey(RefreshFamily, on_delete=models.CASCADE, related_name="members")
    parent = models.OneToOneField(
        OutstandingToken, on_delete=models.SET_NULL, null=True, blank=True, related_name="successor"
    )

    def __str__(self) -> str:
        return f"{self.token_id} in {self.family_id}"


class Denial(models.Model):
    """An access token, or all of a sign-in, that is refused before it expires. See `denylist`."""

    identifier = models.CharField(
        max_length=36, unique=True, help_text="The jti of one access token, or the family of all of one sign-in."
    )
    # Nobody can use the token after that, so the row can go.
    expires_at = models.DateTimeField(db_index=True)
    # The user may go, the denial stays: it is what keeps their token from working.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    reason = models.CharField(max_length=10)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.identifier} until {self.expires_at:%Y-%m-%d %H:%M}"


def usable(now: datetime) -> dict[str, Any]:
    """Return what the refresh tokens that can be exchanged have in common, as lookups of `OutstandingToken`."""
    return {
        "expires_at__gt": now,
        "blacklistedtoken": None,
        "user__is_active": True,
        "membership__family__isnull": False,
        "membership__family__revoked_at": None,
    }
