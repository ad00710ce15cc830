"""Connected accounts in the admin: looked at and ended, never edited, and without anything that opens a door."""

from __future__ import annotations

from typing import Any

from allauth.socialaccount import admin as stock
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.socialaccount.providers import registry
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from .accounts import said
from .models import ProviderToken

USERNAME = get_user_model().USERNAME_FIELD

# Clients and their secrets are settings, and tokens have a table of our own: two empty ones of allauth help nobody.
admin.site.unregister([SocialApp, SocialToken, SocialAccount])

# What a provider says goes into `extra_data` whole. This much of it is shown.
SHOWN = ("login", "sub", "id", "preferred_username", "name", "email", "email_verified", "iss", "aud", "html_url")


class ProviderFilter(admin.SimpleListFilter):
    """The providers that are set up. Django's own filter would read the whole table for its choices."""

    title = parameter_name = "provider"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the choices."""
        return list(registry.as_choices())

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """Return the accounts at the chosen one."""
        return queryset.filter(provider=self.value()) if self.value() else queryset


@admin.register(SocialAccount)
class SocialAccountAdmin(stock.SocialAccountAdmin):
    """Deleting one means: this account no longer signs in here. Sessions that it opened live on."""

    list_display = ("user", "provider", "uid", "date_joined", "last_login")
    list_filter = (ProviderFilter,)
    list_select_related = ("user",)
    # Exact, and in the order of an index: the rest would read the whole table.
    search_fields = ("uid__exact", f"user__{USERNAME}__exact")
    search_help_text = "A whole account ID of the provider, or a whole user name."
    ordering = ("-date_joined",)
    sortable_by = ("date_joined", "last_login")
    fields = readonly_fields = ("user", "provider", "uid", "date_joined", "last_login", "provider_said")

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        """Return the ones above, not allauth's."""
        return self.search_fields

    @admin.display(description="The provider said")
    def provider_said(self, account: SocialAccount) -> SafeString | str:
        """Return the harmless fields of `extra_data`; OpenID providers nest them."""
        rows = {key: part[key] for part in said(account) for key in SHOWN if key in part}
        return format_html_join("", "<div>{}: <b>{}</b></div>", rows.items()) or "–"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False: only the provider can say whose account it is."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: SocialAccount | None = None) -> bool:
        """Return False: to change the account id would be to hand the user to somebody else."""
        return False


@admin.register(ProviderToken)
class ProviderTokenAdmin(admin.ModelAdmin):
    """What our tokens may do, and until when. Deleting one forgets it here; at the provider it lives on."""

    list_display = ("account", "may", "expires_at", "refreshable", "problem", "updated_at")
    list_filter = ("problem", "refreshable")
    list_select_related = ("account__user",)
    search_fields = ("account__uid__exact", f"account__user__{USERNAME}__exact")
    search_help_text = SocialAccountAdmin.search_help_text
    ordering = ("-updated_at",)
    sortable_by = ("expires_at", "updated_at")
    fields = readonly_fields = ("account", "may", "expires_at", "refreshable", "problem", "created_at", "updated_at")

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Allow to ask for one user's."""
        return lookup == "account__user__id__exact" or bool(super().lookup_allowed(lookup, value, request))

    @admin.display(description="It may")
    def may(self, token: ProviderToken) -> str:
        """Return the scopes."""
        return ", ".join(token.scope_list) or "–"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False: tokens come from providers."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: ProviderToken | None = None) -> bool:
        """Return False: there is nothing to edit."""
        return False
