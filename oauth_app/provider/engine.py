"""allauth's authorization server, told what it cannot be set to. The only file here that uses its `internal` modules.

They may change with any release of allauth: `tests/oauth_app/provider/test_engine.py` names the one that was read.
"""

# mypy: disable-error-code="no-any-return"
# (what the engine returns has no types)

from __future__ import annotations

from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from allauth.core.internal.jwkkit import load_jwk_from_pem
from allauth.idp.oidc import app_settings
from allauth.idp.oidc.adapter import get_adapter
from allauth.idp.oidc.internal.oauthlib.request_validator import OAuthLibRequestValidator
from allauth.idp.oidc.internal.oauthlib.server import generate_opaque_token
from allauth.idp.oidc.internal.oauthlib.utils import get_validator_context
from allauth.idp.oidc.models import Client, Token
from django.http import HttpResponse
from oauthlib.oauth2.rfc6749.errors import OAuth2Error
from oauthlib.openid import Server

from . import grants
from .authorization import Asked, SentBack
from .clients import ProtocolError
from .models import Consent, Grant

ANYWHERE = "https://provider.invalid/"  # the engine parses an address, of which only the query counts


class Validator(OAuthLibRequestValidator):
    """Answers the engine's questions about one request of one client, which was looked up, and has proved itself.

    `consent` is there where a code is made; `grant`, with its row locked, where one is exchanged; `spent` is the
    refresh token that is exchanged. Codes are rows of ours and not in a cache, so that the end of a code and its
    tokens are one transaction.
    """

    def __init__(
        self,
        client: Client,
        consent: Consent | None = None,
        grant: Grant | None = None,
        spent: Token | None = None,
        auth_time: int | None = None,
    ) -> None:
        super().__init__()
        self.client, self.spent, self.auth_time = client, spent, auth_time
        self.consent: Any = consent
        self.grant: Any = grant

    def _lookup_client(self, request: Any, client_id: str) -> Client | None:
        return self.client if client_id == self.client.pk else None

    def client_authentication_required(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        """Ask `authenticate_client`, for public clients as well."""
        return True

    def authenticate_client(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        """Take the client that `clients.authenticated` has found."""
        self._use_client(request, self.client)
        return True

    def is_pkce_required(self, client_id: str, request: Any) -> bool:
        """Say yes for all. allauth asks public clients only."""
        return True

    def validate_scopes(self, client_id: str, scopes: list[str], *args: Any, **kwargs: Any) -> bool:
        """Compare with what the client is registered for. What is for machines can be asked of no user."""
        return set(scopes) <= set(self.client.get_scopes()) - set(get_adapter().machine_scopes)

    def validate_redirect_uri(self, client_id: str, redirect_uri: str, *args: Any, **kwargs: Any) -> bool:
        """Compare exact strings (RFC 9700 §2.1)."""
        return redirect_uri in self.client.get_redirect_uris()

    def save_authorization_code(
        self, client_id: str, code: dict[str, Any], request: Any, *args: Any, **kwargs: Any
    ) -> None:
        """Keep the code in a row."""
        grants.start(
            self.consent,
            code["code"],
            redirect_uri=request.redirect_uri,
            scopes=list(request.scopes),
            challenge=request.code_challenge,
            nonce=request.nonce or "",
            auth_time=self.auth_time,
        )

    def _lookup_authorization_code(self, request: Any, client_id: str, code: str) -> dict[str, Any] | None:
        if self.grant is None or self.spent is not None:
            return None
        return {
            "code": {"nonce": self.grant.nonce} if self.grant.nonce else {},
            "redirect_uri": self.grant.redirect_uri,
            "scopes": self.grant.current_scopes,
            "pkce": {"code_challenge": self.grant.code_challenge, "code_challenge_method": "S256"},
        }

    def validate_code(
        self, client_id: str, code: str, client: Client, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        """Take the grant that `grants.by_code` has found, of a user who is still active."""
        if self.grant is None or not self.grant.consent.user.is_active:
            return False
        request.user, request.scopes, request.claims = self.grant.consent.user, self.grant.current_scopes, None
        return True

    def finalize_id_token(self, id_token: dict[str, Any], *args: Any, **kwargs: Any) -> str:
        """Say when the user signed in (OpenID Connect Core §2): who has asked for `max_age` has to compare it."""
        if self.grant.auth_time is not None:
            id_token["auth_time"] = self.grant.auth_time
        return super().finalize_id_token(id_token, *args, **kwargs)

    def invalidate_authorization_code(self, *args: Any, **kwargs: Any) -> None:
        """Do nothing: the code ended with `save_bearer_token`."""

    def validate_refresh_token(
        self, refresh_token: str, client: Client, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        """Take the token that `grants.by_refresh_token` has found, of a user who is still active."""
        if self.grant is None or self.spent is None or not self.grant.consent.user.is_active:
            return False
        request.user = self.grant.consent.user
        get_validator_context().refresh_token = self.spent  # the engine deletes it
        return True

    def get_original_scopes(self, refresh_token: str, request: Any, *args: Any, **kwargs: Any) -> list[str]:
        """Return what the user has allowed: no exchange gets more."""
        return self.grant.current_scopes if self.grant else []

    def rotate_refresh_token(self, request: Any) -> bool:
        """Say yes, whatever the setting (RFC 9700 §4.14.2)."""
        return True

    def save_bearer_token(self, token: dict[str, Any], request: Any, *args: Any, **kwargs: Any) -> None:
        """Let the engine store the hashes, and keep what we must know of them."""
        super().save_bearer_token(token, request, *args, **kwargs)
        self.keep(token, request)

    def keep(self, token: dict[str, Any], request: Any) -> None:
        """Note which grant these tokens belong to."""
        grants.keep(self.grant, token["access_token"], token.get("refresh_token"), self.spent)


def server_for(validator: Validator) -> Server:
    """Return allauth's server for one request."""
    server = Server(
        request_validator=validator,
        token_generator=generate_opaque_token,
        refresh_token_generator=generate_opaque_token,
        token_expires_in=app_settings.ACCESS_TOKEN_EXPIRES_IN,
    )
    # A refresh token only for who is registered for it. By default everybody gets one.
    refreshes = Client.GrantType.REFRESH_TOKEN in validator.client.get_grant_types()
    for kind in (server.auth_grant, server.openid_connect_auth, server.device_code_grant):
        kind.refresh_token = refreshes
    return server


def scopes_of(asked: Asked) -> list[str]:
    """Return the scopes that are asked for. Raises SentBack for one that the app may not ask for, and for none."""
    try:
        scopes, _ = server_for(Validator(asked.client)).validate_authorization_request(_address(asked), "GET", "", {})
    except OAuth2Error as error:
        raise SentBack(error.error, error.description or "") from error
    if not scopes:
        raise SentBack("invalid_scope", "Ask for a scope.")
    return list(dict.fromkeys(scopes))


def code_for(asked: Asked, consent: Consent, scopes: list[str], auth_time: int | None = None) -> str:
    """Return a new code for what the user has allowed, who signed in at `auth_time` (seconds since 1970)."""
    server = server_for(Validator(asked.client, consent=consent, auth_time=auth_time))
    user = {"user": consent.user}
    headers, _, _ = server.create_authorization_response(
        _address(asked), "GET", "", {}, scopes=scopes, credentials=user
    )
    return parse_qs(urlsplit(headers["Location"]).query)["code"][0]


def _address(asked: Asked) -> str:
    return f"{ANYWHERE}?{asked.encoded('prompt', 'max_age', 'id_token_hint')}"


def token_response(validator: Validator, body: dict[str, str], origin: str) -> HttpResponse:
    """Return the tokens, or the engine's error: `invalid_grant` where there is no grant. Raises ProtocolError."""
    server = server_for(validator)
    headers = {"Origin": origin} if origin else {}
    try:
        more, content, status = server.create_token_response(ANYWHERE, "POST", urlencode(body), headers)
    except OAuth2Error as error:
        raise ProtocolError(error.error, error.description or "", error.status_code) from error
    return HttpResponse(content, status=status, headers=more)


@lru_cache(maxsize=8)
def public_jwk(pem: str) -> dict[str, str]:
    """Return the public half of a key as JWK (RFC 7517). To parse a private key takes long, so once."""
    jwk, _ = load_jwk_from_pem(pem)
    jwk.pop("key_ops", None)  # RFC 7517 §4.3: not beside "use"
    return {**jwk, "use": "sig", "alg": "RS256"}
