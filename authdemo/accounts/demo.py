"""The accounts that `manage.py seed_demo` makes, and where they may exist: on one machine, for one workshop."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import get_user_model


@dataclass(frozen=True)
class Account:
    """A user of the demo. `staff` may open the admin and do everything there."""

    username: str
    role: str
    staff: bool = False

    @property
    def email(self) -> str:
        """Return the address; example.com belongs to nobody (RFC 2606 §3)."""
        return f"{self.username}@example.com"


ACCOUNTS = (
    Account("alice", "a learner"),
    Account("bob", "a learner"),
    Account("teacher", "opens the admin, too", staff=True),
)


def is_local_demo() -> bool:
    """Return True in the demo and with `runserver` (LABS or DEBUG), where the site answers to this machine alone."""
    return (settings.DEBUG or settings.LABS) and set(settings.ALLOWED_HOSTS) <= set(settings.LOOPBACK_HOSTS)


def has_demo_password(username: str) -> bool:
    """Tell whether an account of the demo can still be opened with the password that everybody knows.

    For whoever is about to type it in somebody's name: each wrong one counts, and five would lock the owner out.
    """
    user = get_user_model()._default_manager.filter(username=username, is_active=True).first()
    return user is not None and user.check_password(settings.DEMO_PASSWORD)
