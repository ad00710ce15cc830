"""The end of all that lets somebody in as a user, in one step."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction

from authdemo.accounts.signals import sign_ins_voided
from sessions_app import devices

from .kinds import KINDS, Kind

INACTIVE, PASSWORD = "inactive", "password"


@dataclass(frozen=True)
class Ended:
    """What became of one kind. `afterwards` is to be called once that is certain; it returns what has to be known."""

    kind: Kind
    number: int
    afterwards: Callable[[], list[str]]


def end_everything(
    user: Any, *, accounts: bool = False, password: bool = False, reason: str = "everything"
) -> list[Ended]:
    """End every sign-in of this user, and all that came of one. Returns what ended. Raises DoesNotExist.

    With `accounts`, the accounts at providers that sign in as this user are disconnected; with `password`, there is
    none until a new one is set. Else both are ways to sign in anew.

    To be called in a transaction; after it, `afterwards` of each, which ends tokens at their providers. The mark of
    all sign-ins changes first, and each request compares it. So what is missed below, since it is written meanwhile
    or lies where nobody can delete it, opens nothing either. Whoever writes what a sign-in allows holds the user's
    row, as this does (`oauth_app.provider.freshness`, `oauth_app.client.accounts`, `jwt_app.denylist`).
    """
    # No key: an exchange of a token holds what is waited for below, and refers to the user's row when it is committed.
    rows = get_user_model()._default_manager.select_for_update(no_key=True)
    locked: Any = rows.get(pk=user.pk)
    locked.void_sign_ins()
    sign_ins_voided.send(sender=type(locked), user=locked, reason=reason)
    kinds = [kind for kind in KINDS if kind.ends or (kind.chosen and accounts)]
    ended = [(kind, kind.afterwards(locked), kind.end(locked)) for kind in kinds]
    if password:
        locked.set_unusable_password()
        locked.save(update_fields=["password"])
    return [Ended(kind, number, afterwards) for kind, afterwards, number in ended]


def end_with_account(user: Any, tell: Callable[[str], None]) -> None:
    """End everything of a user who is deleted next, in the same transaction: so each end is told of.

    After it, the stored tokens end at their providers. `tell` hears of those that may live on there.
    """
    with transaction.atomic(), suppress(get_user_model().DoesNotExist):  # deleted by somebody else in this moment
        ended = end_everything(user, accounts=True, reason="deleted")

        def there() -> None:
            for note in (note for one in ended for note in one.afterwards()):
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
