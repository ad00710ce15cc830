"""`GET /healthz`: can this instance reach what it needs?"""

from __future__ import annotations

import logging

from django.core.cache import caches
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache

logger = logging.getLogger("authdemo.health")


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _cache() -> None:
    # The alias that raises: "sessions" is allowed to hide a failure.
    caches["security"].get("healthz")


@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """Return 200 with each check "ok", or 503 with the failing one named."""
    checks = {}
    for name, check in {"database": _database, "cache": _cache}.items():
        try:
            check()
            checks[name] = "ok"
        except Exception as error:  # noqa: BLE001  whatever a driver raises is a failed check
            logger.error("health check failed: %s: %s", name, type(error).__name__)
            checks[name] = "failed"
    healthy = set(checks.values()) == {"ok"}
    return JsonResponse({"status": "ok" if healthy else "failed", "checks": checks}, status=200 if healthy else 503)
