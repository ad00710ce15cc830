"""What allauth's engine asks us: who is the issuer, and what is said of a user."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from allauth.idp.oidc.adapter import DefaultOIDCAdapter
from allauth.idp.oidc.models import Client

from .companies import GOOGLE, company_of
from .models import Account


class OutsideAdapter(DefaultOIDCAdapter):
    """Issuer and claims of the company whose endpoint was called."""

    def get_issuer(self) -> str:
        """Return the company's fixed issuer. By default it follows the request's host, and one host has two names."""
        return company_of(self.request).issuer

    def get_claims(
        self,
        purpose: str,
        user: Account,
        client: Client,
        scopes: Iterable[str],
        email: str | None = None,
        **kwargs: Any,
    ) -> dict[str, Any]:
        """Return the claims that the scopes allow (OpenID Connect Core §5.4)."""
        claims: dict[str, Any] = {"sub": self.get_user_sub(client, user)}
        if "email" in scopes:
            claims |= {"email": user.email, "email_verified": user.email_verified}
        if "profile" in scopes:
            claims |= {"name": user.get_full_name(), "given_name": user.given_name, "family_name": user.family_name}
            if user.company != GOOGLE.slug:  # Google has no user names
                claims["preferred_username"] = user.username
        return claims

    def populate_id_token(
        self, id_token: dict[str, Any], client: Client, scopes: Iterable[str], **kwargs: Any
    ) -> None:
        """Add `azp`, the client that asked, as Google does."""
        if client.id in GOOGLE.client_ids:
            id_token["azp"] = client.id

    def populate_server_metadata(self, data: dict[str, Any]) -> None:
        """Advertise what is offered, and no more: allauth lists every response type and grant that it knows."""
        data.pop("device_authorization_endpoint")
        data["response_types_supported"] = ["code"]
        data["grant_types_supported"] = ["authorization_code", "refresh_token"]
        data["token_endpoint_auth_methods_supported"] = ["client_secret_basic", "client_secret_post"]
