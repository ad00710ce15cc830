"""The pane in any page: `{% load device %}{% device_pane %}`."""

from __future__ import annotations

from typing import Any

from django import template
from django.http import HttpRequest

from authdemo.device.views import is_on

register = template.Library()


@register.inclusion_tag("device/include.html", takes_context=True)
def device_pane(context: template.RequestContext, assets: bool = True, trigger: str = "load") -> dict[str, Any]:
    """Show a link, which htmx replaces by the pane: so the page around it costs what it costs without.

    `assets=False` for a page that includes `device/assets.html` in its head by itself; `trigger` says
    when htmx fetches the pane.
    """
    request: HttpRequest | None = context.get("request")
    return {"on": request is not None and is_on(), "assets": assets, "trigger": trigger}
