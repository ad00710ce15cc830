"""What each grant type is exchanged by. A new one is a line in `HOW`, and its file."""

from __future__ import annotations

from collections.abc import Callable

from allauth.idp.oidc.models import Client
from django.http import HttpResponse

from . import engine, grants
from .adapter import CLIENT_CREDENTIALS, DEVICE_CODE
from .more import devices, machines


def with_code(client: Client, body: dict[str, str], origin: str) -> HttpResponse:
    """Change an authorization code for tokens (RFC 6749 §4.1.3). Raises ProtocolError."""
    grant = grants.by_code(client, body.get("code", ""))
    return engine.token_response(engine.Validator(client, grant=grant), body, origin)


def with_refresh_token(client: Client, body: dict[str, str], origin: str) -> HttpResponse:
    """Change a refresh token for the next ones (RFC 6749 §6). Raises ProtocolError."""
    grant, spent = grants.by_refresh_token(client, body.get("refresh_token", ""))
    return engine.token_response(engine.Validator(client, grant=grant, spent=spent), body, origin)


# Each is called in a transaction that is committed also where it raises ProtocolError: what has ended stays so.
HOW: dict[str, Callable[[Client, dict[str, str], str], HttpResponse]] = {
    "authorization_code": with_code,
    "refresh_token": with_refresh_token,
    CLIENT_CREDENTIALS: machines.exchange,
    DEVICE_CODE: devices.exchange,
}
