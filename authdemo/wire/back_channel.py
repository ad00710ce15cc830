"""The back channel: what the site itself sends to providers, kept with the request during which it was sent.

`oauth_app` knows nothing of this. `SOCIALACCOUNT_ADAPTER` names the adapter below, and allauth asks it for the session
of each call.
"""

from __future__ import annotations

import logging
import time
from typing import Any

import requests
from allauth.socialaccount import app_settings
from django.http import HttpRequest
from django.utils import timezone

from oauth_app.client import adapter
from oauth_app.client.transport import ProviderSession

from . import outgoing, recorder
from .browser import recorded_as
from .models import Exchange
from .outgoing import Timing

logger = logging.getLogger("authdemo.wire")


class NotedSession(ProviderSession):
    """A `ProviderSession` that notes each call for the browser whose request is being answered."""

    def __init__(self, timeout: float, asked_by: HttpRequest) -> None:
        super().__init__(timeout)
        self.asked_by = asked_by
        self.sent: requests.PreparedRequest | None = None

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """Note what goes out: here it is complete, with the headers of the session and of `auth`."""
        self.sent = request
        return super().send(request, **kwargs)

    def request(self, method: Any, url: Any, *args: Any, **kwargs: Any) -> requests.Response:  # type: ignore[override]
        """Send the request and note it with its answer, or with why there is none. Raises what it would without."""
        self.sent, at, started = None, timezone.now(), time.perf_counter()
        try:
            response = super().request(method, url, *args, **kwargs)
        except requests.RequestException as error:
            self._note(None, Timing(at, time.perf_counter() - started), outgoing.failure(error))
            raise
        self._note(response, Timing(at, time.perf_counter() - started))
        return response

    def _note(self, response: requests.Response | None, timing: Timing, failed: str = "") -> None:
        if self.sent is None:  # an address that cannot be asked: nothing went over the wire
            return
        try:
            leg = Exchange.Leg.BACK
            kept = outgoing.exchange(leg, self.asked_by, self.sent, response, timing, failed=failed)
            recorder.also(self.asked_by, kept)
        except Exception as error:  # noqa: BLE001  whatever it is, the sign-in goes on, and its text stays out of the log
            logger.error("a call to a provider was not kept: %s", type(error).__name__)


class SocialAccountAdapter(adapter.SocialAccountAdapter):
    """`oauth_app`'s adapter. For a browser that has its panel open, its calls are noted."""

    def get_requests_session(self) -> requests.Session:
        """Return the session for each call to a provider. Outside of a request there is nobody to note it for."""
        if self.request is not None and recorded_as(self.request):
            return NotedSession(app_settings.REQUESTS_TIMEOUT, self.request)
        return super().get_requests_session()
