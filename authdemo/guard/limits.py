"""How many wrong passwords are too many, and for how long."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from authdemo.accounts.demo import is_local_demo

FROM_ONE_ADDRESS = 5
"""For one account. Whoever forgot a password tries three or four."""

FROM_ANYWHERE = 50
"""For one account, from all addresses together. It is higher, because with it a stranger can lock somebody out."""


def cool_off(request: Any = None) -> timedelta:
    """Return how long a lock lasts, and how long a failure is remembered: AXES_COOLOFF_TIME."""
    return timedelta(seconds=60) if is_local_demo() else timedelta(minutes=15)
