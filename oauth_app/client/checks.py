"""`manage.py check`: is there a key of its own for the providers' tokens?"""

from __future__ import annotations

from typing import Any

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.checks import CheckMessage, Error, register

MAKE_ONE = 'python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"'


@register
def token_key(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Report a key that is missing, shared, or none. Its value is never said."""
    keys = getattr(settings, "FERNET_KEYS", None)
    if not keys or settings.SECRET_KEY in keys:
        # The library's default is SECRET_KEY. Then neither can be changed alone.
        text = "FERNET_KEYS must have a key of its own, not SECRET_KEY: it encrypts the tokens of providers."
        return [Error(text, hint=f"Make one: {MAKE_ONE}", id="oauth_client.E001")]
    if getattr(settings, "FERNET_USE_HKDF", True) or all(is_key(key) for key in keys):
        return []
    text = "FERNET_KEYS: with FERNET_USE_HKDF = False each must be 32 bytes in URL-safe base64."
    return [Error(text, hint=f"Make one: {MAKE_ONE}", id="oauth_client.E002")]


def is_key(key: str) -> bool:
    """Tell whether Fernet can use it."""
    try:
        Fernet(key)
    except ValueError:
        return False
    return True
