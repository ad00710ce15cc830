"""Who calls in a run: the other device's client, which notes of each call what was sent, answered and looked up."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.http.cookie import parse_cookie
from django.urls import reverse

from authdemo.accounts.demo import ACCOUNTS, has_demo_password
from authdemo.device.answers import body_of, cost_of, fate_of
from authdemo.device.client import username
from authdemo.device.store import Device
from authdemo.device.transport import DeviceSession, origins
from authdemo.snippets import calls
from authdemo.wire.outgoing import Timing
from authdemo.wire.redaction import mask
from oauth_app.labs.own_app import AppClient
from sessions_app.labs.stores.stores import STORES

from .counting import CountingAdapter, Tally
from .steps import ADMIN
from .story import Call

STAFF = next(account.username for account in ACCOUNTS if account.staff)
USER_AGENT = "Authdemo page Compare"  # the mark of the site's sessions that a run has opened: see `leftovers`
SAY_WHO = {settings.SESSION_COOKIE_NAME, *(store.cookie for store in STORES)}  # cookies that say who calls


def somebody() -> HttpRequest:
    """Return the request on behalf of which a command calls: nobody's, so no browser's wire shows it."""
    request = HttpRequest()
    request.META = {"SERVER_NAME": "localhost", "SERVER_PORT": "80"}
    return request


class Caller(AppClient):
    """One party of a run. What it has called is in `made`; `learner` is the request that asked for the run."""

    def __init__(self, learner: HttpRequest, who: str) -> None:
        super().__init__(Device(), learner)
        self.session.headers["User-Agent"] = USER_AGENT
        self.who = who
        self.made: list[Call] = []
        self._tally = Tally()

    def with_cookie(self, to: str, path: str, name: str, value: str) -> requests.Response | None:
        """GET with this cookie and no other."""
        with DeviceSession() as session:
            return self._call(session, "GET", to, path, headers={"Cookie": f"{name}={value}"})

    def with_token(self, to: str, path: str, token: str) -> requests.Response | None:
        """GET with this token and no cookie."""
        with DeviceSession() as session:
            return self._call(session, "GET", to, path, headers={"Authorization": f"Bearer {token}"})

    def _call(self, session: DeviceSession, method: str, to: str, path: str, **what: Any) -> requests.Response | None:
        self._tally = Tally()
        for scheme in ("http://", "https://"):
            session.mount(scheme, CountingAdapter(self._tally))
        return super()._call(session, method, to, path, **what)

    def _note(
        self, sent: requests.PreparedRequest, response: requests.Response | None, timing: Timing, to: str, failed: str
    ) -> None:
        super()._note(sent, response, timing, to, failed)
        credential, size = credential_of(sent)
        call = Call(
            self.who, to, sent.method or "", urlsplit(sent.url or "").path, credential, size,
            request_bytes=self._tally.sent, response_bytes=self._tally.received,
            milliseconds=round(timing.seconds * 1000, 1), user=username(response), failed=failed,
        )  # fmt: skip
        if response is not None:
            body, cost = body_of(response), cost_of(response)
            call.status, call.code = response.status_code, str(body.get("code", ""))
            call.sql, call.cache = cost["sql"], cost["cache"]
            if to == "orders":
                call.asked, call.asked_sql = asked_by_orders(body)
        self.made.append(call)


def asked_by_orders(body: Mapping[str, Any]) -> tuple[int, int]:
    """Return how many calls orders says it has made to the site for this one, and their statements there."""
    asked = body.get("asked")
    if isinstance(asked, dict):
        return 1, int(asked.get("statements_at_the_site") or 0)
    return int(body.get("key_fetches") or 0), 0


def credential_of(sent: requests.PreparedRequest) -> tuple[str, int]:
    """Return the header that says who calls, masked, and the bytes of its value as it is sent; "" and 0 without."""
    if authorization := sent.headers.get("Authorization", ""):
        scheme, _, value = authorization.partition(" ")
        return f"Authorization: {scheme} {_masked(value)}", len(authorization)
    cookie = sent.headers.get("Cookie", "")
    found = [f"{name}={_masked(value)}" for name, value in parse_cookie(cookie).items() if name in SAY_WHO]
    return (f"Cookie: {'; '.join(found)}", len(cookie)) if found else ("", 0)


def _masked(value: str) -> str:
    found = mask(value)
    return found if isinstance(found, str) else str(found["mask"])


class Administrator(Caller):
    """Signs in as `teacher` for one step, and out after it. `trouble` is why that did not work, "" where it did."""

    def __init__(self, learner: HttpRequest) -> None:
        super().__init__(learner, ADMIN)
        self.trouble = ""

    def __enter__(self) -> Administrator:
        if not has_demo_password(STAFF):  # to try it would count as a wrong one
            self.trouble = f"{STAFF} has another password than the demo's by now, so no administrator can sign in."
            return self
        answer = self.send("A", calls.sign_in(STAFF, settings.DEMO_PASSWORD))
        if answer is None or answer.status_code != HTTPStatus.FOUND:
            self.trouble = f"The sign-in of {STAFF} at instance A {fate_of(answer)}."
        self.made.clear()
        return self

    def __exit__(self, *error: Any) -> None:
        if self.held(settings.SESSION_COOKIE_NAME):
            self.post_form("A", reverse("sessions:dashboard"), reverse("sessions:logout"), {})
        self.session.close()

    def in_the_admin(self, page: str, fields: Mapping[str, str]) -> requests.Response | None:
        """Post the form of one of the admin's pages."""
        return self.post_form("A", page, page, fields)


def is_there(name: str) -> bool:
    """Tell whether "A", "B" or "orders" is part of this demo."""
    return name in origins()


def admin_page(model: Any, name: str, *args: Any) -> str:
    """Return the path of one of the admin's pages."""
    meta = model._meta
    return reverse(f"{admin.site.name}:{meta.app_label}_{meta.model_name}_{name}", args=args)
