"""What the app tells whoever wants to know."""

from django.dispatch import Signal

id_token_checked = Signal()
"""The checks of an ID token are done, and nobody is signed in yet. Sender is the adapter's class; `request`,
`provider_id`, `token` (an `id_token.IDToken`, good or bad) and `expected` (the `id_token.Expected` that it was
compared with) are its arguments. The raw token and the access token belong to nobody else.
"""

token_forgotten = Signal()
"""A stored token was deleted while its account stays connected. Has `user` and `provider`, the provider's id."""
