"""What the app tells whoever wants to know. No signal carries a code or a token.

All have `user`, None where a program speaks for itself, and `client` (an `allauth.idp.oidc` Client) as arguments.
"""

from django.dispatch import Signal

issued = Signal()
"""A code was exchanged for tokens, a device code too; or a program has got one for itself."""

refreshed = Signal()
"""A refresh token was exchanged for new tokens."""

reused = Signal()
"""A code or a refresh token was used a second time, so all that came of it has ended. Also has `reason`."""

revoked = Signal()
"""Access has ended. Also has `reason`: "user" and "admin" took it back, "deactivated" was the account, "narrowed" is a
user who was asked again and has allowed less, "client" gave it back, "client_deleted" says it itself."""

client_deleted = Signal()
"""An app is gone, and with it what it got for itself. `user` is its owner, None for an app of the site."""

denied_by_scope = Signal()
"""A call was refused, because its token is not good for it. Also has `scope`, the one that it lacks."""
