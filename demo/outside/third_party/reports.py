"""What this app tells the site of its own end: what a browser has asked of it, and what it has asked of the site.

A real app tells nobody. This one does, so that a learner sees an exchange from both ends. What may be told of a
request is in `told.py`. The site knows whose exchange it is by the `state` that we have made; a call made later, with
tokens of that exchange, is told under the same one. Of an exchange that it does not watch the site takes nothing: 404.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from threading import Timer
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from .calls import PatientSession
from .told import Made, call, page, parsed

GetResponse: TypeAlias = Callable[[HttpRequest], HttpResponseBase]
logger = logging.getLogger("paper.reports")

PATIENCE = 1  # seconds
# The site hears of a state when the browser brings it: a moment after we have made it. When to tell of that leg.
NOW, LATER = (0.0,), (0.5, 3.0)  # seconds
KEPT = "reported"  # session key: which client's tokens, and the state of the exchange that they came of

calls: ContextVar[list[tuple[str, Made]] | None] = ContextVar("calls", default=None)


class ReportedSession(PatientSession):
    """Each call, noted for the request of the browser that it is made for. Outside of one it is nobody's."""

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> requests.Response:
        """Send the request. Raises what it would without."""
        at, started = datetime.now(UTC), time.perf_counter()
        try:
            response = super().request(method, url, *args, **kwargs)
        except requests.RequestException as error:
            self._note(error.request, None, at, started)
            raise
        self._note(response.request, response, at, started)
        return response

    def _note(self, sent: Any, response: requests.Response | None, at: datetime, started: float) -> None:
        noted = calls.get()
        if noted is None or sent is None:
            return
        seconds = time.perf_counter() - started
        try:
            noted.append((str(self.client_id), call(sent, response) | timing(at, seconds)))
        except Exception as error:  # noqa: BLE001  a strange answer is no reason to fail
            logger.debug("no report: %s", type(error).__name__)


class ReportMiddleware:
    """Tell of each request of an exchange, when its answer was sent. Put it after the one for sessions."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, and leave the reports to the end of the response."""
        at, started = datetime.now(UTC), time.perf_counter()
        token = calls.set([])
        try:
            response = self.get_response(request)
            made = calls.get() or []
        finally:
            calls.reset(token)
        when = timing(at, time.perf_counter() - started)
        try:
            state, told = exchange(request, response, made)
        except Exception as error:  # noqa: BLE001  a strange request is no reason to fail
            logger.debug("no report: %s", type(error).__name__)
            return response
        if state:
            # Django's list of what runs when the body was sent, which has no public name.
            tell = partial(tell_all, request, response, state, when, told)
            response._resource_closers.append(tell)  # type: ignore[attr-defined]
        return response


def timing(at: datetime, seconds: float) -> Made:
    """Return when it began, and how long it took."""
    return {"at": at.isoformat(), "milliseconds": round(seconds * 1000, 3)}


# ---- Which exchange


def exchange(request: HttpRequest, response: HttpResponseBase, made: list[tuple[str, Made]]) -> tuple[str, list[Made]]:
    """Return the state of the exchange that a request belongs to, "" for none, and the calls that are part of it."""
    begun = state_of(urlsplit(response.get("Location", "")).query) if leads_to_the_site(response) else ""
    back = state_of(request.META.get("QUERY_STRING", ""))
    if not begun and not back:
        client, before = (request.session.get(KEPT) if made else None) or ("", "")
        told = [one for by, one in made if by == client]
        return (before, told) if told else ("", [])
    told = [one for _, one in made]
    tokens = next((by for by, one in made if has_tokens(one)), "")
    if back and tokens:
        request.session[KEPT] = [tokens, back]
    return begun or back, told


def leads_to_the_site(response: HttpResponseBase) -> bool:
    """Tell whether this answer sends the browser to the site, with a request of ours."""
    return response.get("Location", "").startswith(f"{settings.SITE_URL}/")


def state_of(query: str) -> str:
    """Return the `state` in a query string."""
    return dict(parsed(query)).get("state", "")


def has_tokens(one: Made) -> bool:
    """Tell whether a call has brought tokens."""
    return any(name == "access_token" for name, _ in one["answer"])


# ---- Telling


def tell_all(request: HttpRequest, response: HttpResponseBase, state: str, when: Made, told: list[Made]) -> None:
    """Tell of a request, and of the calls that were made for it."""
    try:
        made = [one | {"state": state} for one in (page(request, response) | when, *told)]
    except Exception as error:  # noqa: BLE001  a strange request is no reason to fail
        logger.debug("no report: %s", type(error).__name__)
        return
    tell_later(made, LATER if leads_to_the_site(response) else NOW)


def tell_later(made: list[Made], waits: tuple[float, ...]) -> None:
    """Tell in a thread of its own: the next request on the visitor's connection does not wait for it either.

    Where the site does not watch the exchange, once more after the next wait: the browser may not have been there yet.
    """

    def now() -> None:
        if any(tell(one) != HTTPStatus.NO_CONTENT for one in made) and waits[1:]:
            tell_later(made, waits[1:])

    timer = Timer(waits[0], now)
    timer.daemon = True
    timer.start()


def tell(made: Made) -> int:
    """Tell the site. Whether it listens is no affair of the user's. Returns the status, 0 where no answer came."""
    try:
        with requests.Session() as session:
            session.trust_env = False  # a proxy of the machine cannot reach what runs on the machine itself
            url = f"{settings.SITE_URL}/wire/reports/"
            answer = session.post(url, json=made, timeout=PATIENCE, allow_redirects=False, stream=True)
            answer.close()
            return answer.status_code
    except Exception as error:  # noqa: BLE001  whatever it is, the user must not feel it
        logger.debug("a report did not arrive: %s", type(error).__name__)
        return 0
