"""Times of tokens in words. A NumericDate is seconds since 1970 in UTC, perhaps with a fraction (RFC 7519 §2)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

UNITS = ((365 * 86400, "year"), (30 * 86400, "month"), (86400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))


def is_number(value: Any) -> bool:
    """Tell whether it is a number of JSON. To Python, true is one, too."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def moment(value: Any) -> datetime | None:
    """Return the time of a NumericDate; None for what is no number, or before year 1 or after year 9999."""
    if not is_number(value):
        return None
    try:
        return datetime.fromtimestamp(value, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def lasting(seconds: float) -> str:
    """Return a length of time: "14 minutes", "3 years"."""
    seconds = abs(seconds)
    size, unit = next(((size, unit) for size, unit in UNITS if seconds >= size), UNITS[-1])
    count = int(seconds // size)
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


def in_words(value: Any, now: datetime) -> str:
    """Return "in 14 minutes (2030-01-02 03:04:05 UTC)", or ago, or now; "" for what is no time."""
    when = moment(value)
    if when is None:
        return ""
    seconds = (when - now).total_seconds()
    distance = f"in {lasting(seconds)}" if seconds > 0 else "now" if seconds > -1 else f"{lasting(seconds)} ago"
    return f"{distance} ({when:%Y-%m-%d %H:%M:%S} UTC)"
