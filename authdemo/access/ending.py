"""The end of all that lets somebody in as a user, in one step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction

from .kinds import KINDS, Kind


@dataclass(frozen=True)
class Ended:
    """What became of one kind."""

    kind: Kind
    number: int


def end_everything(user: Any) -> list[Ended]:
    """End every sign-in of this user, and all that came of one, in one transaction. Returns what ended.

    The mark of all sign-ins changes first, and each request compares it. So what is missed below, since it is
    written meanwhile or lies where nobody can delete it, opens nothing either. Whoever writes what a user allows holds
    the user's row, as this does (`oauth_app.provider.freshness.is_over`).
    """
    users = get_user_model()._default_manager
    with transaction.atomic():
        locked: Any = users.select_for_update().get(pk=user.pk)
        locked.void_sign_ins()
        return [Ended(kind, kind.end(locked)) for kind in KINDS if kind.ends]
