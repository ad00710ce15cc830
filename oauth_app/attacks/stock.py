"""What allauth as it comes makes of the very ID token that the site has just checked.

The site does not ask it: `oauth_app/client` has replaced that step. The lab calls the stock class beside it, in the
process and at the moment in which the site's own checks are done, with what the provider has answered. Nobody is
signed in by it.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Any

import jwt
import requests
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.base import AuthAction, ProviderException
from allauth.socialaccount.providers.google.views import GoogleOAuth2Adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.provider import OAuth2Provider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.core import signing
from django.core.cache import caches
from django.http import HttpRequest
from django.test import RequestFactory

from oauth_app.client.id_token import IDToken

HEADER = "X-Authdemo-Trial"  # names the run; it means nothing to the site's own code
AGE = 60  # seconds
_signer = signing.TimestampSigner(salt="oauth_attacks.stock")


def new_run() -> str:
    """Return a name that the callback of a run sends along, so that what the stock class says can be found."""
    return _signer.sign(secrets.token_urlsafe(8))


def run_of(request: HttpRequest) -> str:
    """Return the run that a callback belongs to, "" for everybody else's."""
    try:
        return _signer.unsign(request.headers.get(HEADER, ""), max_age=AGE)
    except signing.BadSignature:
        return ""


def ask(request: HttpRequest, provider_id: str, token: IDToken) -> None:
    """Ask the stock class, and keep its answer for the run. Nothing for the callback of anybody else."""
    if run := run_of(request):
        caches["default"].set(_key(run), verdict(request, provider_id, token.raw), AGE)


def verdict(request: HttpRequest, provider_id: str, raw: str) -> dict[str, Any]:
    """Return what the stock class says: `took`, and as `who` it has read, or `reason`."""
    app = get_adapter(request).get_provider(request, provider_id).app
    google = provider_id == GoogleOAuth2Adapter.provider_id
    adapter = GoogleOAuth2Adapter(request) if google else OpenIDConnectOAuth2Adapter(request, provider_id)
    adapter.did_fetch_access_token = True  # as it is after an exchange: the token came straight from the provider
    try:
        claims = adapter._decode_id_token(app, raw)
    except (OAuth2Error, ProviderException, requests.RequestException, jwt.PyJWTError) as error:
        return {"took": False, "who": "", "reason": f"{error}: {error.__cause__ or ''}".strip(": ")[:200]}
    return {"took": True, "who": str(claims.get("email", ""))[:150], "reason": ""}


def obeys(address: str, names: Iterable[str]) -> list[str]:
    """Return which parameters of the request to the provider the stock class takes from an address of the sign-in."""
    request = RequestFactory().post(address)
    provider = get_adapter(request).get_provider(request, "outside")
    # The stock methods, on our provider: it has replaced these two, and nothing that they call.
    taken = OAuth2Provider.get_auth_params_from_request(provider, request, AuthAction.AUTHENTICATE)
    more = set(OAuth2Provider.get_scope_from_request(provider, request)) - set(provider.get_scope())
    return [name for name in names if name in taken or (name == "scope" and more)]


def said(run: str) -> dict[str, Any] | None:
    """Return what was kept for a run, once."""
    key = _key(_signer.unsign(run, max_age=AGE))
    found = caches["default"].get(key)
    caches["default"].delete(key)
    return found if isinstance(found, dict) else None


def _key(run: str) -> str:
    return f"oauth_attacks.stock.{run}"
