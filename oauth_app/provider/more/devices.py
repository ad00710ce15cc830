"""A device asks, its user allows it in a browser elsewhere, the device fetches its tokens (RFC 8628). No page here.

allauth keeps both codes in a cache and takes them out in two steps: two questions at once could both get tokens. Here
they are rows, as the codes of the browser's way are.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from allauth.idp.oidc import app_settings
from allauth.idp.oidc.adapter import get_adapter
from allauth.idp.oidc.models import Client
from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from oauthlib.oauth2.rfc6749.errors import OAuth2Error
from oauthlib.oauth2.rfc8628.endpoints import DeviceApplicationServer
from oauthlib.oauth2.rfc8628.grant_types import DeviceCodeGrant

from .. import engine, grants
from ..adapter import USER_CODE_LETTERS
from ..clients import ProtocolError
from ..models import Consent, DeviceCode, Grant, WrongUserCodes

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
SHOWN = 9  # characters of a user code, with its dash
SLOWER = 5  # RFC 8628 §3.5: seconds that each slow_down adds
# 20^8 codes, of which a few wait. Where a thousand wait, ten guesses find one of them once in 2.5 million times
# (RFC 8628 §5.1). Counted for the account that types: without signing in nobody can.
WRONG_CODES, COUNTED_FOR = 10, timedelta(minutes=10)


class UnknownCode(Exception):
    """No device waits with this code: mistyped, expired, or decided before."""


class TooManyWrongCodes(Exception):
    """Nothing is looked up for this user for a while."""

    def __init__(self, until: datetime) -> None:
        super().__init__()
        self.until = until


class DeviceValidator(engine.Validator):
    """The engine's questions about a device that asks whether it was allowed. `status` is `poll`'s answer."""

    status: str | None = None

    def validate_device_code(self, client_id: str, code: str, request: Any, *args: Any, **kwargs: Any) -> str | None:
        """Say for whom and for what the tokens are."""
        if self.status == DeviceCodeGrant.DEVICE_CODE_AUTHORIZED:
            request.user, request.scopes = self.grant.consent.user, self.grant.current_scopes
        return self.status


def as_shown(typed: str) -> str:
    """Return a user code as the device shows it, however it was typed: case, dash and blanks do not matter."""
    letters = "".join(letter for letter in typed.upper() if letter in USER_CODE_LETTERS)
    return f"{letters[:4]}-{letters[4:]}"


def user_code_hash(typed: str) -> str:
    """Return what is stored of a user code. With a key: it is short enough to be found from a plain hash."""
    return salted_hmac("oauth_provider.user_code", as_shown(typed), algorithm="sha256").hexdigest()


def new_codes(client: Client, scope: str, page: str) -> tuple[dict[str, Any], list[str]]:
    """Return what a device is answered (RFC 8628 §3.2), and the scopes. Raises ProtocolError."""
    server = DeviceApplicationServer(
        engine.Validator(client),
        verification_uri=page,
        verification_uri_complete=f"{page}?user_code={{user_code}}",
        interval=app_settings.DEVICE_CODE_INTERVAL,
        user_code_generator=get_adapter().generate_user_code,
    )
    server._expires_in = app_settings.DEVICE_CODE_EXPIRES_IN  # as allauth does: oauthlib has no argument for it
    body = urlencode({"client_id": client.pk, "scope": scope})
    try:
        _, data, _ = server.create_device_authorization_response(engine.ANYWHERE, "POST", body, FORM)
    except OAuth2Error as error:
        raise ProtocolError(error.error, error.description or "", error.status_code) from error
    scopes = list(dict.fromkeys(data.pop("scope", "").split()))
    if not scopes:
        raise ProtocolError("invalid_scope", "Ask for a scope.")
    return data, scopes


def start(client: Client, device_code: str, user_code: str, scopes: list[str]) -> DeviceCode:
    """Keep what belongs to two new codes."""
    return DeviceCode.objects.create(
        client=client,
        code_hash=grants.digest(device_code),
        user_code_hash=user_code_hash(user_code),
        scopes=" ".join(scopes),
        interval=app_settings.DEVICE_CODE_INTERVAL,
        expires_at=timezone.now() + timedelta(seconds=app_settings.DEVICE_CODE_EXPIRES_IN),
    )


def find(user: Any, typed: str) -> DeviceCode:
    """Return the device that waits with this code. Raises UnknownCode, TooManyWrongCodes."""
    now = timezone.now()
    with transaction.atomic():
        wrong, _ = WrongUserCodes.objects.select_for_update().get_or_create(user=user)
        if now - wrong.since >= COUNTED_FOR:
            wrong.number, wrong.since = 0, now
        if wrong.number >= WRONG_CODES:
            raise TooManyWrongCodes(wrong.since + COUNTED_FOR)
        device: DeviceCode | None = _waiting().filter(user_code_hash=user_code_hash(typed)).first()
        # A double click on "Allow" is no guess: it finds what is decided.
        if device is None and not DeviceCode.objects.filter(user_code_hash=user_code_hash(typed)).exists():
            wrong.number += 1
            wrong.save()
    if device is None:
        raise UnknownCode
    return device


def _waiting() -> Any:
    return DeviceCode.objects.filter(decided_at=None, expires_at__gt=timezone.now()).select_related("client__owner")


def decide(user: Any, device: DeviceCode, scopes: list[str]) -> None:
    """Allow these scopes, or none of them. Raises UnknownCode where another tab, or the clock, was quicker."""
    with transaction.atomic():
        # The consent first, as whoever takes one back does: two that wait for each other would be ended by PostgreSQL.
        consent = Consent.given(user, device.client, device.scope_list, scopes) if scopes else None
        row = _waiting().select_for_update(of=("self",)).filter(pk=device.pk).first()
        if row is None:
            raise UnknownCode  # and nothing is allowed
        row.decided_at = timezone.now()
        if consent:
            # A grant has a code; of this one nobody ever gets to know it.
            nobodys = secrets.token_urlsafe(32)
            row.grant = grants.start(consent, nobodys, redirect_uri="", scopes=scopes, challenge="", nonce="")
        row.save()


def poll(client: Client, device_code: str) -> tuple[str | None, Grant | None]:
    """Return how it stands (a status of RFC 8628 §3.5), and the locked grant where tokens may be fetched.

    To be called in a transaction that is committed whatever the answer. A device code is good once; used again it
    ends nothing: it never was in a browser, and a device whose answer got lost asks again by itself.
    """
    device = DeviceCode.objects.filter(client=client, code_hash=grants.digest(device_code)).first()
    if device is None:
        return None, None
    if timezone.now() >= device.expires_at:
        return DeviceCodeGrant.DEVICE_CODE_EXPIRED, None
    if device.decided_at is None:
        return _asked_again(device.pk), None
    grant = grants.locked(device.grant_id)
    if grant is None or not grant.consent.user.is_active:
        return DeviceCodeGrant.DEVICE_CODE_DENIED, None
    if grant.exchanged_at or grant.ended_at:
        return None, None
    return DeviceCodeGrant.DEVICE_CODE_AUTHORIZED, grant


def _asked_again(pk: int) -> str:
    """Note the question, and tell a device that asks too often to wait longer from now on."""
    row, now = DeviceCode.objects.select_for_update().get(pk=pk), timezone.now()
    early = row.polled_at is not None and now - row.polled_at < timedelta(seconds=row.interval)
    row.polled_at = now
    row.interval = min(row.interval + SLOWER * early, app_settings.DEVICE_CODE_EXPIRES_IN)
    row.save(update_fields=["polled_at", "interval"])
    return str(DeviceCodeGrant.DEVICE_CODE_SLOW_DOWN if early else DeviceCodeGrant.DEVICE_CODE_PENDING)


def exchange(client: Client, body: dict[str, str], origin: str) -> HttpResponse:
    """Answer with tokens, or with how it stands. Raises ProtocolError."""
    status, grant = poll(client, body.get("device_code", ""))
    validator = DeviceValidator(client, grant=grant)
    validator.status = status
    # What was allowed is what it gets: the scope of this request says nothing (RFC 8628 §3.4).
    return engine.token_response(validator, {name: value for name, value in body.items() if name != "scope"}, origin)
