"""What allauth's engine asks us: who is the issuer, what is offered, what a scope means in words."""

from __future__ import annotations

import secrets
from typing import Any

from allauth.idp.oidc import app_settings
from allauth.idp.oidc.adapter import DefaultOIDCAdapter
from django.conf import settings
from django.urls import reverse
from django.utils.crypto import get_random_string

CLIENT_CREDENTIALS = "client_credentials"
DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
GRANTS = ("authorization_code", "refresh_token", CLIENT_CREDENTIALS, DEVICE_CODE)
ENDPOINTS = {
    "authorization_endpoint": "idp:oidc:authorization",
    "token_endpoint": "idp:oidc:token",
    "userinfo_endpoint": "idp:oidc:userinfo",
    "revocation_endpoint": "idp:oidc:revoke",
    "jwks_uri": "idp:oidc:jwks",
    "device_authorization_endpoint": "idp:oidc:device_code",
    "introspection_endpoint": "oauth_provider_introspect",
}
USER_CODE_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"  # RFC 8628 §6.1: no vowel, so no word; nothing that looks like a digit


class ProviderAdapter(DefaultOIDCAdapter):
    """One issuer, whatever the host name; and no more offered than there is."""

    scope_display = {
        "openid": "know which account here is yours",
        "profile": "see your user name",
        "email": "see your e-mail address",
        "notes:read": "read your notes",
        "notes:write": "add notes in your name",
    }
    # For client credentials: no user is asked, so a scope that opens a user's data must not stand here.
    machine_scopes = {"notes:export": "count the users and the notes"}

    def get_issuer(self) -> str:
        """Return the one issuer. By default it follows the request's host: one site would be several issuers."""
        return str(settings.OAUTH_ISSUER)

    def generate_client_secret(self) -> str:
        """Return a secret of letters and digits: clients differ in how they encode others (RFC 6749 §2.3.1)."""
        return secrets.token_hex(32)

    def generate_user_code(self) -> str:
        """Return what a user types, `WDJB-MJHT` say: one of 20 letters to the power of 8 (RFC 8628 §5.1)."""
        code = get_random_string(8, USER_CODE_LETTERS)
        return f"{code[:4]}-{code[4:]}"

    def populate_server_metadata(self, data: dict[str, Any]) -> None:
        """Advertise what is offered. allauth lists every response type and grant that it knows."""
        data.pop("end_session_endpoint", None)
        data |= {name: self.get_issuer() + reverse(view) for name, view in ENDPOINTS.items()}
        data["response_types_supported"] = ["code"]
        data["response_modes_supported"] = ["query"]
        data["grant_types_supported"] = list(GRANTS)
        data["scopes_supported"] = [*self.scope_display, *self.machine_scopes]
        data["revocation_endpoint_auth_methods_supported"] = list(app_settings.AUTH_METHODS)
        data["introspection_endpoint_auth_methods_supported"] = list(app_settings.INTROSPECTION_AUTH_METHODS)
        data["authorization_response_iss_parameter_supported"] = True  # RFC 9207
        data["request_parameter_supported"] = data["request_uri_parameter_supported"] = False
        data["claims_parameter_supported"] = False
