"""A new connection to Redis or Valkey may lead to a server that has just started again, with what it knew before."""

from __future__ import annotations

from typing import Any


def connected(connection: Any) -> None:
    """Greet the server as redis-py does by itself, and let the deny-list read its rows again.

    The settings name it, so the app is imported when it is called.
    """
    from jwt_app import denylist_cache

    connection.on_connect()
    denylist_cache.distrust()
