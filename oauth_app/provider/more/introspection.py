"""A service that cannot read our tokens asks about one (RFC 7662). The answer is as fresh as the look-up."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from allauth.idp.oidc.adapter import get_adapter
from allauth.idp.oidc.models import Client
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from .. import clients, engine, grants
from ..bearer import LONGEST
from ..clients import ProtocolError
from ..endpoint import ClientView


class IntrospectionValidator(engine.Validator):
    """The engine's questions about a token that somebody else has been shown.

    allauth's own answers 60 a minute, and parses the private key for what looks like a JWT. A resource server asks at
    each of its calls.
    """

    def introspect_token(self, token: str, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        """Return what is said of an access token that is good now. For all else None, so that nobody learns why."""
        row = grants.access_token(token) if len(token) <= LONGEST else None
        if row is None:
            return None
        grants.note_use(row)
        adapter = get_adapter()
        said = {
            "iss": adapter.get_issuer(),
            "client_id": row.client_id,
            "token_type": "Bearer",
            "scope": " ".join(row.get_scopes()),
            "iat": int(row.created_at.timestamp()),
            "exp": int(row.expires_at.timestamp()),
        }
        if row.user is not None:
            said |= {"sub": adapter.get_user_sub(row.client, row.user), "username": row.user.get_username()}
        return said


def answer_about(validator: IntrospectionValidator, token: str) -> HttpResponse:
    """Return what is said of a token (RFC 7662 §2.2)."""
    body = urlencode({"client_id": validator.client.pk, "token": token})
    headers, content, status = engine.server_for(validator).create_introspect_response(
        engine.ANYWHERE, "POST", body, {"Content-Type": "application/x-www-form-urlencoded"}
    )
    return HttpResponse(content, status=status, headers=headers)


class IntrospectView(ClientView):
    """Answers the clients that OAUTH_RESOURCE_SERVERS names. An app that asks users for access is none of them."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Answer `{"active": false}` and nothing more, or what the token is good for."""
        client = clients.authenticated(request)
        named = getattr(settings, "OAUTH_RESOURCE_SERVERS", ())
        if client.type != Client.Type.CONFIDENTIAL or client.pk not in named:
            # RFC 7662 §4: whoever may ask about any token can try out tokens.
            raise ProtocolError("unauthorized_client", "This client may not ask about tokens.", 403)
        if not request.POST.get("token"):
            raise ProtocolError("invalid_request", "The token is missing.")
        return answer_about(IntrospectionValidator(client), request.POST["token"])
