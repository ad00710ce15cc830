"""What the app tells whoever wants to know."""

from django.dispatch import Signal

id_token_checked = Signal()
"""The checks of an ID token are done, and nobody is signed in yet. Sender is the adapter's class; `request`,
`provider_id` and `token` (an `id_token.IDToken`, good or bad) are its arguments. The raw token belongs to nobody else.
"""
