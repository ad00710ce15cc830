"""The HTTP client: it keeps cookies, sends forms as a browser does, and notes each exchange, redacted."""

from __future__ import annotations

import time
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from authdemo.snippets.calls import Call, Value, Var
from authdemo.wire import outgoing, recorder
from authdemo.wire.models import Exchange
from authdemo.wire.outgoing import Timing

from .store import Device
from .transport import DeviceSession, origins

KEPT_OF_A_COOKIE = ("name", "value", "domain", "path", "secure", "expires")
NAMES = {
    "A": "instance A",
    "B": "instance B",
    "orders": "the orders service",
    "hostile": "the hostile pages",
    "providers": "the stand-ins for the providers",
}


class Client:
    """One action's worth of calls. `learner` is the request that asked for it: only for what is public about it."""

    def __init__(self, device: Device, learner: HttpRequest) -> None:
        self.device = device
        self.learner = learner
        self.session = DeviceSession()
        for cookie in device.cookies:
            self.session.cookies.set(**cookie)

    def get(self, to: str, path: str) -> requests.Response | None:
        """GET from "A" or "B" what a cookie opens. None where nobody answered."""
        return self._call(self.session, "GET", to, path)

    def get_with_token(self, to: str, path: str) -> requests.Response | None:
        """GET from "A", "B" or "orders" with the access token, and without cookies: the token alone says who calls."""
        headers = {"Authorization": f"Bearer {self.device.access}"} if self.device.access else {}
        with DeviceSession() as session:
            return self._call(session, "GET", to, path, headers=headers)

    def post_form(self, to: str, page: str, path: str, fields: Mapping[str, str]) -> requests.Response | None:
        """Fetch the page, take the CSRF token out of its form, and post the form. None where there was no form."""
        shown = self.get(to, page)
        token = csrf_token(shown.text) if shown is not None and shown.ok else ""
        if not token:
            return None
        # A browser says by itself which page a form came from, and Django compares.
        headers = {"Origin": origins()[to], "Referer": origins()[to] + page}
        return self._call(
            self.session, "POST", to, path, headers=headers, data={"csrfmiddlewaretoken": token, **fields}
        )

    def post_json(self, to: str, path: str, body: Mapping[str, Any], token: str = "") -> requests.Response | None:
        """POST to an API, without cookies, with an access token where there is one. None where nobody answered."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        with DeviceSession() as session:
            return self._call(session, "POST", to, path, json=dict(body), headers=headers)

    def send(self, to: str, call: Call) -> requests.Response | None:
        """Make a call that is written down as data, with the tokens that the device holds. None for no answer."""
        if call.page:
            return self.post_form(to, call.page, call.path, self._filled(call.form))
        if call.json is not None:
            answer = self.post_json(to, call.path, self._filled(call.json))
            self._take(answer, call.keeps)
            return answer
        return self.get_with_token(to, call.path) if call.bearer else self.get(to, call.path)

    def _filled(self, values: Mapping[str, Value]) -> dict[str, str]:
        """Return the values with what the device holds in the place of each variable."""
        held = {"ACCESS": self.device.access, "REFRESH": self.device.refresh}
        return {name: held[value.name] if isinstance(value, Var) else value for name, value in values.items()}

    def _take(self, response: requests.Response | None, names: tuple[str, ...]) -> None:
        """Keep the tokens of an answer. A refusal takes none away: a thief tries again, too."""
        try:
            found = response.json() if response is not None and response.ok else {}
        except ValueError:
            return
        for name in names:
            setattr(self.device, name, str(found.get(name, getattr(self.device, name))))

    def held(self, name: str) -> str:
        """Return the value of a cookie in the jar, "" where there is none."""
        return next((one.value or "" for one in self.session.cookies if one.name == name), "")

    def hand(self, cookie: str, name: str = settings.SESSION_COOKIE_NAME, path: str = "/") -> None:
        """Put a copied cookie into the jar, as somebody does who has stolen one: the session's, or another one."""
        host = urlsplit(settings.SITE_URL).hostname or ""
        # http.cookiejar gives a name without a dot this end, and looks for it under that.
        domain = host if "." in host or ":" in host else f"{host}.local"
        self.session.cookies.set(name, cookie, domain=domain, path=path)

    def forget_session(self) -> None:
        """Throw the session's cookie away. The server is not told: whoever else holds a copy stays signed in."""
        for cookie in [one for one in self.session.cookies if one.name == settings.SESSION_COOKIE_NAME]:
            self.session.cookies.clear(cookie.domain, cookie.path, cookie.name)

    def keep(self) -> None:
        """Leave what the jar holds now in the device."""
        self.device.cookies = [
            {name: getattr(cookie, name) for name in KEPT_OF_A_COOKIE} for cookie in self.session.cookies
        ]
        self.session.close()

    def _call(self, session: DeviceSession, method: str, to: str, path: str, **what: Any) -> requests.Response | None:
        started, at, response, failed = time.perf_counter(), timezone.now(), None, ""
        url = origins()[to] + path
        # What will be sent, noted before it is: afterwards the jar may be another.
        sent = session.prepare_request(requests.Request(method, url, **what))
        try:
            response = session.request(method, url, **what)
        except requests.RequestException as error:
            failed = outgoing.failure(error)
        self._note(sent, response, Timing(at, time.perf_counter() - started), to, failed)
        return response

    def _note(
        self, sent: requests.PreparedRequest, response: requests.Response | None, timing: Timing, to: str, failed: str
    ) -> None:
        """Keep the call, redacted: for the pane, and for the wire where the learner has it open."""
        who = username(response)
        exchange = outgoing.exchange(Exchange.Leg.DEVICE, self.learner, sent, response, timing, who=who, failed=failed)
        recorder.also(self.learner, exchange)
        self.device.exchanges.insert(0, described(exchange, who, to))


def described(exchange: Exchange, who: str | None, to: str) -> dict[str, Any]:
    """Return the exchange as JSON can hold it: the device lies in a cache."""
    answered = {"response": exchange.response, "reason": exchange.reason, "who": who} if exchange.status else {}
    return answered | {
        "at": exchange.at.isoformat(),
        "to": NAMES[to],
        "failed": exchange.failed,
        "request": exchange.request,
        "carried": exchange.carried,
        "milliseconds": round(exchange.microseconds / 1000),
        "cost": {"sql": exchange.statement_count, "cache": exchange.cache_count} if exchange.counted else {},
    }


def username(response: requests.Response | None) -> str | None:
    """Return whom the server took the device for: "" for nobody, None where the answer does not say."""
    if response is None:
        return None
    if response.status_code in {401, 403}:
        return ""
    try:
        user = response.json().get("user")
        name = user.get("username")
    except (ValueError, AttributeError):
        return None
    return name if isinstance(name, str) and len(name) <= 150 else None


class _Forms(HTMLParser):
    token = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take the first token."""
        found = dict(attrs)
        if tag == "input" and found.get("name") == "csrfmiddlewaretoken":
            self.token = self.token or found.get("value") or ""


def csrf_token(html: str) -> str:
    """Return the CSRF token in the first form of a page, "" where there is none."""
    forms = _Forms()
    forms.feed(html)
    return forms.token
