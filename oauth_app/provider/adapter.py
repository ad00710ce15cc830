"""What allauth's engine asks us: who is the issuer, what is offered, what a scope means in words."""

from __future__ import annotations

import secrets
from typing import Any

from allauth.idp.oidc import app_settings
from allauth.idp.oidc.adapter import DefaultOIDCAdapter
from django.conf import settings
from django.urls import reverse

GRANTS = ("authorization_code", "refresh_token")
ENDPOINTS = {
    "authorization_endpoint": "authorization",
    "token_endpoint": "token",
    "userinfo_endpoint": "userinfo",
    "revocation_endpoint": "revoke",
    "jwks_uri": "jwks",
}


class ProviderAdapter(DefaultOIDCAdapter):
    """One issuer, whatever the host name; and no more offered than there is."""

    scope_display = {
        "openid": "know which account here is yours",
        "profile": "see your user name",
        "email": "see your e-mail address",
        "notes:read": "read your notes",
        "notes:write": "add notes in your name",
    }

    def get_issuer(self) -> str:
        """Return the one issuer. By default it follows the request's host: one site would be several issuers."""
        return str(settings.OAUTH_ISSUER)

    def generate_client_secret(self) -> str:
        """Return a secret of letters and digits: clients differ in how they encode others (RFC 6749 §2.3.1)."""
        return secrets.token_hex(32)

    def populate_server_metadata(self, data: dict[str, Any]) -> None:
        """Advertise what is offered. allauth lists every response type and grant that it knows."""
        for name in ("device_authorization_endpoint", "end_session_endpoint"):
            data.pop(name, None)
        data |= {name: self.get_issuer() + reverse(f"idp:oidc:{view}") for name, view in ENDPOINTS.items()}
        data["response_types_supported"] = ["code"]
        data["response_modes_supported"] = ["query"]
        data["grant_types_supported"] = list(GRANTS)
        data["scopes_supported"] = list(self.scope_display)
        data["revocation_endpoint_auth_methods_supported"] = list(app_settings.AUTH_METHODS)
        data["authorization_response_iss_parameter_supported"] = True  # RFC 9207
        data["request_parameter_supported"] = data["request_uri_parameter_supported"] = False
        data["claims_parameter_supported"] = False
