"""Which browser a sign-in flow belongs to, so that a provider's report of it gets into the right list.

The `state` of the flow says so (RFC 6749 §10.12): the site has made it for this browser, and it comes by again on
every leg. Kept is its keyed fingerprint, not the state itself.
"""

from __future__ import annotations

import logging
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from . import redaction
from .browser import recorded_as
from .models import KEPT_FOR

logger = logging.getLogger("authdemo.wire")

AGE = int(KEPT_FOR.total_seconds())


def remember(request: HttpRequest, response: HttpResponseBase) -> None:
    """Note whose flow begins where this response leads to a provider. A cache that fails costs the reports only."""
    state = state_in(response.get("Location", ""))
    if not state:
        return
    try:
        caches["default"].set(_key(state), recorded_as(request), AGE)
    except Exception as error:  # noqa: BLE001  whatever a cache raises, the sign-in goes on
        logger.error("a flow was not noted: %s", type(error).__name__)


def browser_of(state: str) -> str:
    """Return the hash of the browser whose flow has this state, "" for one that nobody knows."""
    try:
        found = caches["default"].get(_key(state)) or ""
        return "" if found and caches["default"].get(_stopped(found)) else found
    except Exception as error:  # noqa: BLE001
        logger.error("a flow was not looked up: %s", type(error).__name__)
        return ""


def stop(browser: str) -> None:
    """Take no more reports for this browser: it has closed its panel, or starts over. Flows may be under way."""
    try:
        caches["default"].set(_stopped(browser), 1, AGE)
    except Exception as error:  # noqa: BLE001
        logger.error("flows were not stopped: %s", type(error).__name__)


def go_on(browser: str) -> None:
    """Take reports again: the panel is open."""
    try:
        caches["default"].delete(_stopped(browser))
    except Exception as error:  # noqa: BLE001
        logger.error("flows do not go on: %s", type(error).__name__)


def state_in(location: str) -> str:
    """Return the `state` of a redirect to a provider, "" for any other redirect."""
    if "state=" not in location:
        return ""
    try:
        parts = urlsplit(location)
    except ValueError:
        return ""
    hosts = {urlsplit(provider["address"]).netloc for provider in settings.SIGN_IN_WITH}
    return parse_qs(parts.query).get("state", [""])[0] if parts.netloc in hosts else ""


def _stopped(browser: str) -> str:
    return f"wire.stopped.{browser}"


def _key(state: str) -> str:
    return f"wire.flow.{redaction.fingerprint(state)}"
