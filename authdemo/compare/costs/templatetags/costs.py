"""Numbers as people read them."""

from __future__ import annotations

from django import template

register = template.Library()


@register.filter
def number(value: float, digits: int = 0) -> str:
    """Return it with a comma between thousands, and so many digits behind the point."""
    return f"{value:,.{digits}f}"
