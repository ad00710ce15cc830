"""The end of all that lets somebody in as a user, in one step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction

from authdemo.accounts.signals import sign_ins_voided
from sessions_app import devices

from .kinds import KINDS, Kind

INACTIVE, PASSWORD = "inactive", "password"


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
    with transaction.atomic():
        ended = _end(user, accounts=accounts, password=password, reason="everything")
    return [Ended(kind, number, afterwards()) for kind, afterwards, number in ended]


def end_with_account(user: Any, tell: Callable[[str], None]) -> None:
    """End everything of a user who is deleted next, in the same transaction: so each end is told of.

    After it, the stored tokens end at their providers. `tell` hears of those that may live on there.
    """
    with transaction.atomic():
        ended = _end(user, accounts=True, password=False, reason="deleted")

        def there() -> None:
            for note in (note for _, afterwards, _ in ended for note in afterwards()):
                tell(note)

        transaction.on_commit(there)


def end_sessions(user: Any, reason: str) -> None:
    """End all sessions of a user whose password is another now, or whose account is inactive; and tell of it.

    They open nothing as it is. But after a new password their rows would look alive, and an account that is activated
    again must not get back a session in a signed cookie. Refresh families and apps see to themselves.
    """
    with transaction.atomic():
        if reason == INACTIVE:
            user.void_sign_ins()
        devices.end_all(user)
        sign_ins_voided.send(sender=type(user), user=user, reason=reason)


def _end(user: Any, *, accounts: bool, password: bool, reason: str) -> list[tuple[Kind, Callable[[], list[str]], int]]:
    """End it, in the transaction of whoever calls. Returns for each kind what is to be done once that is certain."""
    locked: Any = get_user_model()._default_manager.select_for_update().get(pk=user.pk)
    if password:
        locked.set_unusable_password()
        locked.save(update_fields=["password"])
    locked.void_sign_ins()
    sign_ins_voided.send(sender=type(locked), user=locked, reason=reason)
    kinds = [kind for kind in KINDS if kind.ends or (kind.chosen and accounts)]
    return [(kind, kind.afterwards(locked), kind.end(locked)) for kind in kinds]
