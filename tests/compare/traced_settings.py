"""The site's settings for a demo of which SQLite itself says what it was asked: each statement, and when, in a file.

SQLite calls this function. Django's hooks, which the site counts by, have no part in it.
"""

from __future__ import annotations

import os
import time
from typing import Any

from django.db.backends.signals import connection_created

from authdemo.settings.env import VAR_DIR
from tests.fixtures.site_settings import *  # noqa: F403

FILE = VAR_DIR / "statements"


def write(statement: str) -> None:
    """Add a line, whole: several processes write."""
    with FILE.open("ab", buffering=0) as file:
        file.write(f"{time.time():.6f} {' '.join(statement.split())}{os.linesep}".encode())


def trace(connection: Any, **kwargs: Any) -> None:
    """Have a new connection traced."""
    connection.connection.set_trace_callback(write)


connection_created.connect(trace, weak=False)
