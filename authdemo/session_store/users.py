"""One statement reads a session's row and its user; this hands the user from the engine to the backend.

Without it all is as safe, and costs a statement more.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser

# By the user's key; None where the user was handed over.
_read: ContextVar[dict[Any, Any] | None] = ContextVar("users_read_with_their_session", default=None)


@contextmanager
def during_one_request() -> Iterator[None]:
    """Keep users for each other's part inside only: the next request of this thread reads its own."""
    token = _read.set({})
    try:
        yield
    finally:
        _read.reset(token)


def keep(user: AbstractBaseUser) -> None:
    """Keep a user who was read just now. Outside of a request nobody is kept, and within one each user once.

    Who asks again within a request wants the row as it is now: it may be held by then, to be written. (allauth opens
    the session a second time while it connects an account.)
    """
    users = _read.get()
    if users is not None:
        users.setdefault(user.pk, user)


class ReadWithSession:
    """Put it before `ModelBackend` or what is made of it: it takes the user whom the engine has read just now."""

    def get_user(self, user_id: Any) -> Any:
        """Return the user, or None: also where the account has been closed. A kept user serves once."""
        users = _read.get() or {}
        user = users.get(user_id)
        if user is None:
            return super().get_user(user_id)  # type: ignore[misc]
        users[user_id] = None
        return user if self.user_can_authenticate(user) else None  # type: ignore[attr-defined]
