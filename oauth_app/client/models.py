"""The providers' tokens, kept to act on a user's behalf: encrypted in the database, read only by whoever uses them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from allauth.socialaccount.models import SocialAccount
from django.db import models
from django.utils import timezone
from fernet_fields import EncryptedTextField

LEEWAY = timedelta(seconds=10)  # a token that expires on its way is of no use


class ProviderTokenManager(models.Manager["ProviderToken"]):
    """Leaves the tokens themselves in the database: a list, a page or the admin never decrypts one."""

    def get_queryset(self) -> models.QuerySet[ProviderToken]:
        """Return rows whose tokens are read at their first use (`stored.secrets_of`), and not before."""
        return super().get_queryset().defer("access_token", "refresh_token")


class ProviderToken(models.Model):
    """What the provider has let us do in the name of one connected account, and until when.

    django-fernet-fields-v2 encrypts the two tokens (Fernet: AES-128-CBC, and an HMAC that a wrong key fails) with the
    first of `FERNET_KEYS`; any of them decrypts. Whoever reads the table, or a copy of the database, reads no token.
    `manage.py dumpdata` decrypts, as every serializer does: `--exclude oauth_client.ProviderToken`.
    """

    class Problem(models.TextChoices):
        """What came of the last try to use or to refresh it, where that was not good."""

        ENDED = "ended", "The provider says that it is over: revoked there, or expired."
        REFUSED = "refused", "The provider refused to refresh it."
        UNREACHABLE = "unreachable", "The provider did not answer, or answered with an error of its own."
        UNUSABLE = "unusable", "The provider's answer is not one that the specification allows."

    account = models.OneToOneField(SocialAccount, on_delete=models.CASCADE, related_name="+")
    access_token: Any = EncryptedTextField()
    refresh_token: Any = EncryptedTextField(null=True)
    refreshable = models.BooleanField(default=False, help_text="Is there a refresh token?")
    scopes = models.TextField(blank=True, help_text="What it may do, as the provider said.")
    expires_at = models.DateTimeField(null=True, help_text="Empty: the provider named no end.")
    problem = models.CharField(max_length=20, choices=Problem.choices, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[ProviderTokenManager] = ProviderTokenManager()

    class Meta:
        indexes = [  # for the admin's orders and filters
            models.Index(fields=["updated_at"], name="provider_token_updated"),
            models.Index(fields=["expires_at"], name="provider_token_expires"),
            models.Index(fields=["problem", "updated_at"], name="provider_token_problem"),
            models.Index(fields=["updated_at"], condition=models.Q(refreshable=True), name="provider_token_refr"),
            models.Index(fields=["updated_at"], condition=models.Q(refreshable=False), name="provider_token_once"),
        ]

    def __str__(self) -> str:
        return f"token of account {self.account_id}"

    @property
    def scope_list(self) -> list[str]:
        """Return the scopes, one by one."""
        return self.scopes.split()

    @property
    def expired(self) -> bool:
        """Tell whether it is over by our clock."""
        return self.expires_at is not None and self.expires_at <= timezone.now() + LEEWAY
