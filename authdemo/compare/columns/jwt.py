"""JSON Web Tokens: a short-lived access token, signed with the chosen algorithm."""

from __future__ import annotations

from http import HTTPStatus

import jwt
import requests
from django.conf import settings
from django.urls import reverse

from authdemo.device.answers import body_of, fate_of
from jwt_app.models import RefreshFamily
from jwt_app.tokens import FAMILY

from ..clients import Caller, admin_page
from ..story import Call, Cell
from .base import ACCOUNT, EXPIRED, Column, Problem

ENDED = "The sign-in and its access token had ended with the sign-out. There is nothing more to end."
NOTHING_MORE = "The refresh token had ended with the sign-out. There is nothing more to end."
GOES_ON = "The refresh token ended with the sign-out. Nothing here can end the access token: it waits for its expiry."


class JWTColumn(Column):
    """`held`: `access`, and `refresh`, which ends what is open."""

    name = "jwt"

    def sign_in(self) -> Cell:
        """Get a pair of tokens, and for the access token one of the chosen algorithm and lifetime."""
        caller, password = self.caller, settings.DEMO_PASSWORD
        pair = caller.post_json("A", reverse("jwt:login"), {"username": ACCOUNT, "password": password})
        tokens = body_of(pair)
        if pair is None or pair.status_code != HTTPStatus.OK or not {"access", "refresh"} <= tokens.keys():
            raise Problem(f"The sign-in at instance A {fate_of(pair)}.")
        self.opened(refresh=str(tokens["refresh"]))
        asked = {"lifetime": self.choices.lifetime, "checked": self.choices.denylist, "refresh": self.held["refresh"]}
        answer = caller.post_json("A", self.page("token"), asked, token=str(tokens["access"]))
        access = body_of(answer).get("access")
        if answer is None or answer.status_code != HTTPStatus.OK or not isinstance(access, str):
            raise Problem(f"The call for a token of {self.choices.algorithm} {fate_of(answer)}.")
        self.held["access"] = access
        self.run.expires[self.name] = float(claim(access, "exp"))
        return Cell("done", "The client holds all of it: who, until when, signed. The server keeps no record of it.")

    def use(self, to: str) -> requests.Response | None:
        """Send the access token."""
        return self.caller.with_token(to, "/orders/" if to == "orders" else self.page("whoami"), self.held["access"])

    def because(self, call: Call) -> str:
        """Return what decided."""
        if call.status == HTTPStatus.OK:
            return f"The signature fits, and its time is not up.{self._looked_up(call)}"
        if call.code == "unknown_key" and self.choices.algorithm == "HS256":
            return "HS256 has no public key. Who could verify could also sign, so orders cannot."
        if call.code == "token_denied":
            return "The deny-list names it."
        return EXPIRED if call.code == "token_expired" else "The token was refused."

    def _looked_up(self, call: Call) -> str:
        """Say what the answer's counts say; nothing where it has none, as those of orders."""
        if call.sql is None or call.cache is None:
            return ""
        if call.sql + call.cache == 0:
            return " Nothing was looked up."
        return " The deny-list does not name it." if self.choices.denylist else " Something was looked up."

    def independent(self) -> Cell:
        """Orders verifies it with the public key, where there is one."""
        return self.seen("orders")

    def copy(self) -> Cell:
        """The thief has the token."""
        return Cell("done", f"{len(self.held['access'])} characters: the whole token.")

    def sign_out(self) -> Cell:
        """End the sign-in at the site's own address."""
        answer = self._signs_out(self.caller)
        if answer is None or answer.status_code != HTTPStatus.OK:
            return Cell("nothing", f"The sign-out at instance A {fate_of(answer)}.")
        if self.choices.denylist:
            return Cell("done", "No refresh token works any more, and the deny-list names the access token.")
        return Cell("done", "No refresh token works any more. The access token goes on: nobody keeps a record of it.")

    def revoke(self) -> Cell:
        """The administrator ends the sign-in, in the admin."""
        assert self.admin is not None  # noqa: S101
        if self.admin.trouble:
            return Cell("nothing", self.admin.trouble)
        self.admin.made.clear()
        page, family = admin_page(RefreshFamily, "changelist"), str(claim(self.held["refresh"], FAMILY))
        answer = self.admin.in_the_admin(page, {"action": "end_families", "_selected_action": family})
        calls = list(self.admin.made)
        if answer is None or answer.status_code != HTTPStatus.FOUND:
            return Cell("nothing", f"The call to instance A {fate_of(answer)}.", calls)
        if "signed_out" in self.held:
            return Cell("nothing", self._what_is_left(), calls)
        return Cell("done", "The sign-in was ended.", calls)

    def _what_is_left(self) -> str:
        """Say what the thief's last call has shown of the access token."""
        tried = self.run.cell("after-sign-out", self.name)
        if tried and tried.outcome == "in":
            return GOES_ON
        return ENDED if tried and tried.call and tried.call.code == "token_denied" else NOTHING_MORE

    def end(self) -> None:
        """Sign out, where nobody has."""
        if "refresh" in self.held and "signed_out" not in self.held:
            caller = Caller(self.learner, "")
            self._signs_out(caller)
            caller.session.close()

    def _signs_out(self, caller: Caller) -> requests.Response | None:
        answer = caller.post_json("A", reverse("jwt:logout"), {"refresh": self.held["refresh"]})
        if answer is not None and answer.ok:
            self.held["signed_out"] = "yes"
        return answer

    def page(self, name: str) -> str:
        """Return a path of the chosen algorithm."""
        return reverse(f"algorithms:{name}", kwargs={"algorithm": self.choices.algorithm})


def claim(token: str, name: str) -> str | float:
    """Return what a token of ours says, which nobody needs to verify here."""
    found: str | float = jwt.decode(token, options={"verify_signature": False})[name]
    return found
