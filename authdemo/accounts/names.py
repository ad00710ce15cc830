"""Whose name is this? A user name and the e-mail addresses of its account are one and the same."""

from __future__ import annotations

import unicodedata
from functools import reduce
from operator import or_
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q

LONGEST = 254  # an e-mail address (RFC 5321 §4.5.3.1.3). SQLite refuses a pattern of 50,000 characters.


def folded(name: str) -> str:
    """Return the one spelling of all that differ in case, or in the form of their letters only: `ａＬice` is alice."""
    return unicodedata.normalize("NFKC", name).lower()


def accounts_named(*spellings: str | None) -> list[Any]:
    """Return who could be meant by what was typed, in any case; one statement. Inactive ones, too; two at most."""
    # PostgreSQL takes no NUL.
    names = dict.fromkeys(name for name in spellings if name and len(name) <= LONGEST and "\0" not in name)
    if not names:
        return []
    match = reduce(or_, map(_match, names))
    return list(get_user_model()._default_manager.filter(match).order_by("pk").distinct()[:2])


def _match(name: str) -> Q:
    if "@" in name:
        return Q(email__iexact=name) | Q(emailaddress__email__iexact=name)
    return Q(username__iexact=name)


def account_named(name: str | None) -> Any:
    """Return the one account that somebody with this name or e-mail address would sign in to, or None."""
    found = accounts_named(name)
    return found[0] if len(found) == 1 else None
