"""What would take events away unseen."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Warning, register
from django.db import DEFAULT_DB_ALIAS, connections


@register()
def atomic_requests(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Warn of ATOMIC_REQUESTS: where an API answers 401, REST framework rolls the whole request back."""
    if not connections[DEFAULT_DB_ALIAS].settings_dict["ATOMIC_REQUESTS"]:
        return []
    text = "With ATOMIC_REQUESTS, the events of refused sign-ins are rolled back with the request. Turn it off."
    return [Warning(text, id="events.W001")]
