"""An app that an experiment registers for itself, and the whole way to an access token for it: really gone."""

from __future__ import annotations

import secrets
from http import HTTPStatus
from urllib.parse import parse_qs, urlencode, urlsplit

import requests
from allauth.idp.oidc.models import Client as Registered
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from django.conf import settings
from django.urls import reverse

from authdemo.device.answers import body_of, fate_of
from authdemo.device.client import Client
from authdemo.device.transport import DeviceSession
from authdemo.experiments import NotTried
from authdemo.snippets import calls
from oauth_app.provider import clients

SCOPE = "openid profile"


class AppClient(Client):
    """A client with a browser, and a server of an app's that calls the token endpoint."""

    def as_app(self, path: str, app: Registered, secret: str, **form: str) -> requests.Response:
        """POST a form to the site as this app's server does. Raises NotTried where that is refused."""
        with DeviceSession() as session:
            answer = self._call(session, "POST", "A", path, data=form, auth=(app.pk, secret))
        if answer is None or answer.status_code != HTTPStatus.OK:
            raise NotTried(f"{path} {fate_of(answer)}.")
        return answer


def registered(name: str, back: str) -> tuple[Registered, str]:
    """Register a confidential app, and return it with its secret. `back` is the path of its redirect URI."""
    secret = secrets.token_hex(32)
    kind = Registered.Type.CONFIDENTIAL
    app = Registered(pk=f"lab-{secrets.token_hex(8)}", name=name, type=kind, secret="!")  # noqa: S106  no hash
    clients.set_secret(app, secret)
    app.set_scopes(SCOPE.split())
    app.set_redirect_uris([f"{settings.SITE_URL}{back}"])
    app.save()
    return app, secret


def opaque_token(caller: AppClient, app: Registered, secret: str, account: str) -> str:
    """Go the whole way of a code: sign in, allow, exchange. The caller is signed in then. Raises NotTried."""
    caller.send("A", calls.sign_in(account, settings.DEMO_PASSWORD))
    return exchanged(caller, app, secret, account)


def exchanged(caller: AppClient, app: Registered, secret: str, account: str) -> str:
    """Go it from where the caller is signed in as `account`: allow, exchange. Raises NotTried."""
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
        raise NotTried(f"The consent of {account} {fate_of(answer)}.")
    form = {"grant_type": "authorization_code", "code": query["code"][0], "redirect_uri": back}
    tokens = caller.as_app(reverse("idp:oidc:token"), app, secret, code_verifier=verifier, **form)
    return str(body_of(tokens).get("access_token", ""))
