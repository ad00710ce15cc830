"""The same call to the orders service, by a JWT and by an opaque token, before both end and after: really sent."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import requests
from allauth.idp.oidc.models import Client as Registered
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from authdemo.device.actions import PEOPLE
from authdemo.device.answers import body_of, fate_of
from authdemo.device.client import Client
from authdemo.device.store import Device
from authdemo.device.transport import DeviceSession, origins
from authdemo.experiments import NotTried, may_sign_in
from authdemo.snippets import calls
from oauth_app.provider import clients

from .results import KINDS, Answer, Result, Way

ACCOUNT = PEOPLE[0]
TIMES = 5
SCOPE = "openid profile"
NAME = "The page “Verify or ask”"


class Caller(Client):
    """A client with a browser, and a server that calls the token endpoint."""

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

    def as_app(self, path: str, app: Registered, secret: str, **form: str) -> requests.Response:
        """POST a form to the site as this app's server does. Raises NotTried where that is refused."""
        with DeviceSession() as session:
            answer = self._call(session, "POST", "A", path, data=form, auth=(app.pk, secret))
        if answer is None or answer.status_code != HTTPStatus.OK:
            raise NotTried(f"{path} {fate_of(answer)}.")
        return answer


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
    tokens = {"verified": caller.device.access, "asked": opaque_token(caller, app, secret)}
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


def opaque_token(caller: Caller, app: Registered, secret: str) -> str:
    """Go the whole way of a code: sign in, allow, exchange. Raises NotTried."""
    caller.send("A", calls.sign_in(ACCOUNT, settings.DEMO_PASSWORD))
    verifier = secrets.token_urlsafe(48)
    back = app.get_redirect_uris()[0]
    asked = {
        "client_id": app.pk, "redirect_uri": back, "response_type": "code", "scope": SCOPE,
        "code_challenge": create_s256_code_challenge(verifier), "code_challenge_method": "S256",
    }  # fmt: skip
    page = f"{reverse('idp:oidc:authorization')}?{urlencode(asked)}"
    answer = caller.post_form("A", page, page, {"action": "allow", "scopes": "profile"})
    query = parse_qs(urlsplit(answer.headers.get("Location", "")).query) if answer is not None else {}
    if "code" not in query:
        raise NotTried(f"The consent of {ACCOUNT} {fate_of(answer)}.")
    form = {"grant_type": "authorization_code", "code": query["code"][0], "redirect_uri": back}
    tokens = caller.as_app(reverse("idp:oidc:token"), app, secret, code_verifier=verifier, **form)
    return str(body_of(tokens).get("access_token", ""))


@contextmanager
def an_app() -> Iterator[tuple[Registered, str]]:
    """Register an app for this run. With it goes all that was allowed to it."""
    secret = secrets.token_hex(32)
    kind = Registered.Type.CONFIDENTIAL
    app = Registered(pk=f"lab-{secrets.token_hex(8)}", name=NAME, type=kind, secret="!")  # noqa: S106  no hash
    clients.set_secret(app, secret)
    app.set_scopes(SCOPE.split())
    app.set_redirect_uris([f"{settings.SITE_URL}{reverse('introspection:index')}"])
    app.save()
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
