"""What a user has allowed an app, and which tokens came of it.

allauth keeps a row for each living token, with its hash. It does not know which tokens came of the same code, and a
token that was used is gone from its table. Both must be known to end what a thief has got (RFC 9700 §4.14.2), so they
are tables of our own, with foreign keys: what is in `Token.data` could be neither joined nor locked.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from allauth.idp.oidc.models import Client, Token
from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from . import signals

NOTE_LENGTH = 500  # characters


class Consent(models.Model):
    """What one user has allowed one app, until it is taken back. Taking it back deletes the row."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="oauth_consents")
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="+")
    scopes = models.TextField(help_text="All that was allowed, with blanks between.")
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "client"], name="one_consent_a_user_and_client")]
        indexes = [  # for the admin's orders and search
            models.Index(fields=["created_at"], name="consent_created"),
            models.Index(fields=["last_used_at"], name="consent_last_used"),
            models.Index(fields=["client", "created_at"], name="consent_client"),
        ]

    def __str__(self) -> str:
        return f"{self.user} to {self.client_id}"

    @property
    def scope_list(self) -> list[str]:
        """Return the scopes, one by one."""
        return self.scopes.split()

    @classmethod
    def given(cls, user: Any, client: Client, asked: Iterable[str], chosen: Iterable[str]) -> Consent:
        """Return the row of this user and app, with the chosen scopes. To be called in a transaction.

        What was asked for and not chosen is taken back, where it was allowed before: so are the tokens that had it.
        """
        consent, _ = cls.objects.select_for_update().get_or_create(user=user, client=client)
        declined = set(asked) - set(chosen)
        kept = [scope for scope in consent.scope_list if scope not in declined]
        if kept != consent.scope_list:
            for grant in consent.grants.select_for_update().filter(ended_at=None):
                if declined & set(grant.scope_list):
                    grant.end(Grant.Reason.NARROWED)
        consent.scopes = " ".join(dict.fromkeys([*kept, *chosen]))
        consent.save(update_fields=["scopes"])
        return consent

    @classmethod
    def covers(cls, user: Any, client: Client, scopes: Iterable[str]) -> bool:
        """Tell whether this user need not be asked: they have allowed this very app all of this before.

        Never for a public client: anybody can use its client_id, so what was allowed to one program would be
        given to another (RFC 6749 §10.2, RFC 8252 §8.6).
        """
        if client.type != Client.Type.CONFIDENTIAL:
            return False
        consent = cls.objects.filter(user=user, client=client).first()
        return consent is not None and set(scopes) <= set(consent.scope_list)

    def revoke(self, reason: str = "user") -> None:
        """End all that came of it, at once, and ask again next time. The signal gets the reason."""
        with transaction.atomic():
            if not Consent.objects.select_for_update().filter(pk=self.pk).exists():
                return  # somebody else was quicker
            # An exchange that is under way holds its grant: wait for it, so that its tokens are found here.
            grants = list(Grant.objects.select_for_update().filter(consent=self))
            Token.objects.filter(membership__grant__in=grants).delete()
            user, client = self.user, self.client
            self.delete()
            signals.revoked.send(sender=Consent, user=user, client=client, reason=reason)


class Grant(models.Model):
    """What came of one "Allow": a code, good once, and the tokens that it was exchanged for, one after the other."""

    class Reason(models.TextChoices):
        """Why it ended."""

        CODE_REUSED = "code_reused", "its code was used twice"
        REFRESH_REUSED = "refresh_reused", "a used refresh token came back"
        CLIENT = "client", "the app gave it back"
        NARROWED = "narrowed", "asked again, you allowed less"

    consent = models.ForeignKey(Consent, on_delete=models.CASCADE, related_name="grants")
    code_hash = models.CharField(max_length=64, unique=True, editable=False)
    redirect_uri = models.TextField()
    scopes = models.TextField()
    code_challenge = models.CharField(max_length=43)
    nonce = models.TextField(blank=True)
    auth_time = models.BigIntegerField(null=True, help_text="When the user signed in, in seconds since 1970.")
    created_at = models.DateTimeField(auto_now_add=True)
    exchanged_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=20, choices=Reason.choices, blank=True)

    def __str__(self) -> str:
        return f"{self.consent_id}, {self.created_at:%Y-%m-%d %H:%M}"

    @property
    def scope_list(self) -> list[str]:
        """Return the scopes, one by one."""
        return self.scopes.split()

    @property
    def current_scopes(self) -> list[str]:
        """Return what was allowed, without what the app is not registered for any more."""
        registered = self.consent.client.get_scopes()
        return [scope for scope in self.scope_list if scope in registered]

    def end(self, reason: str) -> None:
        """End it with all its tokens. To be called in a transaction that holds the row."""
        if self.ended_at:
            return
        self.ended_at, self.reason = timezone.now(), reason
        self.save(update_fields=["ended_at", "reason"])
        Token.objects.filter(membership__grant=self).delete()
        signal = signals.reused if reason in {self.Reason.CODE_REUSED, self.Reason.REFRESH_REUSED} else signals.revoked
        signal.send(sender=Grant, user=self.consent.user, client=self.consent.client, reason=reason)


class GrantToken(models.Model):
    """Which grant a living token came of. It goes with the token."""

    token = models.OneToOneField(Token, on_delete=models.CASCADE, primary_key=True, related_name="membership")
    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, related_name="tokens")

    def __str__(self) -> str:
        return f"{self.token_id} of {self.grant_id}"


class UsedRefreshToken(models.Model):
    """A refresh token that was exchanged. Seen again, it ends its grant."""

    hash = models.CharField(max_length=64, unique=True, editable=False)
    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, related_name="used")
    used_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"of {self.grant_id}, {self.used_at:%Y-%m-%d %H:%M}"


class DeviceCode(models.Model):
    """A device without a keyboard that waits for its user to allow it something, somewhere else (RFC 8628)."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="+")
    code_hash = models.CharField(max_length=64, unique=True, editable=False)
    user_code_hash = models.CharField(max_length=64, unique=True, editable=False)
    scopes = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(db_index=True)
    interval = models.PositiveSmallIntegerField(help_text="Seconds that the device has to wait between two questions.")
    polled_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    # What was allowed. None where it was denied, and where it was taken back before the device has asked again.
    grant = models.OneToOneField(Grant, null=True, on_delete=models.SET_NULL, related_name="device_code")

    def __str__(self) -> str:
        return f"{self.client_id}, {self.created_at:%Y-%m-%d %H:%M}"

    @property
    def scope_list(self) -> list[str]:
        """Return the scopes, one by one."""
        return self.scopes.split()


class WrongUserCodes(models.Model):
    """How many codes that no device has shown a user has typed since: they are short, and could be guessed."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveSmallIntegerField(default=0)
    since = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.number} of {self.user_id}"


class Note(models.Model):
    """Something that a user keeps here, and that an app may read or add to where the user has allowed it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notes")
    text = models.CharField(max_length=NOTE_LENGTH)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.text[:40]
