"""What each page needs to know."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from .companies import company_at


def company(request: HttpRequest) -> dict[str, Any]:
    """Return the company whose page this is (None on the list of all), and where the demo's site is."""
    return {"company": company_at(request), "providers_url": settings.PROVIDERS_URL, "site_url": settings.SITE_URL}
