"""Who may come in by which account: our rules on top of allauth, without request and page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import get_user, get_user_model
from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.db.models import Q
from django.http import HttpRequest


def verified(addresses: Iterable[EmailAddress]) -> list[EmailAddress]:
    """Return those of a provider's addresses that the provider has verified. The others prove nothing."""
    return [address for address in addresses if address.verified]


def owner_of(addresses: Iterable[EmailAddress]) -> AbstractUser | None:
    """Return the user here who has one of the addresses, whatever its capitals."""
    field = get_user_model().get_email_field_name()
    match = Q()
    for address in addresses:
        match |= Q(**{f"{field}__iexact": address.email}) | Q(emailaddress__email__iexact=address.email)
    if not match:
        return None
    return get_user_model()._default_manager.filter(match).distinct().order_by("pk").first()


def said(account: SocialAccount) -> list[dict[str, Any]]:
    """Return what the provider said of the account, whichever of allauth's shapes it is stored in."""
    data = account.extra_data if isinstance(account.extra_data, dict) else {}
    return [data, *(part for part in (data.get("id_token"), data.get("userinfo")) if isinstance(part, dict))]


def number_there(account: SocialAccount, provider: Any) -> str:
    """Return the account's id as its provider said it, without the prefix that we keep it with."""
    prefix = str(provider.app.settings.get("uid_prefix", "")) if provider else ""
    return str(account.uid).removeprefix(prefix)


def known_as(account: SocialAccount) -> str:
    """Return by which name or address people know their account there, or nothing. Never to be compared: names and
    addresses change hands, the account's id does not.
    """
    parts = said(account)
    names = (part.get(key) for key in ("login", "email", "preferred_username", "name") for part in parts)
    return next((name[:100] for name in names if isinstance(name, str) and name), "")


def connected_providers(user: AbstractUser) -> list[str]:
    """Return the ids of the providers that the user signs in with, the oldest connection first."""
    accounts = SocialAccount.objects.filter(user=user).order_by("date_joined", "pk")
    return list(dict.fromkeys(accounts.values_list("provider", flat=True)))


def still_signed_in(request: HttpRequest) -> AbstractUser | AnonymousUser:
    """Hold the user's row, and return the user as the row is now; anonymous where this sign-in has ended meanwhile.

    To be called in the transaction that writes what the sign-in allows. Django compares the session's mark with that
    of the row. Whoever ends all sign-ins has changed it and is seen, or waits for the row and finds what was written.
    """
    rows = get_user_model()._default_manager.select_for_update(no_key=True)  # what refers to the row need not wait
    rows.filter(pk=request.user.pk or 0).first()  # type: ignore[misc]
    user: AbstractUser | AnonymousUser = get_user(request)
    return user
