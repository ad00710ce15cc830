"""What is tried on a store: sign in, ask who that made us, sign out. By HTTP, at this demo's own two instances."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus

import requests
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from authdemo.device.actions import PEOPLE
from authdemo.device.answers import cost_of, fate_of
from authdemo.device.client import Client, username
from authdemo.device.store import Device
from authdemo.device.transport import origins
from authdemo.experiments import NotTried, may_sign_in
from authdemo.wire import outgoing

from .stores import Store

ACCOUNT = PEOPLE[0]


@dataclass
class Answer:
    """What an instance said to one cookie. `status` is 0 where nobody answered; counts are None where it has none."""

    status: int = 0
    who: str = ""
    served_by: str = ""
    sql: int | None = None
    cache: int | None = None

    @property
    def known(self) -> bool:
        """Whether it knew whose cookie that is."""
        return self.status == HTTPStatus.OK and bool(self.who)


class Trip:
    """A client with an empty jar, for one store. What it sends stands in the wire of the browser that asked for it."""

    def __init__(self, store: Store, learner: HttpRequest) -> None:
        self.store = store
        self.client = Client(Device(), learner)
        self.copy = ""  # of the cookie
        self.is_open = False

    def sign_in(self) -> int:
        """Sign in at A by the store's own form. Returns the bytes of the cookie's value, as it was set."""
        page = self._page("login")
        fields = {"username": ACCOUNT, "password": settings.DEMO_PASSWORD}
        may_sign_in(ACCOUNT)
        response = self.client.post_form("A", page, page, fields)
        self.copy = self.client.held(self.store.cookie)
        if response is None or response.status_code != HTTPStatus.FOUND or not self.copy:
            raise NotTried(f"The sign-in at instance A {fate_of(response)}.")
        self.is_open = True
        sent = next(one for one in outgoing.set_cookies(response) if one.key == self.store.cookie)
        return len(sent.value)

    def ask(self, to: str) -> Answer:
        """Send the copy of the cookie to "A" or "B". It stays the same: a thief forgets no cookie when told to."""
        if to not in origins():
            return Answer()
        self.client.hand(self.copy, self.store.cookie, self.store.path)
        return _answer(self.client.get(to, self._page("whoami")))

    def sign_out(self) -> None:
        """Sign out at A, which ends the session as far as the store can."""
        self.client.hand(self.copy, self.store.cookie, self.store.path)
        response = self.client.post_form("A", self._page("login"), self._page("logout"), {})
        if response is None or response.status_code != HTTPStatus.FOUND:
            raise NotTried(f"The sign-out at instance A {fate_of(response)}.")
        self.is_open = False

    def close(self) -> None:
        """Forget all. What broke off half-way leaves nobody signed in, as far as A answers."""
        if self.is_open:
            with suppress(NotTried):
                self.sign_out()
        self.client.session.close()

    def _page(self, name: str) -> str:
        return reverse(f"stores:{name}", kwargs={"store": self.store.name})


def _answer(response: requests.Response | None) -> Answer:
    if response is None:
        return Answer()
    served_by = response.headers.get("X-Served-By", "")[:1]
    return Answer(response.status_code, username(response) or "", served_by, **cost_of(response))
