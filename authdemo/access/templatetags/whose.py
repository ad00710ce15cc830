"""For the admin's page of one row: whose it is."""

from __future__ import annotations

from typing import Any

from django import template
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken

from authdemo.accounts.models import User
from authdemo.accounts.names import account_named
from authdemo.guard.models import Failures
from oauth_app.client.models import ProviderToken

register = template.Library()

# Where the user is not in the row itself.
OWNERS: dict[type, Any] = {
    BlacklistedToken: lambda row: row.token.user,
    ProviderToken: lambda row: row.account.user,
    Failures: lambda row: account_named(row.username),
}


@register.filter
def account(row: Any) -> User | None:
    """Return the user whom a row of the admin lets in, keeps out or tells of; None where it has none."""
    find = OWNERS.get(type(row))
    found = find(row) if find else getattr(row, "user", None)
    return found if isinstance(found, User) else None
