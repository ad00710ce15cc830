"""What the app tells whoever wants to know. No signal carries a code or a token.

All have `user` and `client` (an `allauth.idp.oidc` Client) as arguments.
"""

from django.dispatch import Signal

issued = Signal()
"""A code was exchanged for tokens."""

refreshed = Signal()
"""A refresh token was exchanged for new tokens."""

reused = Signal()
"""A code or a refresh token was used a second time, so all that came of it has ended. Also has `reason`."""

revoked = Signal()
"""Access has ended: taken back by the user, or given back by the client. Also has `reason`, "user" or "client"."""

denied_by_scope = Signal()
"""A call was refused, because its token is not good for it. Also has `scope`, the one that it lacks."""
