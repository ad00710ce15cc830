"""On what was measured: figures of another machine or another release are other figures."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from authdemo.compare.costs.machine import processor

PACKAGES = (
    "Django", "djangorestframework", "djangorestframework-simplejwt", "PyJWT", "cryptography", "waitress",
    "granian", "uvicorn", "uvloop", "Flask", "fastapi",
)  # fmt: skip


def machine() -> dict[str, Any]:
    """Return processor, cores, system and Python, and how many programs wanted a core in the last minute."""
    load = round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None
    return {
        "processor": processor(),
        "cores": os.cpu_count(),
        "system": platform.platform(terse=True),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "load": load,
    }


def versions() -> dict[str, str]:
    """Return the releases that are installed beside this Python."""
    found = {}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:  # no uvloop on Windows
            continue
    return found


def missing() -> list[str]:
    """Return the peers' packages that are not installed."""
    return [name for name in ("Flask", "fastapi", "granian", "uvicorn") if name not in versions()]


def said(about: dict[str, Any], releases: dict[str, str]) -> list[str]:
    """Return the lines that stand above a table."""
    load = "" if about.get("load") is None else f", load {about['load']}"
    return [
        f"{about['processor']}, {about['cores']} cores, {about['system']}, {about['python']}{load}",
        ", ".join(f"{name} {release}" for name, release in releases.items()),
    ]
