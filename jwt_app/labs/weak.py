"""Secrets that everybody tries first: defaults, samples of documentations, words, rows of keys."""

from __future__ import annotations

from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("weak_secrets.txt")


@cache
def weak_secrets() -> tuple[str, ...]:
    """Return them in the order in which they are tried, none twice."""
    lines = FILE.read_text(encoding="utf-8").splitlines()
    return tuple(dict.fromkeys(line for line in lines if line and not line.startswith("# ")))
