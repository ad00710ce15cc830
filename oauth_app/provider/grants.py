"""From code to tokens to the next tokens: who may, once, and what ends where something comes back. No request here.

Whoever presents something of a grant locks its row first, so of any number at once one is the first, in one process
or in several. SQLite has no row locks: there it takes `"transaction_mode": "IMMEDIATE"` in the database's OPTIONS.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta

from allauth.idp.oidc import app_settings
from allauth.idp.oidc.models import Client, Token
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from . import signals
from .models import Consent, Grant, GrantToken, UsedRefreshToken

NOTED_EVERY = timedelta(minutes=1)


class ForeignToken(Exception):
    """The token was given to another client."""


def digest(value: str) -> str:
    """Return what is stored of a code or a token, as allauth does. Neither can be guessed, so SHA-256 is enough."""
    return hashlib.sha256(value.encode(errors="replace")).hexdigest()


def start(
    consent: Consent,
    code: str,
    *,
    redirect_uri: str,
    scopes: list[str],
    challenge: str,
    nonce: str,
    auth_time: int | None = None,
) -> Grant:
    """Keep what belongs to a new code."""
    return Grant.objects.create(
        consent=consent,
        code_hash=digest(code),
        redirect_uri=redirect_uri,
        scopes=" ".join(scopes),
        code_challenge=challenge,
        nonce=nonce,
        auth_time=auth_time,
    )


def locked(pk: int | None) -> Grant | None:
    """Return the grant, whose row nobody else has until the transaction ends."""
    if pk is None:
        return None
    rows = Grant.objects.select_for_update(of=("self",)).select_related("consent__user", "consent__client")
    return rows.filter(pk=pk).first()


def by_code(client: Client, code: str) -> Grant | None:
    """Return the locked grant that this code can still be exchanged for. One that was used ends what it gave.

    To be called in a transaction, and that must be committed where nothing comes back, too.
    """
    pk = Grant.objects.filter(code_hash=digest(code), consent__client=client).values_list("pk", flat=True).first()
    grant = locked(pk)
    if grant is None or grant.ended_at:
        return None
    if grant.exchanged_at:
        # RFC 6749 §4.1.2: somebody else has had the code. Nobody can tell whose tokens are whose.
        grant.end(Grant.Reason.CODE_REUSED)
        return None
    lifetime = timedelta(seconds=app_settings.AUTHORIZATION_CODE_EXPIRES_IN)
    return grant if timezone.now() < grant.created_at + lifetime else None


def by_refresh_token(client: Client, value: str) -> tuple[Grant | None, Token | None]:
    """Return the locked grant and the refresh token, if it may be exchanged. A used one ends its grant. See `by_code`.

    Another client's tokens are looked at by nobody: they end nothing.
    """
    hashed = digest(value)
    grant = locked(_grant_of(client, hashed))
    if grant is None or grant.ended_at:
        return None, None
    if grant.used.filter(hash=hashed).exists():
        grant.end(Grant.Reason.REFRESH_REUSED)  # RFC 9700 §4.14.2
        return None, None
    token = Token.objects.valid().filter(membership__grant=grant, type=Token.Type.REFRESH_TOKEN, hash=hashed).first()
    return (grant, token) if token else (None, None)


def _grant_of(client: Client, hashed: str) -> int | None:
    """Return whose refresh token this is: first of the living ones, so that one that is used meanwhile is found."""
    living = GrantToken.objects.filter(token__type=Token.Type.REFRESH_TOKEN, token__hash=hashed, token__client=client)
    used = UsedRefreshToken.objects.filter(hash=hashed, grant__consent__client=client)
    return living.values_list("grant", flat=True).first() or used.values_list("grant", flat=True).first()


def keep(grant: Grant, access_token: str, refresh_token: str | None, spent: Token | None) -> None:
    """Note which tokens the engine has just made of this grant. `spent` is the refresh token that they came for."""
    if spent is not None:
        UsedRefreshToken.objects.create(grant=grant, hash=spent.hash)
    else:
        grant.exchanged_at = timezone.now()
        grant.save(update_fields=["exchanged_at"])
    made = {Token.Type.ACCESS_TOKEN: access_token}
    if refresh_token:
        made[Token.Type.REFRESH_TOKEN] = refresh_token
    for kind, value in made.items():
        token = Token.objects.by_value(value).get(type=kind)
        if kind == Token.Type.REFRESH_TOKEN:
            # RFC 6749 §6: an access token may have less, the next refresh token has the same. The engine narrows both.
            token.set_scopes(grant.scope_list)
            token.save(update_fields=["scopes"])
        GrantToken.objects.create(token=token, grant=grant)
    signal = signals.issued if spent is None else signals.refreshed
    signal.send(sender=Grant, user=grant.consent.user, client=grant.consent.client)


def revoke(client: Client, value: str) -> None:
    """End a token of this client (RFC 7009 §2.1); a refresh token ends with its whole grant. Unknown ones are over.

    Raises ForeignToken.
    """
    hashed = digest(value)
    with transaction.atomic():
        grant = locked(_grant_of(client, hashed))
        if grant is not None:
            grant.end(Grant.Reason.CLIENT)
            return
        tokens = Token.objects.filter(hash=hashed)
        if tokens.exclude(client=client).exists():
            raise ForeignToken
        token = tokens.filter(type=Token.Type.ACCESS_TOKEN).select_related("user").first()
        if token is not None:
            token.delete()
            signals.revoked.send(sender=Token, user=token.user, client=client, reason=Grant.Reason.CLIENT)


def access_token(value: str) -> Token | None:
    """Return the access token with its user, client and grant, if it opens anything now. One statement.

    A machine's token has neither user nor grant: nobody has allowed it anything (see `more.machines`).
    """
    of_a_user = Q(user__is_active=True, membership__isnull=False, membership__grant__ended_at=None)
    of_a_machine = Q(user=None, membership=None, client__type=Client.Type.CONFIDENTIAL)
    of_an_app = Q(client__owner=None) | Q(client__owner__is_active=True)  # a banned user's app gets nothing more
    tokens = Token.objects.valid().filter(of_an_app).select_related("user", "client", "membership__grant__consent")
    return tokens.filter(of_a_user | of_a_machine, type=Token.Type.ACCESS_TOKEN, hash=digest(value)).first()


def note_use(token: Token) -> None:
    """Write down that what was allowed is used, once a minute at most. The condition decides between processes."""
    if not hasattr(token, "membership"):
        return
    now, consent = timezone.now(), token.membership.grant.consent
    if consent.last_used_at and now - consent.last_used_at < NOTED_EVERY:
        return
    stale = Q(last_used_at=None) | Q(last_used_at__lte=now - NOTED_EVERY)
    Consent.objects.filter(stale, pk=consent.pk).update(last_used_at=now)
