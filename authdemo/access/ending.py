"""The end of all that lets somebody in as a user, in one step."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction

from .kinds import KINDS, Kind


@dataclass(frozen=True)
class Ended:
    """What became of one kind. `notes` is what whoever ended it has to know."""

    kind: Kind
    number: int
    notes: list[str] = field(default_factory=list)


def end_everything(user: Any, *, accounts: bool = False, password: bool = False) -> list[Ended]:
    """End every sign-in of this user, and all that came of one, in one transaction. Returns what ended.

    With `accounts`, the accounts at providers that sign in as this user are disconnected; with `password`, there is
    none until a new one is set. Else both are ways to sign in anew. Tokens are ended at their providers after it.

    The mark of all sign-ins changes first, and each request compares it. So what is missed below, since it is
    written meanwhile or lies where nobody can delete it, opens nothing either. Whoever writes what a sign-in allows
    holds the user's row, as this does (`oauth_app.provider.freshness.is_over`, `oauth_app.client.accounts`).
    """
    users = get_user_model()._default_manager
    with transaction.atomic():
        locked: Any = users.select_for_update().get(pk=user.pk)
        if password:
            locked.set_unusable_password()
            locked.save(update_fields=["password"])
        locked.void_sign_ins()
        kinds = [kind for kind in KINDS if kind.ends or (kind.chosen and accounts)]
        ended = [(kind, kind.afterwards(locked), kind.end(locked)) for kind in kinds]
    return [Ended(kind, number, afterwards()) for kind, afterwards, number in ended]
