"""What every page needs to know: the mechanisms, and what this browser holds."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from authdemo.mechanisms import MECHANISMS


def site(request: HttpRequest) -> dict[str, Any]:
    """Return `mechanisms` for the navigation, the instance's name, how the session was opened, and more."""
    return {
        "mechanisms": MECHANISMS,
        "section": request.path.split("/")[1],  # each mechanism's paths start with its slug
        "instance_name": settings.INSTANCE_NAME,
        "labs": settings.LABS or settings.DEBUG,
        "experiments": settings.LABS,
        "third_party_url": settings.THIRDPARTY_URL,
        "session_opened_by": session_opened_by(request),
    }


def session_opened_by(request: HttpRequest) -> str:
    """Say what opened this session: "password", or the provider that allauth recorded at its last sign-in."""
    session = getattr(request, "session", None)
    if session is None:
        return ""
    records = session.get("account_authentication_methods", [])
    providers = {app["provider_id"]: app["name"] for app in settings.SIGN_IN_WITH}
    for record in reversed(records):
        if record.get("method") == "socialaccount":
            provider = str(record.get("provider", ""))
            return str(providers.get(provider, provider))
    return "password"
