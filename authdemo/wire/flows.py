"""Which browser a flow belongs to, so that what others report of it gets into the right list.

The `state` of the flow says so (RFC 6749 §10.12). In a sign-in with a provider the site has made it for this browser,
and it comes by again on every leg. Where the site is the provider somebody's app has made it, and it is noted when the
browser brings it along. Kept is its keyed fingerprint, not the state itself. The two kinds have keys of their own: who
brings a state along as an app's gets no report of a provider by it.
"""

from __future__ import annotations

import logging
from http import HTTPStatus
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
APPS = "apps-"  # kind of a flow that somebody's app has begun
AUTHORIZATION = "oauth_provider_authorize"


def remember(request: HttpRequest, response: HttpResponseBase) -> None:
    """Note whose flow begins where this response leads to a provider, or answers what an app has asked for.

    A cache that fails costs the reports only.
    """
    state = state_in(response.get("Location", ""))
    if state:
        _note(_key(state), recorded_as(request))
    elif apps := state_of_an_app(request, response):
        # The first who brings it: nobody else's reports can be had by bringing a state that one has seen somewhere.
        _note(_key(apps, APPS), recorded_as(request), keep=True)


def _note(key: str, browser: str, *, keep: bool = False) -> None:
    try:
        (caches["default"].add if keep else caches["default"].set)(key, browser, AGE)
    except Exception as error:  # noqa: BLE001  whatever a cache raises, the sign-in goes on
        logger.error("a flow was not noted: %s", type(error).__name__)


def browser_of(state: str, kind: str = "") -> str:
    """Return the hash of the browser whose flow has this state, "" for one that nobody knows, or that has stopped."""
    try:
        found = caches["default"].get(_key(state, kind)) or ""
        return "" if found and is_stopped(found) else found
    except Exception as error:  # noqa: BLE001
        logger.error("a flow was not looked up: %s", type(error).__name__)
        return ""


def is_stopped(browser: str) -> bool:
    """Tell whether nothing more is taken for this browser. Raises what the cache raises."""
    return bool(caches["default"].get(_stopped(browser)))


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


def state_of_an_app(request: HttpRequest, response: HttpResponseBase) -> str:
    """Return the `state` of a request to this site's own authorization endpoint, "" for any other and a refused one.

    400 is the answer where nobody knows the app, or the address: then there is no app that could report anything.
    """
    match = request.resolver_match
    if match is None or match.view_name != AUTHORIZATION or response.status_code == HTTPStatus.BAD_REQUEST:
        return ""
    return request.GET.get("state", "")


def _stopped(browser: str) -> str:
    return f"wire.stopped.{browser}"


def _key(state: str, kind: str = "") -> str:
    return f"wire.{kind}flow.{redaction.fingerprint(state)}"
