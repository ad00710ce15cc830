"""Calls of somebody's app to this site, kept for the browser whose user has allowed them.

Such a call comes from a server: it has no cookie, and an ordinary client sends no header of ours. What it has is a
credential, and that came out of a flow of this browser: first the code, then the tokens that came of it. So the wire
notes the keyed fingerprint of each on its way, for as long as exchanges are kept, and knows it again.

A process looks up nothing while it has noted nothing for as long: where nobody watches, a call costs what it costs.

That needs nothing of the app. Nobody can put a call into somebody's list without a credential of that flow; who has
stolen one is seen there, too. A call with none (discovery, the public keys) belongs to nobody, and is not kept.
"""

from __future__ import annotations

import json
import logging
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.core.cache import caches
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.http.response import HttpResponseBase

from . import flows, recorder, redaction
from .browser import COOKIE, META_HEADER, recorded_as
from .models import Exchange

logger = logging.getLogger("authdemo.wire")

# Names our own record of the call. A client may write it into its log, as it may that of any server.
HEADER = "X-Request-ID"
# Where allauth's URLs have them, written down once: no `reverse` for each request that goes by.
TOKEN, REVOKE, USERINFO = (f"/identity/o/api/{name}" for name in ("token", "revoke", "userinfo"))
API = "/oauth/api/"
LONGEST = 2000  # characters of a credential

_noted_at = float("-inf")  # when this process has last noted one


@dataclass(frozen=True)
class Call:
    """An app's call, and whose flow it belongs to: the hash of a browser, the fingerprint of a state."""

    browser: str
    flow: str
    number: uuid.UUID

    @property
    def fields(self) -> dict[str, Any]:
        """Return what its `Exchange` gets besides what the request tells."""
        return {"id": self.number, "leg": Exchange.Leg.CALL, "browser": self.browser, "flow": self.flow}


def possible(request: HttpRequest) -> bool:
    """Tell whether this may be such a call. Reads a small body, so that it is still there afterwards."""
    if not settings.LABS or COOKIE in request.COOKIES or META_HEADER in request.META:
        return False
    if time.monotonic() > _noted_at + flows.AGE:
        return False
    if request.path not in {TOKEN, REVOKE, USERINFO} and not request.path.startswith(API):
        return False
    recorder.read_body(request)
    return True


def begin(request: HttpRequest, response: HttpResponseBase) -> None:
    """Note the code that this answer sends to an app, before it is sent."""
    state = flows.state_of_an_app(request, response) if settings.LABS else ""
    code = parse_qs(urlsplit(response.get("Location", "")).query).get("code", [""])[0] if state else ""
    if code:
        _note([code], recorded_as(request), redaction.fingerprint(state))


def call(request: HttpRequest, response: HttpResponseBase) -> Call | None:
    """Return whose call this was, None where nobody's. Gives the answer a number, and notes the tokens in it."""
    found = _look_up(credential(request))
    if found is None:
        return None
    made = Call(*found, uuid.uuid4())
    response[HEADER] = str(made.number)
    # Now, not at the close: the app may use them sooner.
    _note(_tokens(response), made.browser, made.flow)
    return made


def credential(request: HttpRequest) -> str:
    """Return the code or token that this call lives on, "" where there is none."""
    if request.path in {TOKEN, REVOKE}:
        names = ("code", "refresh_token") if request.path == TOKEN else ("token",)
        try:
            return next((value for name in names if (value := request.POST.get(name))), "")
        except (SuspiciousOperation, UnreadablePostError):  # too many fields, or cut off
            return ""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    return value.strip() if scheme.lower() == "bearer" else ""


def _tokens(response: HttpResponseBase) -> list[str]:
    if not isinstance(response, HttpResponse) or "json" not in response.get("Content-Type", ""):
        return []
    try:
        answer = json.loads(response.content)
    except ValueError:
        return []
    names = ("access_token", "refresh_token")
    return [str(answer[name]) for name in names if answer.get(name)] if isinstance(answer, dict) else []


def _note(credentials: Iterable[str], browser: str, flow: str) -> None:
    global _noted_at
    noted = {_key(one): [browser, flow] for one in credentials}
    try:
        if noted:
            caches["default"].set_many(noted, flows.AGE)
            _noted_at = time.monotonic()
    except Exception as error:  # noqa: BLE001  whatever a cache raises, the app gets its answer
        logger.error("a credential was not noted: %s", type(error).__name__)


def _look_up(value: str) -> tuple[str, str] | None:
    """Return browser and flow of a credential; None for one that nobody's panel has seen, or whose panel is closed."""
    if not value or len(value) > LONGEST:
        return None
    try:
        browser, flow = caches["default"].get(_key(value)) or ("", "")
        return None if not browser or flows.is_stopped(browser) else (browser, flow)
    except Exception as error:  # noqa: BLE001
        logger.error("a credential was not looked up: %s", type(error).__name__)
        return None


def _key(value: str) -> str:
    return f"wire.credential.{redaction.fingerprint(value)}"
