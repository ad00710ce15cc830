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
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.token_blacklist import admin as stock  # first, so that its pages can be replaced
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from . import denylist, in_words
from .models import Denial, RefreshFamily, usable

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

    @admin.display(description="user")
    def whose(self, row: Any) -> SafeString | str:
        """Return whose it is; nobody's where the user is gone."""
        return in_words.link(row.user)


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
            return queryset.filter(**usable(now))
        if self.value() == "used":
            return queryset.exclude(blacklistedtoken=None)
        if self.value() == "expired":
            return queryset.filter(expires_at__lte=now)
        return queryset


@admin.register(OutstandingToken)
class OutstandingTokenAdmin(ReadOnlyAdmin):
    """Every refresh token that was issued. What is stored of it is a digest, and that is not shown either."""

    list_display = ("jti", "whose", "created_at", "expires_at", "outcome")
    list_filter = (StateFilter,)
    # Exact, and in the order of an index: the rest would read the whole table.
    search_fields = ("jti__exact", f"user__{USERNAME}__exact")
    search_help_text = "A whole jti, or a whole user name."
    ordering = ("-expires_at",)
    sortable_by = ("expires_at",)
    list_select_related = ("user", "blacklistedtoken", "membership__family", "successor")
    known = "Of the token itself only a digest is stored. These are the claims of it that are kept."
    claims = ("claim_jti", "claim_user", "claim_family", "claim_iat", "claim_exp")
    fieldsets = (
        (
            None,
            {"description": known, "fields": claims},
        ),
        ("Its fate", {"fields": ("outcome", "blacklisted", "came_of", "exchanged_for")}),
    )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """End the family instead. Deleting a user needs no permission here: the rows stay, without a user."""
        return False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Refuse `?token__startswith=…`, which would spell the digest letter by letter."""
        return not lookup.startswith("token") and super().lookup_allowed(lookup, value, request)

    @admin.display(description="what became of it")
    def outcome(self, row: OutstandingToken) -> str:
        """Return "usable", "expired", "exchanged", or why its family ended."""
        return in_words.why(row) or in_words.state(row)

    @admin.display(description="ID (claim jti)")
    def claim_jti(self, row: OutstandingToken) -> str:
        """Return the token's own name."""
        return str(row.jti)

    @admin.display(description=f"user (claim {api_settings.USER_ID_CLAIM})")
    def claim_user(self, row: OutstandingToken) -> SafeString | str:
        """Return whose it is."""
        return in_words.link(row.user)

    @admin.display(description="sign-in (claim family)")
    def claim_family(self, row: OutstandingToken) -> SafeString | str:
        """Return the sign-in that the token came from."""
        family = in_words.family_of(row)
        return in_words.link(family) if family else "gone"

    @admin.display(description="issued (claim iat)")
    def claim_iat(self, row: OutstandingToken) -> str:
        """Return when, to the second."""
        return f"{row.created_at:%Y-%m-%d %H:%M:%S}"

    @admin.display(description="expires (claim exp)")
    def claim_exp(self, row: OutstandingToken) -> str:
        """Return when, to the second."""
        return f"{row.expires_at:%Y-%m-%d %H:%M:%S}"

    @admin.display(description="on the blacklist")
    def blacklisted(self, row: OutstandingToken) -> SafeString | str:
        """Lead to the row that refuses it."""
        black = getattr(row, "blacklistedtoken", None)
        return in_words.link(black, f"since {black.blacklisted_at:%Y-%m-%d %H:%M:%S}") if black else "–"

    @admin.display(description="came of")
    def came_of(self, row: OutstandingToken) -> SafeString | str:
        """Lead to the token before it."""
        return in_words.came_of(row)

    @admin.display(description="exchanged for")
    def exchanged_for(self, row: OutstandingToken) -> SafeString | str:
        """Lead to the token after it."""
        return in_words.successor(row)


@admin.register(BlacklistedToken)
class BlacklistedTokenAdmin(ReadOnlyAdmin):
    """Refresh tokens that were exchanged, or whose family ended."""

    list_display = ("jti", "whose", "why", "blacklisted_at")
    search_fields = ("token__jti__exact", f"token__user__{USERNAME}__exact")
    search_help_text = OutstandingTokenAdmin.search_help_text
    list_filter = ("blacklisted_at",)
    ordering = ("-blacklisted_at",)
    sortable_by = ("blacklisted_at",)
    list_select_related = ("token__user", "token__membership__family", "token__successor")
    fields = ("its_token", "whose", "family", "why", "blacklisted_at")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """To delete this row would be to allow the token again."""
        return False

    @admin.display
    def jti(self, row: BlacklistedToken) -> str:
        """Return the token's ID."""
        return str(row.token.jti)

    @admin.display(description="refresh token")
    def its_token(self, row: BlacklistedToken) -> SafeString | str:
        """Lead to the token, by its ID."""
        return in_words.link(row.token, row.token.jti)

    @admin.display(description="user")
    def whose(self, row: BlacklistedToken) -> SafeString | str:
        """Return whose token it is."""
        return in_words.link(row.token.user)

    @admin.display
    def family(self, row: BlacklistedToken) -> SafeString | str:
        """Return the sign-in that it came from."""
        return in_words.link(in_words.family_of(row.token))

    @admin.display
    def why(self, row: BlacklistedToken) -> str:
        """Return "exchanged", or why its family ended."""
        return in_words.why(row.token)


@admin.register(RefreshFamily)
class RefreshFamilyAdmin(ReadOnlyAdmin):
    """Sign-ins by token. To end one is to sign that client out, as soon as its access token has expired.

    With JWT_DENYLIST, at once.
    """

    SHOWN = 20  # tokens of a family, the newest
    actions = ("end_families",)
    list_display = ("id", "whose", "created_at", "revoked_at", "reason")
    list_filter = (("revoked_at", admin.EmptyFieldListFilter), "reason", "created_at")
    search_fields = (f"user__{USERNAME}__exact",)
    search_help_text = "A whole user name."
    ordering = ("-created_at",)
    sortable_by = ("created_at",)
    list_select_related = ("user",)
    fields = ("id", "user", "created_at", "revoked_at", "reason", "denial", "tokens")

    @admin.display(description="its refresh tokens")
    def tokens(self, family: RefreshFamily) -> SafeString:
        """Return the newest, one a line: each was exchanged for the one above it, in an unbroken family."""
        members = family.members.select_related("token__blacklistedtoken").order_by("-token_id")
        lines = [
            (in_words.link(one.token, one.token.jti), f"{one.token.created_at:%Y-%m-%d %H:%M:%S}",
             in_words.state(one.token), in_words.parent(one))
            for one in members[: self.SHOWN]
        ]  # fmt: skip
        shown = format_html_join("", "<div>{} {}, <b>{}</b>{}</div>", lines)
        more = family.members.count() - len(lines)
        return format_html("{}{}", shown, f"and {more:,} older" if more > 0 else "")

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Refuse `?session_auth_hash__startswith=…`, which would spell the mark of the password letter by letter."""
        return not lookup.startswith("session_auth_hash") and super().lookup_allowed(lookup, value, request)

    @admin.display(description="denial of its access tokens")
    def denial(self, family: RefreshFamily) -> SafeString | str:
        """Lead to it."""
        return in_words.denial_of(family)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Leave "Delete selected" out: to end a family keeps what is known of it."""
        return {name: action for name, action in super().get_actions(request).items() if name != "delete_selected"}

    def delete_model(self, request: HttpRequest, obj: RefreshFamily) -> None:
        """End it first, so that its access tokens are denied, and whoever listens hears of it."""
        obj.revoke(RefreshFamily.Reason.ADMIN)
        obj.delete()

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


class InForceFilter(admin.SimpleListFilter):
    """Which denials still refuse something: a token that has expired needs none."""

    title = "in force"
    parameter_name = "in_force"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Offer both."""
        return [("yes", "Yes"), ("no", "No")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """Keep what was asked for."""
        now = timezone.now()
        wanted = {"yes": {"expires_at__gt": now}, "no": {"expires_at__lte": now}}
        return queryset.filter(**wanted.get(self.value() or "", {}))


@admin.register(Denial)
class DenialAdmin(ReadOnlyAdmin):
    """Access tokens that are refused before they expire. `flush_tokens` removes them when they have expired."""

    list_display = ("identifier", "whose", "why", "created_at", "expires_at")
    list_filter = (InForceFilter,)
    search_fields = ("identifier__exact",)
    search_help_text = "A whole jti, or a whole family."
    ordering = ("-expires_at",)
    sortable_by = ("expires_at",)
    list_select_related = ("user",)
    fields = ("identifier", "denied", "user", "why", "created_at", "expires_at")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """To delete this row would be to allow the token again."""
        return False

    @admin.display(description="reason")
    def why(self, row: Denial) -> str:
        """Return the reason in words."""
        return in_words.reason(row)

    @admin.display(description="refuses")
    def denied(self, row: Denial) -> SafeString | str:
        """Lead to the sign-in whose access tokens are refused."""
        return in_words.denied(row)
