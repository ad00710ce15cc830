"""Which client is calling, and is it that? RFC 6749 §2.3, before anything else is looked at."""

from __future__ import annotations

import base64
import binascii
from urllib.parse import unquote_plus

from allauth.idp.oidc.models import Client
from django.contrib.auth.hashers import make_password
from django.db.models import Q
from django.http import HttpRequest, QueryDict

from .hashers import ClientSecretHasher

LONGEST = 2000  # characters of one parameter
WITH_ACTIVE_OWNER = Q(owner=None) | Q(owner__is_active=True)


class ProtocolError(Exception):
    """An answer of RFC 6749 §5.2: `error` is its code."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.error, self.description, self.status = error, description, status


def invalid_client(description: str) -> ProtocolError:
    """Return the 401 for a client that is unknown, or not the one that it says it is."""
    return ProtocolError("invalid_client", description, 401)


def unusable(values: QueryDict) -> str:
    """Return why these parameters are not even looked at, "" where they can be."""
    for name, found in values.lists():
        # RFC 6749 §5.2: what is said of it has few characters to choose from.
        which = name if name.isascii() and name.isidentifier() and len(name) <= 40 else "with a strange name"
        if len(found) > 1:  # RFC 6749 §3.1, §3.2
            return f"The parameter {which} was sent more than once."
        if "\0" in found[0] or len(found[0]) > LONGEST:
            return f"The parameter {which} is too long, or has a character that does not belong there."
    return ""


def find(client_id: str) -> Client | None:
    """Return the client of this id; None for one that belongs to a deactivated account, too."""
    return Client.objects.filter(WITH_ACTIVE_OWNER, pk=client_id).first() if client_id else None


def set_secret(client: Client, secret: str) -> None:
    """Put the hash of a secret into the client, unsaved. For random secrets only: see `hashers`."""
    client.secret = make_password(secret, hasher=ClientSecretHasher.algorithm)


def authenticated(request: HttpRequest) -> Client:
    """Return the client that sends this request; a confidential one has proved it by its secret.

    Raises ProtocolError. To be called outside of a transaction: to compare a secret may take a while.
    """
    if request.GET:
        # RFC 6749 §2.3.1: credentials must not be in the URL, where logs have them.
        raise ProtocolError("invalid_request", "Parameters belong into the body, and none into the URL.")
    if why := unusable(request.POST):
        raise ProtocolError("invalid_request", why)
    # RFC 6749 §3.2: a parameter without a value counts as left out.
    client_id, secret = request.POST.get("client_id", ""), request.POST.get("client_secret") or None
    if "Authorization" in request.headers:
        if secret is not None:  # RFC 6749 §2.3: one method in each request
            raise ProtocolError("invalid_request", "The client authenticates twice: in the header, and in the body.")
        by_header, secret = basic_credentials(request.headers["Authorization"])
        if client_id and client_id != by_header:
            raise invalid_client("Header and body name different clients.")
        client_id = by_header
    client = find(client_id)
    if client is None:
        raise invalid_client("There is no such client.")
    if client.type == Client.Type.PUBLIC:
        if secret is not None:
            raise invalid_client("This client is a public one: it has no secret.")
    elif not secret or not client.check_secret(secret):
        raise invalid_client("The client's secret is missing or wrong.")
    return client


def basic_credentials(header: str) -> tuple[str, str]:
    """Return id and secret of Basic authentication, each decoded as RFC 6749 §2.3.1 says. Raises ProtocolError."""
    scheme, _, value = header.partition(" ")
    try:
        if scheme.lower() != "basic":
            raise ValueError
        name, colon, secret = base64.b64decode(value.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        raise invalid_client("The Authorization header is none of the scheme Basic.") from None
    name, secret = unquote_plus(name), unquote_plus(secret)
    if not colon or "\0" in name or max(len(name), len(secret)) > LONGEST:
        raise invalid_client("The Authorization header has no id and secret.")
    return name, secret
