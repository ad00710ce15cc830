"""Server-side sessions, on the chosen store of the lab."""

from __future__ import annotations

import time
from http import HTTPStatus

import requests
from django.conf import settings
from django.urls import reverse

from authdemo.device.answers import body_of, fate_of
from sessions_app.labs.stores.engines import LIFETIME
from sessions_app.labs.stores.stores import BY_NAME

from ..clients import Caller
from ..story import Call, Cell
from .base import ACCOUNT, Column, Problem


class SessionsColumn(Column):
    """`held`: `cookie`, and `open` while it was not signed out."""

    name = "sessions"

    @property
    def store(self) -> str:
        """The chosen store."""
        return self.choices.store

    def sign_in(self) -> Cell:
        """Sign in by the store's own form."""
        page, of = self.page("login"), BY_NAME[self.store]
        answer = self.caller.post_form("A", page, page, {"username": ACCOUNT, "password": settings.DEMO_PASSWORD})
        cookie = self.caller.held(of.cookie)
        if answer is None or answer.status_code != HTTPStatus.FOUND or not cookie:
            raise Problem(self._why_not(answer))
        self.opened(cookie=cookie, open="yes")
        self.run.expires[self.name] = time.time() + LIFETIME
        if of.keeps_records:
            return Cell("done", f"The server keeps a record ({of.title}). The cookie is its number.")
        return Cell("done", "The server keeps no record: the cookie is the session, signed.")

    def _why_not(self, answer: requests.Response | None) -> str:
        """Return why nobody could sign in. A store that is not there says so as JSON, too."""
        title = BY_NAME[self.store].title
        if answer is not None and answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE:  # there is a form, at least
            return f"{title}: its server does not answer."
        said = body_of(self.caller.get("A", self.page("whoami")))
        if said.get("code") == "store_unavailable":
            return f"{title}: {said.get('detail')}"
        last = self.caller.made[-1]
        if not last.status:
            return f"Instance A did not answer: {last.failed}."
        return f"The sign-in at instance A {fate_of(answer)}."

    def use(self, to: str) -> requests.Response | None:
        """Send the cookie, and nothing else."""
        path = "/orders/" if to == "orders" else self.page("whoami")
        return self.caller.with_cookie(to, path, BY_NAME[self.store].cookie, self.held["cookie"])

    def because(self, call: Call) -> str:
        """Return what decided."""
        keeps, known = BY_NAME[self.store].keeps_records, call.status == HTTPStatus.OK
        if known:
            return "It found the record." if keeps else "The signature fits. There is no record that could be gone."
        if self.store == "memory" and call.to == "B":
            return "The record is in the memory of instance A."
        return "It found no record of this number." if keeps else "The signature is too old or wrong."

    def independent(self) -> Cell:
        """Orders gets the cookie."""
        return self.seen("orders", "A cookie says nothing to a service that cannot look into the store.")

    def copy(self) -> Cell:
        """The thief has the cookie's value."""
        return Cell("done", f"{len(self.held['cookie'])} characters: the value of the cookie.")

    def sign_out(self) -> Cell:
        """Sign out by the store's form."""
        answer = self._signs_out(self.caller)
        if answer is None or answer.status_code != HTTPStatus.FOUND:
            return Cell("nothing", f"The sign-out at instance A {fate_of(answer)}.")
        self.held.pop("open", None)
        if BY_NAME[self.store].keeps_records:
            return Cell("done", "The server deleted the record.")
        return Cell("done", "The browser was told to forget the cookie. No record was there to delete.")

    def revoke(self) -> Cell:
        """The administrator deletes the record."""
        assert self.admin is not None  # noqa: S101
        if self.admin.trouble:
            return Cell("nothing", self.admin.trouble)
        self.admin.made.clear()
        named = {"store": self.store, "key": self.held["cookie"]}
        answer = self.admin.post_form("A", reverse("sessions:dashboard"), reverse("stores:end"), named)
        said, calls = body_of(answer), list(self.admin.made)
        if said.get("code") == "no_record":
            return Cell("nothing", "There is no record to delete, so an administrator can do nothing.", calls)
        if answer is None or answer.status_code != HTTPStatus.OK:
            return Cell("nothing", f"The call to instance A {fate_of(answer)}.", calls)
        if said.get("ended"):
            return Cell("done", "The record was deleted.", calls)
        return Cell("nothing", "The record was gone already: the sign-out had deleted it.", calls)

    def end(self) -> None:
        """Sign out, where nobody has."""
        if self.held.pop("open", ""):
            caller = Caller(self.learner, "")
            self._signs_out(caller)
            caller.session.close()

    def _signs_out(self, caller: Caller) -> requests.Response | None:
        store = BY_NAME[self.store]
        caller.hand(self.held["cookie"], store.cookie, store.path)
        return caller.post_form("A", self.page("login"), self.page("logout"), {})

    def page(self, name: str) -> str:
        """Return a path of the store."""
        return reverse(f"stores:{name}", kwargs={"store": self.store})
