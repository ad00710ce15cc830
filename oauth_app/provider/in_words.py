"""What came of an access, in words and links, as the admin tells of it: no code, no token, no hash of one."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from allauth.idp.oidc.models import Client, Token
from django.db.models import Count, Max
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from .models import Consent, Grant

SHOWN = 20  # grants of a consent, the newest
KINDS = {Token.Type.ACCESS_TOKEN: "access", Token.Type.REFRESH_TOKEN: "refresh"}


def link(row: Any) -> SafeString | str:
    """Return a row's name, leading to its page where the admin has one; "–" for no row."""
    if row is None:
        return "–"
    try:
        page = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
    except NoReverseMatch:
        return str(row)
    return format_html('<a href="{}">{}</a>', page, row)


def use_of(client: Client) -> SafeString | str:
    """Say how many users allow an app something, and how many grants and tokens of it live."""
    if client._state.adding:
        return "–"
    users = Consent.objects.filter(client=client).count()
    grants = Grant.objects.filter(consent__client=client, ended_at=None).exclude(exchanged_at=None).count()
    tokens = Token.objects.valid().filter(client=client).count()
    page = f"{reverse('admin:oauth_provider_consent_changelist')}?client__id__exact={client.pk}"
    return format_html('<a href="{}">Users who allow it something: {}</a>. Living grants: {}. Living tokens: {}.',
                       page, users, grants, tokens)  # fmt: skip


def living_tokens(consent: Consent) -> str:
    """Say how many tokens of each kind live, and until when."""
    return _counted(_living(consent)) or "none"


def grants_of(consent: Consent) -> list[tuple[str, str, str, str]]:
    """Return when each grant was allowed, its state, its scopes, and its living tokens; the newest first."""
    living = _living(consent)
    return [
        (
            f"{one.created_at:%Y-%m-%d %H:%M:%S}",
            _state(one),
            one.scopes,
            _counted([row for row in living if row.grant == one.pk]),
        )
        for one in consent.grants.order_by("-pk")[:SHOWN]
    ]


class Living(NamedTuple):
    """How many tokens of one grant and kind have not expired, and when the last of them will; None for never."""

    grant: int
    kind: str
    number: int
    until: datetime | None


def _living(consent: Consent) -> list[Living]:
    tokens = Token.objects.valid().filter(membership__grant__consent=consent).order_by()
    rows = tokens.values_list("membership__grant", "type").annotate(Count("pk"), Max("expires_at"))
    return [Living(*row) for row in rows]


def _counted(rows: list[Living]) -> str:
    """Return "2 access tokens, the last until 2026-03-01 12:30:00; 1 refresh token"."""
    told = []
    for kind, name in KINDS.items():
        own = [row for row in rows if row.kind == kind]
        if number := sum(row.number for row in own):
            ends = [row.until for row in own if row.until]
            until = f", the last until {max(ends):%Y-%m-%d %H:%M:%S}" if len(ends) == len(own) else ""
            told.append(f"{number} {name} token{'s' if number > 1 else ''}{until}")
    return "; ".join(told)


def _state(grant: Grant) -> str:
    if grant.ended_at:
        return f"ended {grant.ended_at:%Y-%m-%d %H:%M:%S}, {grant.get_reason_display()}"
    return f"exchanged {grant.exchanged_at:%Y-%m-%d %H:%M:%S}" if grant.exchanged_at else "code not exchanged"
