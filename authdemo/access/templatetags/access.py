"""The numbers on the admin's first page, and the order of its lists."""

from __future__ import annotations

from typing import Any

from django import template
from django.contrib.auth import get_permission_codename

from authdemo.access import groups, now
from authdemo.events.models import AuthEvent

register = template.Library()
register.filter("in_groups", groups.in_groups)


@register.inclusion_tag("access/_now.html", takes_context=True)
def going_on(context: dict[str, Any]) -> dict[str, Any]:
    """Show what is going on now, as far as this member of the staff may see it."""
    user = context["request"].user
    view = f"{AuthEvent._meta.app_label}.{get_permission_codename('view', AuthEvent._meta)}"
    bars = now.last_hour() if user.has_perm(view) else {}
    found = [
        (mechanism, own, bars.get(mechanism.slug, []), sum(bar.number for bar in bars.get(mechanism.slug, [])))
        for mechanism, own in now.numbers(user)
    ]
    return {"mechanisms": found, "hour": bool(bars)}
