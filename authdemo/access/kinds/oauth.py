"""OAuth2, on both sides: accounts at providers, with their tokens, and apps of others on our API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.idp.oidc.models import Client
from allauth.socialaccount.models import SocialAccount

from oauth_app.client.disconnecting import forget, remove, take_all
from oauth_app.client.models import ProviderToken
from oauth_app.provider.models import Consent

from .base import MOST, Found, Kind, Row


class Apps(Kind):
    """Apps of others that the user has allowed something."""

    name, title = "apps", "Apps with access"
    model = Consent
    ends = "Their access ends at once, with all of their tokens. They have to ask again."

    def of(self, user: Any) -> Found:
        """Return them."""
        rows = Consent.objects.filter(user_id=user.pk).select_related("client").order_by("-created_at")
        shown = [Row(f"{row.client.name}: {row.scopes}", row.created_at, key=row.pk)
                 for row in rows[:MOST]]  # fmt: skip
        return Found(rows.count(), shown)

    def end(self, user: Any) -> int:
        """As the user's own page does."""
        found = list(Consent.objects.filter(user_id=user.pk).select_related("user", "client"))
        for consent in found:
            consent.revoke("admin")
        return len(found)


class OwnApps(Kind):
    """Apps that the user has registered: whoever holds a sign-in can do that, and keeps the secret."""

    name, title = "own-apps", "Apps that this user has registered"
    model, lookup = Client, "owner__id__exact"

    def of(self, user: Any) -> Found:
        """Return them. What users have allowed to them stands with those users."""
        rows = Client.objects.filter(owner_id=user.pk).order_by("-created_at")
        shown = [Row(row.name, row.created_at, key=row.pk) for row in rows[:MOST]]
        note = "They open nothing as this user. Whoever knows an app’s secret can act as the app." if shown else ""
        return Found(rows.count(), shown, note=note)


class ProviderTokens(Kind):
    """Providers' tokens that are kept here to act in the user's name there."""

    name, title = "provider-tokens", "Stored tokens of providers"
    model, lookup = ProviderToken, "account__user__id__exact"
    ends = "They are forgotten here, and ended at their provider where that can be done."

    def of(self, user: Any) -> Found:
        """Return them, without decrypting any."""
        rows = ProviderToken.objects.filter(account__user_id=user.pk).select_related("account")
        shown = [Row(f"{row.account.provider}: {row.scopes}", row.created_at, row.expires_at,
                     row.pk) for row in rows[:MOST]]  # fmt: skip
        return Found(rows.count(), shown)

    def afterwards(self, user: Any) -> Callable[[], list[str]]:
        """Take the tokens out of their rows, to end them at their provider."""
        rows = ProviderToken.objects.filter(account__user_id=user.pk).select_related("account")
        return take_all(row.account for row in rows)

    def end(self, user: Any) -> int:
        """Forget them, as the admin's own list does."""
        return forget(ProviderToken.objects.filter(account__user_id=user.pk).select_related("account__user"))


class Accounts(Kind):
    """Accounts at providers that sign in as this user."""

    name, title = "accounts", "Connected accounts"
    model = SocialAccount
    chosen = True

    def of(self, user: Any) -> Found:
        """Return them."""
        rows = SocialAccount.objects.filter(user_id=user.pk).order_by("-date_joined")
        shown = [Row(row.provider, row.date_joined, key=row.pk) for row in rows[:MOST]]
        return Found(rows.count(), shown)

    def end(self, user: Any) -> int:
        """Disconnect them, and tell of each."""
        found = list(SocialAccount.objects.filter(user_id=user.pk))
        for account in found:
            remove(None, account)
        return len(found)
