"""What must be kept between two requests and be of no use to whoever reads the cache or the table: sealed.

The key is made from SECRET_KEY, a purpose and a name, so one browser's cannot be put in the place of another's.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.utils.crypto import salted_hmac


def seal(purpose: str, name: str, value: Any) -> str:
    """Return a value, which JSON can hold, encrypted."""
    return _cipher(purpose, name).encrypt(json.dumps(value).encode()).decode()


def unseal(purpose: str, name: str, sealed: str) -> Any:
    """Return what was sealed. Raises ValueError for what was not, or with another SECRET_KEY, purpose or name."""
    try:
        return json.loads(_cipher(purpose, name).decrypt(sealed))
    except InvalidToken:
        raise ValueError("This was sealed with another key.") from None


def _cipher(purpose: str, name: str) -> Fernet:
    return Fernet(urlsafe_b64encode(salted_hmac(purpose, name, algorithm="sha256").digest()))
