"""Client credentials (RFC 6749 §4.4): a program without a user, and what it may call."""

from __future__ import annotations

from typing import Any

from allauth.idp.oidc.adapter import get_adapter
from allauth.idp.oidc.models import Client
from django.contrib.auth import get_user_model
from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from .. import api, engine, signals
from ..clients import ProtocolError
from ..models import Note


class MachineValidator(engine.Validator):
    """The engine's questions about a client that speaks for itself."""

    def machine_scopes(self) -> set[str]:
        """Return what this client is registered for, without what a user would have to allow."""
        return set(self.client.get_scopes()) & set(get_adapter().machine_scopes)

    def validate_scopes(self, client_id: str, scopes: list[str], *args: Any, **kwargs: Any) -> bool:
        """Compare with that; a token that opens nothing is none."""
        return bool(scopes) and set(scopes) <= self.machine_scopes()

    def get_default_scopes(self, *args: Any, **kwargs: Any) -> list[str]:
        """Return all of them, where none is named (RFC 6749 §3.3)."""
        return sorted(self.machine_scopes())

    def keep(self, token: dict[str, Any], request: Any) -> None:
        """Do nothing more: there is no grant that the token could belong to."""
        signals.issued.send(sender=Client, user=None, client=self.client)


def exchange(client: Client, body: dict[str, str], origin: str) -> HttpResponse:
    """Answer with an access token, and no refresh token: the secret gets the next one. Raises ProtocolError."""
    if client.type != Client.Type.CONFIDENTIAL:  # RFC 6749 §4.4
        raise ProtocolError("unauthorized_client", "Only a client with a secret speaks for itself.")
    return engine.token_response(MachineValidator(client), body, origin)


class ExportView(api.ResourceView):
    """What the nightly export reads: numbers, and nothing of anybody."""

    scopes = {"GET": "notes:export", "HEAD": "notes:export"}

    def get(self, request: Request) -> Response:
        """Count."""
        users = get_user_model()._default_manager.filter(is_active=True).count()
        return Response({"users": users, "notes": Note.objects.count()})
