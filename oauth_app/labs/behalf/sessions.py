"""Calls that the page shows: each with what it carried, masked as the wire masks it, and how long it took."""

from __future__ import annotations

from typing import Any

import requests
from django.http import HttpRequest

from authdemo.wire import outgoing, recorder
from authdemo.wire.back_channel import NotedSession
from authdemo.wire.models import Exchange
from authdemo.wire.outgoing import Timing


class ShownSession(NotedSession):
    """The session of the back channel, which keeps its calls for this page as well as for the wire panel."""

    def __init__(self, timeout: float, asked_by: HttpRequest) -> None:
        super().__init__(timeout, asked_by)
        self.shown: list[dict[str, Any]] = []
        self.noting = True

    def _note(self, response: requests.Response | None, timing: Timing, failed: str = "") -> None:
        if self.sent is None or not self.noting:
            return
        kept = outgoing.exchange(Exchange.Leg.BACK, self.asked_by, self.sent, response, timing, failed=failed)
        recorder.also(self.asked_by, kept)
        self.shown.append(described(kept))


def described(exchange: Exchange) -> dict[str, Any]:
    """Return the call as JSON can hold it."""
    return {
        "method": exchange.method,
        "host": exchange.host,
        "path": exchange.path,
        "status": exchange.status,
        "reason": exchange.reason if exchange.status else exchange.failed,
        "carried": exchange.carried,
        "request": exchange.request,
        "response": exchange.response,
        "milliseconds": round(exchange.microseconds / 1000),
    }
