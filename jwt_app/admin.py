"""Refresh tokens in the admin, in the place of SimpleJWT's pages.

Those show the stored token and forbid deleting, search without regard to case (which reads the whole table), and
cannot end anything.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from rest_framework_simplejwt.token_blacklist import admin as stock  # first, so that its pages can be replaced
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from . import denylist
from .models import Denial, FamilyMember, RefreshFamily

USERNAME = get_user_model().USERNAME_FIELD

admin.site.unregister((stock.OutstandingToken, stock.BlacklistedToken))


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows that only the API writes."""

    actions: Any = None
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody adds a token by hand: it would have no signature."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """To be looked at."""
        return False


def _state(row: OutstandingToken) -> str:
    """Return the state of a refresh token, as the filter names it."""
    if hasattr(row, "blacklistedtoken"):
        return "used or ended"
    return "expired" if row.expires_at <= timezone.now() else "usable"


def _parent(member: FamilyMember) -> str:
    """Say where a token came from, unless that is the one below it: with the sign-in, or it was cleared meanwhile."""
    return "" if member.parent_id else ", the first that is known"


class StateFilter(admin.SimpleListFilter):
    """Which refresh tokens still open something."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the choices."""
        return [("usable", "usable"), ("used", "used or ended"), ("expired", "expired")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """Return the rows in the chosen state."""
        now = timezone.now()
        if self.value() == "usable":
            return queryset.filter(
                expires_at__gt=now, blacklistedtoken=None, user__is_active=True, membership__family__revoked_at=None
            )
        if self.value() == "used":
            return queryset.exclude(blacklistedtoken=None)
        if self.value() == "expired":
            return queryset.filter(expires_at__lte=now)
        return queryset


@admin.register(OutstandingToken)
class OutstandingTokenAdmin(ReadOnlyAdmin):
    """Every refresh token that was issued. What is stored of it is a digest, and that is not shown either."""

    list_display = ("jti", "user", "created_at", "expires_at", "state")
    list_filter = (StateFilter,)
    # Exact, and in the order of an index: the rest would read the whole table.
    search_fields = ("jti__exact", f"user__{USERNAME}__exact")
    search_help_text = "A whole jti, or a whole user name."
    ordering = ("-expires_at",)
    sortable_by = ("expires_at",)
    list_select_related = ("user", "blacklistedtoken")
    fields = ("jti", "user", "family", "created_at", "expires_at", "state")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """End the family instead. Deleting a user needs no permission here: the rows stay, without a user."""
        return False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Refuse `?token__startswith=…`, which would spell the digest letter by letter."""
        return not lookup.startswith("token") and super().lookup_allowed(lookup, value, request)

    @admin.display
    def state(self, row: OutstandingToken) -> str:
        """Return the state as the filter names it."""
        return _state(row)

    @admin.display
    def family(self, row: OutstandingToken) -> SafeString | str:
        """Return the sign-in that the token came from."""
        membership = getattr(row, "membership", None)
        if not membership:
            return "gone"
        page = reverse("admin:jwt_app_refreshfamily_change", args=[membership.family_id])
        return format_html('<a href="{}">{}</a>', page, membership.family)


@admin.register(BlacklistedToken)
class BlacklistedTokenAdmin(ReadOnlyAdmin):
    """Refresh tokens that were exchanged, or whose family ended."""

    list_display = ("jti", "user", "blacklisted_at")
    search_fields = ("token__jti__exact", f"token__user__{USERNAME}__exact")
    search_help_text = OutstandingTokenAdmin.search_help_text
    list_filter = ("blacklisted_at",)
    ordering = ("-blacklisted_at",)
    sortable_by = ("blacklisted_at",)
    list_select_related = ("token__user",)
    fields = ("jti", "user", "blacklisted_at")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """To delete this row would be to allow the token again."""
        return False

    @admin.display(ordering="token__jti")
    def jti(self, row: BlacklistedToken) -> str:
        """Return the token's ID."""
        return str(row.token.jti)

    @admin.display(ordering="token__user")
    def user(self, row: BlacklistedToken) -> Any:
        """Return whose token it is."""
        return row.token.user


@admin.register(RefreshFamily)
class RefreshFamilyAdmin(ReadOnlyAdmin):
    """Sign-ins by token. To end one is to sign that client out, as soon as its access token has expired.

    With JWT_DENYLIST, at once.
    """

    SHOWN = 20  # tokens of a family, the newest
    actions = ("end_families",)
    list_display = ("id", "user", "created_at", "revoked_at", "reason")
    list_filter = (("revoked_at", admin.EmptyFieldListFilter), "reason", "created_at")
    search_fields = (f"user__{USERNAME}__exact",)
    search_help_text = "A whole user name."
    ordering = ("-created_at",)
    sortable_by = ("created_at",)
    list_select_related = ("user",)
    fields = ("id", "user", "created_at", "revoked_at", "reason", "tokens")

    @admin.display(description="its refresh tokens")
    def tokens(self, family: RefreshFamily) -> SafeString:
        """Return the newest, one a line: each was exchanged for the one above it, in an unbroken family."""
        members = family.members.select_related("token__blacklistedtoken").order_by("-token_id")
        lines = [
            (reverse("admin:token_blacklist_outstandingtoken_change", args=[one.pk]), one.token.jti,
             f"{one.token.created_at:%Y-%m-%d %H:%M:%S}", _state(one.token), _parent(one))
            for one in members[: self.SHOWN]
        ]  # fmt: skip
        shown = format_html_join("", '<div><a href="{}">{}</a> {}, <b>{}</b>{}</div>', lines)
        more = family.members.count() - len(lines)
        return format_html("{}{}", shown, f"and {more:,} older" if more > 0 else "")

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Refuse `?session_auth_hash__startswith=…`, which would spell the mark of the password letter by letter."""
        return not lookup.startswith("session_auth_hash") and super().lookup_allowed(lookup, value, request)

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        """Whoever may change families may end them."""
        return admin.ModelAdmin.has_change_permission(self, request)

    @admin.action(description="End the selected refresh families", permissions=["revoke"])
    def end_families(self, request: HttpRequest, queryset: QuerySet[RefreshFamily]) -> None:
        """End them one by one, so that each end is signalled."""
        families = list(queryset.select_related("user"))
        ended = sum(family.revoke(RefreshFamily.Reason.ADMIN) for family in families)
        covered = denylist.is_on() or all(family.checked for family in families)
        fate = "have ended, too" if covered else "go on until they expire, but for those that are checked"
        self.message_user(request, f"{ended} ended. Access tokens {fate}.")


@admin.register(Denial)
class DenialAdmin(ReadOnlyAdmin):
    """Access tokens that are refused before they expire. `flush_tokens` removes them when they have expired."""

    list_display = ("identifier", "user", "reason", "created_at", "expires_at")
    search_fields = ("identifier__exact",)
    search_help_text = "A whole jti, or a whole family."
    ordering = ("-expires_at",)
    sortable_by = ("expires_at",)
    list_select_related = ("user",)
    fields = ("identifier", "user", "reason", "created_at", "expires_at")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """To delete this row would be to allow the token again."""
        return False
