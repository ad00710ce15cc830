"""OAuth2: an app that the user has allowed to call in their name, with an opaque access token."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from http import HTTPStatus

import requests
from allauth.idp.oidc.models import Client as Registered
from allauth.idp.oidc.models import Token
from django.conf import settings
from django.urls import reverse

from authdemo.device.answers import fate_of
from authdemo.experiments import NotTried
from authdemo.snippets import calls
from oauth_app.labs.own_app import exchanged, registered
from oauth_app.provider.models import Consent
from oauth_app.provider.more import registration

from ..clients import Caller, admin_page
from ..story import Call, Cell
from .base import ACCOUNT, Column, Problem

NAME = "The page “Compare”"
BACK = "/compare/"


class OAuthColumn(Column):
    """`held`: `access`, `app` (its client_id), and `session`, that of the user at the site while it is open."""

    name = "oauth"

    def sign_in(self) -> Cell:
        """Register an app, sign in at the site, allow the app to know who one is, and exchange its code."""
        app, secret = registered(NAME, BACK)
        self.opened(app=app.pk)
        self.caller.send("A", calls.sign_in(ACCOUNT, settings.DEMO_PASSWORD))
        self.opened(session=self.caller.held(settings.SESSION_COOKIE_NAME))
        try:
            access = exchanged(self.caller, app, secret, ACCOUNT)
        except NotTried as why:
            raise Problem(str(why)) from None
        # The site's apps have an hour. No app can ask for less, so the row is changed.
        until = time.time() + self.choices.lifetime
        Token.objects.by_value(access).update(expires_at=datetime.fromtimestamp(until, UTC))
        self.held["access"], self.run.expires[self.name] = access, until
        note = "The app has a token, and the site a record of it. Its end was brought forward for this run."
        return Cell("done", note)

    def use(self, to: str) -> requests.Response | None:
        """Send the app's token."""
        of_orders = "/orders/asked/" if self.choices.asks == "introspected" else "/orders/"
        path = of_orders if to == "orders" else reverse("provider:whoami")
        return self.caller.with_token(to, path, self.held["access"])

    def because(self, call: Call) -> str:
        """Return what decided."""
        if call.to == "orders":
            if not call.asked:
                return "The token says nothing by itself, and orders asked nobody about it."
            statements = f"{call.asked_sql} statement{'' if call.asked_sql == 1 else 's'}"
            return f"Orders asked the site about the token: {statements} there, for this one call."
        if call.status == HTTPStatus.OK:
            return "It found the record of the token: whose it is, for which app."
        if time.time() >= self.run.expires[self.name] and self.outcome("revoke") != "done":
            return "The record says that its time is up."
        return "It found no record of this token."

    def independent(self) -> Cell:
        """Orders gets the token; what it does with it was chosen."""
        return self.seen("orders")

    def copy(self) -> Cell:
        """The thief has the token."""
        return Cell("done", f"{len(self.held['access'])} characters: the app's token, of a random value.")

    def sign_out(self) -> Cell:
        """The user signs out of the site. The app is not asked, and not told."""
        answer = self._signs_out(self.caller)
        if answer is None or answer.status_code != HTTPStatus.FOUND:
            return Cell("nothing", f"The sign-out at instance A {fate_of(answer)}.")
        return Cell("done", "The user's session ended. The app goes on: it never had the session.")

    def revoke(self) -> Cell:
        """The administrator takes back what was allowed, in the admin."""
        assert self.admin is not None  # noqa: S101
        if self.admin.trouble:
            return Cell("nothing", self.admin.trouble)
        self.admin.made.clear()
        consent = Consent.objects.filter(client=self.held["app"]).first()
        if consent is None:
            return Cell("nothing", "What was allowed to the app has been taken back already, by somebody else.")
        answer = self.admin.in_the_admin(admin_page(Consent, "delete", consent.pk), {"post": "yes"})
        calls = list(self.admin.made)
        if answer is None or answer.status_code != HTTPStatus.FOUND:
            return Cell("nothing", f"The call to instance A {fate_of(answer)}.", calls)
        return Cell("done", "What was allowed to the app was taken back, and its tokens with it.", calls)

    def end(self) -> None:
        """Sign out, where nobody has, and forget the app, with all that was allowed to it."""
        if self.held.get("session"):
            caller = Caller(self.learner, "")
            self._signs_out(caller)
            caller.session.close()
        if app := Registered.objects.filter(pk=self.held.get("app", "")).first():
            registration.delete(app)

    def _signs_out(self, caller: Caller) -> requests.Response | None:
        caller.hand(self.held["session"])
        answer = caller.post_form("A", reverse("sessions:dashboard"), reverse("sessions:logout"), {})
        if answer is not None and answer.status_code == HTTPStatus.FOUND:
            self.held.pop("session")
        return answer
