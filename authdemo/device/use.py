"""Take the device in hand for one action: one action a device, and few devices at a time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.http import HttpRequest

from . import store
from .client import Client

# A call of the device to this same process takes two of its threads: one that asks and one that answers. The demo
# runs eight. With at most three that ask, five can always answer; the fourth is told to come again instead of waiting
# for a thread that would never be free.
AT_ONCE = 3
PATIENCE = 0.3  # seconds
_slots = threading.BoundedSemaphore(AT_ONCE)


@contextmanager
def a_thread_to_spare() -> Iterator[None]:
    """Take one of the few places. Raises Busy."""
    if not _slots.acquire(timeout=PATIENCE):
        raise store.Busy(
            "Three other devices are calling at this moment, and more would block each other. Press again."
        )
    try:
        yield
    finally:
        _slots.release()


@contextmanager
def in_hand(request: HttpRequest) -> Iterator[tuple[str, Client]]:
    """Yield the identifier for the browser's cookie, and the client; keep what it holds afterwards. Raises Busy."""
    with a_thread_to_spare(), store.in_use(request) as (name, device):
        client = Client(device, request)
        yield name, client
        client.keep()
