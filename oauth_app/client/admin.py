"""Connected accounts in the admin: looked at and ended, never edited, and without anything that opens a door."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from allauth.socialaccount import admin as stock
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.socialaccount.providers import registry
from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from .accounts import said
from .disconnecting import forget, remove, take_all
from .models import ProviderToken

USERNAME = get_user_model().USERNAME_FIELD

# Clients and their secrets are settings, and tokens have a table of our own: two empty ones of allauth help nobody.
admin.site.unregister([SocialApp, SocialToken, SocialAccount])

# What a provider says goes into `extra_data` whole. This much of it is shown.
SHOWN = ("login", "sub", "id", "preferred_username", "name", "email", "email_verified", "iss", "aud", "html_url")


def user_link(user: Any) -> SafeString | str:
    """Return the name of a user, leading to the user's page where the admin has one."""
    if user is None:
        return "–"
    try:
        page = reverse(f"admin:{user._meta.app_label}_{user._meta.model_name}_change", args=[user.pk])
    except NoReverseMatch:
        return str(user)
    return format_html('<a href="{}">{}</a>', page, user)


def end_there(request: HttpRequest, accounts: Iterable[SocialAccount]) -> None:
    """End the tokens of these accounts at their providers, once the rows are gone. The next page says what lives on.

    To be called in the transaction that deletes the rows.
    """
    end = take_all(accounts)

    def tell() -> None:
        for note in end():
            messages.warning(request, note)

    transaction.on_commit(tell, robust=True)


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
    """Deleting one means: this account no longer signs in here. Sessions that it opened live on.

    It goes as on the user's own page: the stored token ends at the provider, too. Only the last way in is not kept.
    """

    actions = ("delete_selected",)
    list_display = ("uid", "whose", "provider", "date_joined", "last_login")
    list_select_related = ("user",)
    list_filter = (ProviderFilter,)
    # Exact, and in the order of an index: the rest would read the whole table.
    search_fields = ("uid__exact", f"user__{USERNAME}__exact")
    search_help_text = "A whole account ID of the provider, or a whole user name."
    ordering = ("-date_joined",)
    sortable_by = ("date_joined", "last_login")
    fields = readonly_fields = ("user", "provider", "uid", "date_joined", "last_login", "token", "provider_said")

    @admin.display(description="user")
    def whose(self, account: SocialAccount) -> SafeString | str:
        """Return who signs in with it."""
        return user_link(account.user)

    @admin.display(description="stored token")
    def token(self, account: SocialAccount) -> SafeString | str:
        """Lead to what is kept of it."""
        token = ProviderToken.objects.filter(account=account).first()
        if token is None:
            return "none"
        page = reverse("admin:oauth_client_providertoken_change", args=[token.pk])
        return format_html('<a href="{}">{}</a>', page, token.scopes or "without a scope")

    @admin.action(description="Disconnect the selected accounts", permissions=["delete"])
    def delete_selected(self, request: HttpRequest, queryset: QuerySet[SocialAccount]) -> HttpResponse | None:
        """Django's own, with its question, by the name of what it does here."""
        return delete_selected(self, request, queryset)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """The stored token is a part of the account: whoever may disconnect that needs no permission for it."""
        shown, counts, lacking, protected = super().get_deleted_objects(objs, request)
        return shown, counts, set(lacking) - {ProviderToken._meta.verbose_name}, protected

    def delete_model(self, request: HttpRequest, obj: SocialAccount) -> None:
        """Disconnect it, and end its token."""
        self.delete_queryset(request, [obj])

    def delete_queryset(self, request: HttpRequest, queryset: Iterable[SocialAccount]) -> None:
        """Disconnect each, and end their tokens."""
        with transaction.atomic():
            accounts = list(queryset)
            end_there(request, accounts)
            for account in accounts:
                remove(request, account)

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
    """What our tokens may do, and until when. Deleting one forgets it here, and ends it at the provider."""

    actions = ("delete_selected",)
    list_display = ("account", "whose", "may", "expires_at", "refreshable", "problem", "updated_at")
    list_filter = ("problem", "refreshable")
    list_select_related = ("account__user",)
    search_fields = ("account__uid__exact", f"account__user__{USERNAME}__exact")
    search_help_text = SocialAccountAdmin.search_help_text
    ordering = ("-updated_at",)
    sortable_by = ("expires_at", "updated_at")
    fields = readonly_fields = (
        "account",
        "whose",
        "may",
        "expires_at",
        "refreshable",
        "problem",
        "created_at",
        "updated_at",
    )

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Allow to ask for one user's."""
        return lookup == "account__user__id__exact" or bool(super().lookup_allowed(lookup, value, request))

    @admin.display(description="user")
    def whose(self, token: ProviderToken) -> SafeString | str:
        """Return in whose name it acts."""
        return user_link(token.account.user)

    @admin.action(description="Forget the selected tokens, and end them at their provider", permissions=["delete"])
    def delete_selected(self, request: HttpRequest, queryset: QuerySet[ProviderToken]) -> HttpResponse | None:
        """Django's own, with its question, by the name of what it does here."""
        return delete_selected(self, request, queryset)

    def delete_model(self, request: HttpRequest, obj: ProviderToken) -> None:
        """Forget it, and end it there. The account stays connected."""
        self.delete_queryset(request, [obj])

    def delete_queryset(self, request: HttpRequest, queryset: Iterable[ProviderToken]) -> None:
        """The same for each."""
        with transaction.atomic():
            tokens = list(queryset)
            end_there(request, [token.account for token in tokens])
            forget(tokens)

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
