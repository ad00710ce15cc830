"""The demo accounts, for the sign-in page."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings

from authdemo.accounts.demo import ACCOUNTS, is_local_demo

register = template.Library()


@register.simple_tag
def demo_accounts() -> dict[str, Any] | None:
    """Return `{"accounts", "password"}` on a local demo and None anywhere else."""
    return {"accounts": ACCOUNTS, "password": settings.DEMO_PASSWORD} if is_local_demo() else None
