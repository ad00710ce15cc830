"""What the outside world tells the site of a sign-in: the legs between browser and provider, which pass the site by.

A real provider tells nobody. This one does, so that a learner sees all legs of one flow in one list.

**What was typed here (user name, password), this world's CSRF token and its cookies never leave it: names only, and of
those only the ones that are known.** Values are told of the parameters of the protocol, which go through the site's
own hands as well; and only of a flow of the site itself, so that no other app's code is told to anybody.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, urlencode, urlsplit

import requests
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from .companies import COMPANIES, Company, company_at

GetResponse: TypeAlias = Callable[[HttpRequest], HttpResponseBase]
Pairs: TypeAlias = list[tuple[str, str]]
logger = logging.getLogger("outside.reports")

PATIENCE = 1  # seconds
MANY = 40
LONG = 1000  # characters
NESTED = 3
TOLD = {
    "client_id", "redirect_uri", "scope", "response_type", "state", "nonce", "code_challenge", "code_challenge_method",
    "prompt", "code", "error", "access_type", "include_granted_scopes",
}  # fmt: skip
NAMES = TOLD | {
    "next", "username", "password", "csrfmiddlewaretoken", "request", "scopes", "action", "error_description",
    "outside_csrf", *(f"outside_{slug}" for slug in COMPANIES),
}  # fmt: skip


class ReportMiddleware:
    """Report each request of a sign-in flow, after its answer was sent: the page does not wait.

    Put it before what renames cookies: it looks at the request as it came, and at the answer as it goes.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, and leave the report to the end of the response."""
        company = company_at(request)
        if company is None or request.path not in paths(company) or request.method not in {"GET", "POST"}:
            return self.get_response(request)
        # Before the views: they put other parameters in the place of those that came.
        query, cookies = request.META.get("QUERY_STRING", ""), list(request.COOKIES)
        at, started = datetime.now(UTC), time.perf_counter()
        response = self.get_response(request)
        seconds = time.perf_counter() - started
        try:
            made = report(request, company, query, response)
        except Exception as error:  # noqa: BLE001  a strange request is no reason to fail
            logger.debug("no report: %s", type(error).__name__)
            return response
        if made:
            when = {"at": at.isoformat(), "milliseconds": round(seconds * 1000, 3), "cookies": names(cookies)}
            # Django's list of what runs when the body was sent, which has no public name.
            response._resource_closers.append(partial(send, made | when))  # type: ignore[attr-defined]
        return response


def paths(company: Company) -> set[str]:
    """Return where a sign-in flow passes: the authorization endpoint and the sign-in form."""
    return {company.authorize, f"{company.home}login"}


def report(request: HttpRequest, company: Company, query: str, response: HttpResponseBase) -> dict[str, Any] | None:
    """Return what is told of this request, None where it is no part of a flow of the site."""
    location = response.get("Location", "")
    form = [(name, str(value)) for name, value in request.POST.items()]
    sent = parsed(query), form, parsed(urlsplit(location).query)
    states = [value for pairs in sent for value in found("state", pairs)]
    clients = {value for pairs in sent for value in found("client_id", pairs)}
    if not states or clients != {company.client_id}:
        return None
    return {
        "state": states[0],
        "host": request.get_host(),
        "method": request.method,
        "path": request.path,
        "query": [(known(name), told(name, value, company)) for name, value in parsed(query)],
        "fields": names(request.POST),
        "status": response.status_code,
        "location": address(location, company),
        "set_cookies": names(response.cookies),
    }


def parsed(query: str) -> Pairs:
    """Return the pairs of a query string, none where there are too many."""
    try:
        return parse_qsl(query, keep_blank_values=True, max_num_fields=MANY)
    except ValueError:
        return []


def found(name: str, pairs: Pairs, depth: int = 0) -> list[str]:
    """Return the values of a parameter, also of an authorization request that waits in `next`."""
    values = [value for key, value in pairs if key == name]
    nested = [value for key, value in pairs if key == "next"] if depth < NESTED else []
    return values + [value for url in nested for value in found(name, parsed(urlsplit(url).query), depth + 1)]


def known(name: str) -> str:
    """Return a name that is known here. Another one could be what somebody typed, in the wrong place."""
    return name if name in NAMES else "other"


def names(came: Iterable[str]) -> list[str]:
    """Return the names of fields or cookies."""
    return [known(name) for name in came][:MANY]


def told(name: str, value: str, company: Company, depth: int = 0) -> str | None:
    """Return the value of a parameter of the protocol, None for any other."""
    if name == "next":
        return address(value, company, depth + 1)
    return value if name in TOLD and len(value) <= LONG else None


def address(url: str, company: Company, depth: int = 0) -> str | None:
    """Return an address of this flow, with what may be told of its query; None for any other address."""
    parts = urlsplit(url)
    target = f"{parts.scheme}://{parts.netloc}{parts.path}" if parts.netloc else parts.path
    if target not in {*paths(company), *company.redirect_uris} or depth > NESTED:
        return None
    pairs = [(name, told(name, value, company, depth)) for name, value in parsed(parts.query)]
    return f"{target}?{urlencode([(name, value) for name, value in pairs if value is not None])}"


def send(made: dict[str, Any]) -> None:
    """Tell the site. Whether it listens is no affair of the sign-in."""
    try:
        with requests.Session() as session:
            session.trust_env = False  # a proxy of the machine cannot reach what runs on the machine itself
            url = f"{settings.SITE_URL}/wire/reports/"
            session.post(url, json=made, timeout=PATIENCE, allow_redirects=False, stream=True).close()
    except Exception as error:  # noqa: BLE001  whatever it is, the visitor must not feel it
        logger.debug("a report did not arrive: %s", type(error).__name__)
