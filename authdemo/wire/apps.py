"""The app that watches requests: what they cost, and what crossed the wire."""

from __future__ import annotations

from functools import wraps

from django.apps import AppConfig
from django.db.backends.signals import connection_created

from . import counters


class WireConfig(AppConfig):
    """Label `wire`."""

    name = "authdemo.wire"
    verbose_name = "Wire"

    def ready(self) -> None:
        """Hook into every database connection, and into DRF."""
        connection_created.connect(counters.count_statements_of, dispatch_uid="authdemo.wire.count_statements")
        measure_rest_framework()


def measure_rest_framework() -> None:
    """Measure DRF's authenticators.

    DRF has no hook around them, and the views name their classes themselves. So this replaces the one method that
    calls them, `Request._authenticate`; `tests/wire/test_counts_auth.py` names the version where it was read.
    """
    from rest_framework.request import Request

    original = Request._authenticate  # type: ignore[attr-defined]

    @wraps(original)
    def measured(self: Request) -> None:
        with counters.authenticating():
            original(self)

    Request._authenticate = measured  # type: ignore[attr-defined]
