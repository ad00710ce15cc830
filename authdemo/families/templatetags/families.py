"""A user's sign-ins by token, for a page."""

from __future__ import annotations

from typing import Any

from django import template

from authdemo.families.listing import SignIns, sign_ins_of

register = template.Library()


@register.simple_tag
def token_sign_ins(user: Any) -> SignIns:
    """Return the families of this user."""
    return sign_ins_of(user)
