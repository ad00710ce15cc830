"""What the figures were measured on: they count for this machine and these versions only."""

from __future__ import annotations

import os
import platform
import sqlite3
from contextlib import suppress
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from django.conf import settings

from .results import VERSION

PACKAGES = {
    "Django": "django", "SimpleJWT": "djangorestframework-simplejwt", "PyJWT": "PyJWT",
    "django-allauth": "django-allauth", "django-redis": "django-redis",
}  # fmt: skip


def described() -> dict[str, Any]:
    """Return the head of the file: when, on what, with which versions."""
    return {
        "version": VERSION,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {
            "processor": processor(),
            "cores": str(os.cpu_count() or ""),
            "system": f"{platform.system()} {platform.release()}",
            "python": platform.python_version(),
        },
        "versions": {name: metadata.version(package) for name, package in PACKAGES.items()},
        "database": f"SQLite {sqlite3.sqlite_version}",
        "redis": _redis(),
    }


def processor() -> str:
    """Return the processor's name; Python alone does not know it on Linux."""
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _redis() -> str | None:
    if not settings.REDIS_URL:
        return None
    from django_redis import get_redis_connection

    said: dict[str, Any] = get_redis_connection("default").info("server")
    name = str(said.get("server_name", "redis")).capitalize()
    return f"{name} {said.get(f'{name.lower()}_version', said.get('redis_version', ''))}"
