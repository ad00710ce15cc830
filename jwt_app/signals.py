"""What the app tells whoever wants to know. No signal carries a token.

All have the class `RefreshFamily` as sender, and `user` and `family` (a `RefreshFamily`) as arguments.
"""

from django.dispatch import Signal

issued = Signal()
"""Somebody signed in: a new family has its first tokens."""

refreshed = Signal()
"""A refresh token was exchanged for a new pair."""

reused = Signal()
"""A refresh token came back after its exchange: two parties have a copy. `revoked` was sent just before."""

revoked = Signal()
"""A family ended. Also has `reason`, one of `RefreshFamily.Reason`."""
