"""The same call to the orders service, by a JWT and by an opaque token, before both end and after: really sent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

import jwt
from allauth.idp.oidc.models import Client as Registered
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from authdemo.device.actions import PEOPLE
from authdemo.device.answers import body_of, fate_of
from authdemo.device.store import Device
from authdemo.device.transport import origins
from authdemo.experiments import NotTried, may_sign_in
from authdemo.snippets import calls
from oauth_app.labs.own_app import AppClient, opaque_token, registered

from .results import KINDS, Answer, Result, Way

ACCOUNT = PEOPLE[0]
TIMES = 5
NAME = "The page “Verify or ask”"


class Caller(AppClient):
    """An app's client, which calls orders as well."""

    def asks_orders(self, kind: str, token: str) -> Answer:
        """Call orders with the token."""
        self.device.access = token
        response = self.get_with_token("orders", KINDS[kind])
        if response is None:
            return Answer()
        body = body_of(response)
        cost = body.get("asked")
        statements = cost.get("statements_at_the_site") if isinstance(cost, dict) else 0
        milliseconds = round(response.elapsed.total_seconds() * 1000, 1)
        return Answer(response.status_code, str(body.get("code", "")), milliseconds, int(statements or 0))


def run(learner: HttpRequest) -> Result:
    """Do it all once."""
    result = Result(ways=[Way(kind) for kind in KINDS])
    caller = Caller(Device(), learner)
    try:
        may_sign_in(ACCOUNT)
        if "orders" not in origins():
            raise NotTried("This site has no orders service beside it (DEMO_ORDERS_URL).")
        with an_app() as (app, secret):
            _both_ways(caller, app, secret, result)
    except NotTried as why:
        result.problem = str(why)
    finally:
        _signs_out(caller)
    return result


def _both_ways(caller: Caller, app: Registered, secret: str, result: Result) -> None:
    caller.send("A", calls.get_tokens(ACCOUNT, settings.DEMO_PASSWORD))
    tokens = {"verified": caller.device.access, "asked": opaque_token(caller, app, secret, ACCOUNT)}
    refresh = caller.device.refresh
    if not tokens["verified"]:
        raise NotTried(f"{ACCOUNT} got no JWT at instance A.")
    result.until = int(jwt.decode(tokens["verified"], options={"verify_signature": False})["exp"])
    for way in result.ways:
        before = _counted(caller)
        way.calls = [caller.asks_orders(way.kind, tokens[way.kind]) for _ in range(TIMES)]
        way.to_the_site = _counted(caller) - before
        if not all(call.accepted for call in way.calls):
            refused = next(call for call in way.calls if not call.accepted)
            raise NotTried(f"Orders answered {way.path} with {refused.status or 'nothing'} {refused.code}.")
    # Both end at the site: the sign-in that the JWT came of, and the opaque token by its own app (RFC 7009).
    signed_out = caller.post_json("A", reverse("jwt:logout"), {"refresh": refresh})
    if signed_out is None or signed_out.status_code != HTTPStatus.OK:
        raise NotTried(f"The sign-out at instance A {fate_of(signed_out)}.")
    caller.as_app(reverse("idp:oidc:revoke"), app, secret, token=tokens["asked"])
    for way in result.ways:
        way.after = caller.asks_orders(way.kind, tokens[way.kind])


@contextmanager
def an_app() -> Iterator[tuple[Registered, str]]:
    """Register an app for this run. With it goes all that was allowed to it."""
    app, secret = registered(NAME, reverse("introspection:index"))
    try:
        yield app, secret
    finally:
        app.delete()


def _counted(caller: Caller) -> int:
    """Return how often orders has called the site since it began: for keys, and about tokens."""
    body: dict[str, Any] = body_of(caller.get("orders", "/healthz"))
    return int(body.get("key_fetches", 0)) + int(body.get("asked", 0))


def _signs_out(caller: Caller) -> None:
    if caller.held(settings.SESSION_COOKIE_NAME):
        page, path = reverse("sessions:dashboard"), reverse("sessions:logout")
        caller.post_form("A", page, path, {})
    caller.session.close()
