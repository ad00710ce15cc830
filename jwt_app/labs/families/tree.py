"""A family as plain values: which token came of which, and in what state each is."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from jwt_app.models import RefreshFamily
from jwt_app.tokens import FAMILY, RefreshToken, is_used

MOST = 60  # members that are told, the newest; one that refreshes for a week has hundreds
SHORT = 8  # characters of a jti, to tell them apart by


def family_of(token: RefreshToken) -> RefreshFamily | None:
    """Return the family of a token whose signature was checked; None where it is gone, or the token is none of it."""
    try:
        jti, family = (UUID(str(token.payload.get(claim))) for claim in ("jti", FAMILY))
    except ValueError:  # well signed, and not made here
        return None
    rows = OutstandingToken.objects.filter(jti=jti.hex, membership__family=family)
    row = rows.select_related("membership__family").first()
    return row.membership.family if row else None


def describe(family: RefreshFamily, jti: str) -> dict[str, Any]:
    """Return the family for the holder of the token `jti`: times, states, shortened names; nothing can be used."""
    rows = OutstandingToken.objects.filter(membership__family=family)
    rows = rows.select_related("blacklistedtoken", "successor", "membership__parent").order_by("-id")[:MOST]
    now = timezone.now()
    return {
        "state": "ended" if family.revoked_at else "alive",
        "reason": family.reason,
        "reuse_at": family.revoked_at if family.reason == RefreshFamily.Reason.REUSE else None,
        "members": [
            {
                "id": row.jti[:SHORT],
                "parent": row.membership.parent.jti[:SHORT] if row.membership.parent else None,
                "issued_at": row.created_at,
                "expires_at": row.expires_at,
                "state": _state(row, now),
                "is_yours": row.jti == jti,
            }
            for row in reversed(rows)
        ],
    }


def _state(row: OutstandingToken, now: datetime) -> str:
    if hasattr(row, "successor"):
        return "used"
    if is_used(row):
        return "ended"  # with its family, unused
    return "expired" if row.expires_at <= now else "usable"
