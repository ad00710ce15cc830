"""Refresh tokens and their ends in words and links, as the admin tells of them. No row has the token itself."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from .models import Denial, FamilyMember, RefreshFamily

PAGES = {
    OutstandingToken: "token_blacklist_outstandingtoken",
    BlacklistedToken: "token_blacklist_blacklistedtoken",
    RefreshFamily: "jwt_app_refreshfamily",
    Denial: "jwt_app_denial",
    get_user_model(): f"{get_user_model()._meta.app_label}_{get_user_model()._meta.model_name}",
}


def link(row: Any, text: Any = "") -> SafeString | str:
    """Return a link to a row's page, with its name or this text; without a page the name alone, and "–" for no row."""
    if row is None:
        return "–"
    try:
        page = reverse(f"admin:{PAGES[type(row)]}_change", args=[row.pk])
    except NoReverseMatch:  # a project whose admin has no users
        return str(text or row)
    return format_html('<a href="{}">{}</a>', page, text or row)


def state(row: OutstandingToken) -> str:
    """Return the state of a refresh token, as the filter names it."""
    if hasattr(row, "blacklistedtoken"):
        return "used or ended"
    return "expired" if row.expires_at <= timezone.now() else "usable"


def parent(member: FamilyMember) -> str:
    """Say where a token came from, unless that is the one below it: with the sign-in, or it was cleared meanwhile."""
    return "" if member.parent_id else ", the first that is known"


def family_of(token: OutstandingToken) -> RefreshFamily | None:
    """Return the sign-in that a token came of; None where that is gone."""
    membership = getattr(token, "membership", None)
    return membership.family if membership else None


def came_of(token: OutstandingToken) -> SafeString | str:
    """Lead to the token before it, which was exchanged for this one."""
    membership = getattr(token, "membership", None)
    if membership is None or membership.parent is None:
        return "the sign-in, or it was cleared meanwhile"
    return link(membership.parent, membership.parent.jti)


def successor(token: OutstandingToken) -> SafeString | str:
    """Lead to the token after it; "–" where there is none."""
    found = getattr(token, "successor", None)
    return link(found.token, found.token.jti) if found else "–"


def why(token: OutstandingToken) -> str:
    """Say why a token is on the blacklist; "" where it is not."""
    if not hasattr(token, "blacklistedtoken"):
        return ""
    if hasattr(token, "successor"):
        return "exchanged"
    family = family_of(token)
    if family is None:
        return "its family is gone"
    return f"family ended: {family.get_reason_display()}" if family.revoked_at else "exchanged"


def denial_of(family: RefreshFamily) -> SafeString | str:
    """Lead to what denies the access tokens of a sign-in; "–" where nothing does."""
    return link(Denial.objects.filter(identifier=str(family.pk)).first())


def denied(denial: Denial) -> SafeString | str:
    """Say whether it is one access token that is denied, or all of a sign-in, and lead to that."""
    try:
        family = RefreshFamily.objects.filter(pk=UUID(denial.identifier)).first()
    except ValueError:
        family = None
    return link(family) if family else "one access token, or a sign-in that is gone"


def reason(denial: Denial) -> str:
    """Return why, in the words of a family's end; "deleted" and what else has none as it stands."""
    return dict(RefreshFamily.Reason.choices).get(denial.reason, denial.reason)
