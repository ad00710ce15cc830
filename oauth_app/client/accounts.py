"""Who may come in by which account: our rules on top of allauth, without request and page."""

from __future__ import annotations

from collections.abc import Iterable

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser
from django.db.models import Q


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


def connected_providers(user: AbstractUser) -> list[str]:
    """Return the ids of the providers that the user signs in with, the oldest connection first."""
    accounts = SocialAccount.objects.filter(user=user).order_by("date_joined", "pk")
    return list(dict.fromkeys(accounts.values_list("provider", flat=True)))
