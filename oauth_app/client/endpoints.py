"""What is asked of a provider once the browser is back with a code, and no shape of an answer trusted.

allauth's classes do the steps of RFC 6749 §4.1. Ours say what happens to an answer that cannot be used, and let an ID
token count only after all checks of `id_token.py`.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

import jwt
from allauth.socialaccount import app_settings
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialLogin, SocialToken
from allauth.socialaccount.providers.base import ProviderException
from allauth.socialaccount.providers.github.views import GitHubOAuth2Adapter
from allauth.socialaccount.providers.google.views import GoogleOAuth2Adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from requests import RequestException

from . import id_token, signals
from .stored import Grant

logger = logging.getLogger("oauth_app.client")

# What Python raises over an answer of another shape than the specification's: a list for an object, a number for a
# text, a missing field, a date beyond the calendar, JSON nested a million deep, an account id that does not fit.
UNUSABLE = (
    LookupError, TypeError, AttributeError, ValueError, ArithmeticError, RecursionError, ImproperlyConfigured,
    jwt.PyJWTError,
)  # fmt: skip

# RFC 6749 §5.2, and GitHub's own names for three of them. Other text of a provider is not shown.
CODE_REFUSED = {"invalid_grant", "bad_verification_code"}
TOKEN_ERRORS = CODE_REFUSED | {
    "invalid_request", "invalid_client", "unauthorized_client", "unsupported_grant_type", "invalid_scope",
    "incorrect_client_credentials", "redirect_uri_mismatch",
}  # fmt: skip
_ERROR = re.compile(r"""\berror["']?\s*[=:]\s*["']?([a-z_]+)""")


def why_no_token(error: OAuth2Error) -> str:
    """Say why the exchange of the code brought no token. allauth keeps the answer in the text of its error only."""
    found = _ERROR.search(str(error))
    code = found[1] if found else ""
    if code in CODE_REFUSED:
        return "It did not accept the code."
    return f"It gave no token: it answered with the error {code}." if code in TOKEN_ERRORS else "It gave no token."


@contextmanager
def usable_answer(provider_id: str, asked_for: str) -> Iterator[None]:
    """Turn whatever a malformed answer sets off into one ProviderException. The answer itself is not logged.

    `asked_for` says in words what was asked. It is the first note of the error (PEP 678), for the page to tell.
    """
    try:
        yield
    except (RequestException, OAuth2Error, ProviderException) as error:  # some are ValueErrors; allauth knows them
        error.add_note(asked_for)
        raise
    except UNUSABLE as error:
        logger.warning("%s sent an answer that cannot be used: %s", provider_id, type(error).__name__)
        unusable = ProviderException("unusable answer")
        unusable.add_note(asked_for)
        raise unusable from error


class CarefulAdapter:
    """Mixed into allauth's adapters: one error for every answer that is not what the specification allows."""

    provider_id: str
    state: dict[str, Any] | None = None  # what allauth has kept of this sign-in; the view puts it here
    asked = ""  # the scopes; so it does with these
    grant: Grant | None = None  # what was answered, for whoever keeps it when the sign-in is done

    def get_access_token_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Exchange the code for a token (RFC 6749 §4.1.3)."""
        with usable_answer(self.provider_id, "the token"):
            answer = super().get_access_token_data(*args, **kwargs)  # type: ignore[misc]
            if not isinstance(answer["access_token"], str):
                raise TypeError("access_token")
            return dict(answer)

    def parse_token(self, data: dict[str, Any]) -> SocialToken:
        """Read the answer of the exchange."""
        with usable_answer(self.provider_id, "the token"):
            self.grant = Grant.of(data, self.asked)
            return super().parse_token(data)  # type: ignore[misc]

    def complete_login(self, *args: Any, **kwargs: Any) -> SocialLogin:
        """Ask who it is."""
        with usable_answer(self.provider_id, "who you are"):
            return super().complete_login(*args, **kwargs)  # type: ignore[misc]


class GitHubAdapter(CarefulAdapter, GitHubOAuth2Adapter):
    """GitHub's endpoints."""

    def get_emails(self, headers: dict[str, str]) -> list[Any] | None:
        """Ask for the addresses. Only 404 means that there are none; the stock one takes `null` and `{}` for that."""
        with usable_answer(self.provider_id, "your addresses"):
            with get_adapter().get_requests_session() as session:
                response = session.get(self.emails_url, headers=headers)
            if response.status_code == HTTPStatus.NOT_FOUND:
                return None
            response.raise_for_status()
            emails = response.json()
            if not isinstance(emails, list):
                raise TypeError("emails")
            return emails


class IDTokenAdapter(CarefulAdapter):
    """Mixed into the adapters of OpenID Connect: who it is, the checked ID token says."""

    nonce = ""  # the view puts the one of this sign-in here
    request: HttpRequest

    def checked(self, raw: str, app: Any, token: SocialToken, **expected: Any) -> dict[str, Any]:
        """Return the claims of an ID token that is good for this sign-in. Raises `IDTokenRefused` for any other."""
        keys = self.get_json(expected.pop("jwks_uri"), "its keys")
        wanted = id_token.Expected(
            client_id=app.client_id, nonce=self.nonce, access_token=token.token, keys=keys, **expected
        )
        received = id_token.check(raw, wanted)
        signals.id_token_checked.send(
            type(self), request=self.request, provider_id=self.provider_id, token=received, expected=wanted
        )
        if not received.valid:
            raise id_token.IDTokenRefused(received)
        # allauth stores what is returned here. The nonce has done its work, and need not lie in a table.
        return {name: value for name, value in received.claims.items() if name != "nonce"}

    def get_json(self, url: str, asked_for: str, access_token: str = "") -> dict[str, Any]:
        """Ask the provider, with the access token where there is one."""
        headers = {"Authorization": f"Bearer {access_token}"} if access_token else None
        with usable_answer(self.provider_id, asked_for), get_adapter().get_requests_session() as session:
            response = session.get(url, headers=headers)
            response.raise_for_status()
            return dict(response.json())


class GoogleAdapter(IDTokenAdapter, GoogleOAuth2Adapter):
    """Google's endpoints."""

    _settings = app_settings.PROVIDERS.get("google", {})
    jwks_uri = _settings.get("JWKS_URL", "https://www.googleapis.com/oauth2/v3/certs")
    # The one of Google's discovery page. allauth's own is older: it answers with `id`, and has no `sub` to compare.
    identity_url = _settings.get("IDENTITY_URL", "https://openidconnect.googleapis.com/v1/userinfo")

    def complete_login(self, request: HttpRequest, app: Any, token: SocialToken, **kwargs: Any) -> SocialLogin:
        """Look into the ID token, and ask user-info whether the access token is of the same person.

        (The stock one asks user-info where there is no ID token, and believes it.)
        """
        with usable_answer(self.provider_id, "who you are"):
            userinfo = self.get_json(self.identity_url, "user-info", token.token)
            claims = self.checked(
                kwargs["response"]["id_token"], app, token,
                issuer=self.id_token_issuer, jwks_uri=self.jwks_uri, userinfo=userinfo,
            )  # fmt: skip
            return self.get_provider().sociallogin_from_response(request, claims)


class OpenIDConnectAdapter(IDTokenAdapter, OpenIDConnectOAuth2Adapter):
    """The endpoints that the provider's discovery page names."""

    ENDPOINTS = ("issuer", "authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")

    @property
    def openid_config(self) -> dict[str, Any]:
        """Return the discovery document (OpenID Connect Discovery §4), read once for each sign-in."""
        with usable_answer(self.provider_id, "its discovery page"):
            config: dict[str, Any] = super().openid_config
            if not all(config[name].startswith(("https://", "http://")) for name in self.ENDPOINTS):
                raise ValueError("endpoint")
            if self.get_provider().wk_server_url(config["issuer"].rstrip("/")) != self.get_provider().server_url:
                raise ValueError("issuer")  # Discovery §4.3: it speaks for itself, and for no other
            return config

    def complete_login(self, request: HttpRequest, app: Any, token: SocialToken, **kwargs: Any) -> SocialLogin:
        """Ask user-info for name and address, and look into the ID token whether both speak of the same person."""
        with usable_answer(self.provider_id, "who you are"):
            config = self.openid_config
            userinfo = self.get_json(config["userinfo_endpoint"], "user-info", token.token)
            claims = self.checked(
                kwargs["response"]["id_token"], app, token,
                issuer=config["issuer"], jwks_uri=config["jwks_uri"], userinfo=userinfo,
            )  # fmt: skip
            return self.get_provider().sociallogin_from_response(request, {"userinfo": userinfo, "id_token": claims})
