"""Whose name is this? A user name and the e-mail addresses of its account are one and the same."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q

LONGEST = 254  # an e-mail address (RFC 5321 §4.5.3.1.3). SQLite refuses a pattern of 50,000 characters.


def accounts_named(name: str | None) -> list[Any]:
    """Return who could be meant by what was typed, in any case; one statement. Inactive ones, too; two at most."""
    if not name or len(name) > LONGEST or "\0" in name:  # PostgreSQL takes no NUL
        return []
    match = Q(username__iexact=name)
    if "@" in name:
        match = Q(email__iexact=name) | Q(emailaddress__email__iexact=name)
    return list(get_user_model()._default_manager.filter(match).order_by("pk").distinct()[:2])


def account_named(name: str | None) -> Any:
    """Return the one account that somebody with this name or e-mail address would sign in to, or None."""
    found = accounts_named(name)
    return found[0] if len(found) == 1 else None
