"""A user registers an app of their own: what may be registered, and secrets that are told once. No page here."""

from __future__ import annotations

import re
import unicodedata
import uuid
from typing import Any
from urllib.parse import urlsplit

from allauth.idp.oidc.adapter import get_adapter
from allauth.idp.oidc.models import Client
from django.contrib.auth import get_user_model
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import QueryDict
from django.utils.crypto import constant_time_compare, salted_hmac

from .. import clients, signals
from ..authorization import NETLOC
from ..models import Consent

MOST_APPS = 10  # of one user
MOST_ADDRESSES, LONGEST_ADDRESS = 5, 300
TICKET, TICKET_SECONDS = "oauth_provider.new_client", 24 * 60 * 60
ANSWERS = {"code", "state", "error", "error_description", "iss"}
LOOPBACK = {"localhost", "127.0.0.1"}


class NotRegistered(Exception):
    """The message says why, to the user."""


def check_name(name: str) -> None:
    """Raise ValidationError for what nobody sees, what turns the text round, and the name of an app of the site."""
    if not name.isprintable() or not _as_read(name):
        raise ValidationError("A name has visible characters only, and a letter or a number among them.")
    of_the_site = Client.objects.filter(owner=None).values_list("name", flat=True)
    if _as_read(name) in {_as_read(taken) for taken in of_the_site}:
        raise ValidationError("An app of that name is here already, and it is not yours.")


def _as_read(name: str) -> str:
    """Return the letters and numbers alone, in one spelling. Fillers of Hangul are letters that show nothing."""
    letters = unicodedata.normalize("NFKC", name).casefold()
    return "".join(letter for letter in letters if letter.isalnum() and letter not in "\u115f\u1160")


def checked_address(address: str) -> str:
    """Return a redirect address, unchanged: it will be compared to the letter. Raises ValidationError."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ValidationError("%(it)s is no address.", params={"it": address}) from None
    plain = address.isascii() and address.isprintable() and not set(address) & set(' \\"<>')
    if len(address) > LONGEST_ADDRESS or not plain:
        raise ValidationError("An address has at most %(n)s plain characters.", params={"n": LONGEST_ADDRESS})
    if not (parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK)):
        text = (
            "%(it)s: an address begins with https://, or with http:// and a name of the device itself, as localhost."
        )
        raise ValidationError(text, params={"it": address})
    # RFC 6749 §3.1.2: no fragment. An asterisk stands for nothing here; a user name before the host misleads people.
    # Nor a number of IPv6: a Content-Security-Policy cannot name one, so "Allow" would lead nowhere.
    named = re.search("[a-z0-9]", host or "")
    if not named or set(address) & set("#*@") or not NETLOC.fullmatch(parts.netloc):
        text = "%(it)s: an address has a host, no fragment, no user name and no asterisk."
        raise ValidationError(text, params={"it": address})
    # The answer's own parameters must be the only ones of their names.
    if address.endswith("?") or set(QueryDict(parts.query)) & ANSWERS:
        raise ValidationError("%(it)s: code, state, error and iss come with the answer.", params={"it": address})
    return address


def ticket(user: Any) -> str:
    """Return what a form carries so that, sent twice, it registers one app: the signed client ID to be."""
    return signing.dumps([str(user.pk), uuid.uuid4().hex], salt=TICKET)


def register(
    user: Any, ticket: str, *, name: str, kind: str, addresses: list[str], scopes: list[str]
) -> tuple[Client, str]:
    """Return the new app and its secret, "" for a public one. The secret is told now and never again.

    Raises NotRegistered.
    """
    try:
        whose, client_id = signing.loads(ticket, salt=TICKET, max_age=TICKET_SECONDS)
    except signing.BadSignature:
        raise NotRegistered("The form is too old. Fill it in once more.") from None
    if whose != str(user.pk):
        raise NotRegistered("Somebody else has opened this form. Fill it in once more.")
    client = Client(pk=client_id, name=name, type=kind, owner=user, secret="!")  # noqa: S106  "!" is no hash
    client.set_redirect_uris(addresses)
    client.set_scopes(scopes)
    client.set_grant_types([Client.GrantType.AUTHORIZATION_CODE, Client.GrantType.REFRESH_TOKEN])
    secret = new_secret(client)
    with transaction.atomic():
        get_user_model()._default_manager.select_for_update().get(pk=user.pk)  # one form of this user at a time
        if Client.objects.filter(pk=client_id).exists():
            raise NotRegistered("This app is registered already. Its secret was shown once.")
        if Client.objects.filter(owner=user).count() >= MOST_APPS:
            raise NotRegistered(f"You have {MOST_APPS} apps, and that is the most. Delete one first.")
        client.save(force_insert=True)
    return client, secret


def version(client: Client) -> str:
    """Return a name for the secret that the client has now, from which nothing of it can be learned."""
    return salted_hmac("oauth_provider.secret_version", client.secret).hexdigest()[:16]


def renew(client: Client, known: str) -> str:
    """Return a new secret for a confidential client; the old one ends. Raises NotRegistered.

    `known` is the version that the page has shown: the same form sent twice makes one secret, and tells it once.
    """
    with transaction.atomic():
        row = Client.objects.select_for_update(of=("self",)).get(pk=client.pk)
        if row.type != Client.Type.CONFIDENTIAL:
            raise NotRegistered("A public app has no secret.")
        if not constant_time_compare(known, version(row)):
            raise NotRegistered("The new secret was shown once. Make another one if nobody has noted it.")
        secret = new_secret(row)
        row.save(update_fields=["secret"])
    return secret


def new_secret(client: Client) -> str:
    """Return a new secret, whose hash is put into the client, unsaved; "" for a public one."""
    if client.type != Client.Type.CONFIDENTIAL:
        return ""
    secret: str = get_adapter().generate_client_secret()
    clients.set_secret(client, secret)
    return secret


def delete(client: Client) -> None:
    """End all that users have allowed it, with all tokens, and forget it."""
    with transaction.atomic():
        for consent in Consent.objects.filter(client=client).select_related("user", "client").iterator():
            consent.revoke("client_deleted")
        pk, owner = client.pk, client.owner
        client.delete()
        client.pk = pk  # for whoever listens
        signals.client_deleted.send(sender=Client, user=owner, client=client)
