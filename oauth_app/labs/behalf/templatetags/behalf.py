"""The table "what remains where", for the page of connections, which knows nothing of it."""

from __future__ import annotations

from typing import Any

from django import template

from authdemo.device.store import NO_CACHE
from oauth_app.labs.behalf import remaining
from oauth_app.labs.behalf.views import providers_of

register = template.Library()


@register.inclusion_tag("behalf/_remains.html", takes_context=True)
def what_remains(context: template.RequestContext) -> dict[str, Any]:
    """Show the table for one stand-in, and links to the others. Nothing where all providers are real."""
    request = context["request"]
    played = {name: one for name, one in providers_of(request).items() if one.app.settings.get("stand_in")}
    wanted = request.GET.get("remains", "")
    chosen = played.get(wanted) or next(iter(played.values()), None)
    try:
        rows = remaining.table(request.user.pk, chosen.sub_id) if chosen else []
    except NO_CACHE:
        rows = []
    return {
        "request": request,
        "csrf_token": context.get("csrf_token"),
        "providers": played.values(),
        "chosen": chosen,
        "places": remaining.PLACES.values(),
        "rows": rows,
        "failed": request.session.pop(remaining.FAILED, ""),
    }
