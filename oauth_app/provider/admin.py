"""Apps that are registered here, and what users have allowed them. No token is shown: not even its hash."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from allauth.idp.oidc import admin as stock
from allauth.idp.oidc.models import Client, Token
from django import forms
from django.contrib import admin
from django.contrib.admin.actions import delete_selected
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from .in_words import grants_of, link, living_tokens, use_of
from .models import Consent
from .more import client_pages, registration

USERNAME = get_user_model().USERNAME_FIELD

admin.site.unregister([Client, Token])


class ClientForm(forms.ModelForm):
    """Looks at the addresses: staff may also register the scheme of an app on a device."""

    def clean_redirect_uris(self) -> str:
        """Return them. RFC 8252 §7.1: a scheme of one's own is a name of one's own turned round, so it has a dot."""
        addresses: str = self.cleaned_data["redirect_uris"]
        for address in addresses.split():
            if "." not in address.partition(":")[0]:
                registration.checked_address(address)
        return addresses


class InSum(admin.ModelAdmin):
    """Asks before it deletes with numbers: each grant and each token by itself says nothing to anybody."""

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Return the rows themselves, and how many of each kind go with them."""
        _, counts, lacking, protected = super().get_deleted_objects(objs, request)
        return [link(one) for one in objs], counts, lacking, protected


@admin.register(Client)
class ClientAdmin(InSum, stock.ClientAdmin):
    """allauth's page without what is not offered here: wildcards, other response types, no consent."""

    form = ClientForm
    actions = ("delete_selected",)
    list_display = ("name", "id", "type", "whose", "created_at")
    list_filter = ("type",)
    list_select_related = ("owner",)
    # Exact, and in the order of an index: the rest would read the whole table.
    search_fields = ("id__exact", "name__exact")
    search_help_text = "A whole client ID, or a whole name."
    ordering = ("-created_at",)
    sortable_by = ("name", "created_at")
    readonly_fields = ("created_at", "in_use")
    fields = (
        "name", "id", "in_use", "type", "scopes", "grant_types", "redirect_uris", "cors_origins", "owner",
        "created_at",
    )  # fmt: skip

    @admin.display(description="owner")
    def whose(self, client: Client) -> SafeString | str:
        """Return who has registered it; "–" for the site's own."""
        return link(client.owner)

    @admin.display(description="in use")
    def in_use(self, client: Client) -> SafeString | str:
        """Say how many users allow it something, and what of it lives; it leads to the list."""
        return use_of(client)

    @admin.action(description="Delete the selected apps, and end all that they were allowed", permissions=["delete"])
    def delete_selected(self, request: HttpRequest, queryset: QuerySet[Client]) -> HttpResponse | None:
        """Django's own, with its question, by the name of what it does here."""
        return delete_selected(self, request, queryset)

    def get_readonly_fields(self, request: HttpRequest, obj: Client | None = None) -> Any:
        """Keep the ID of an app that is there: a row with another one would be a second app, with the same secret."""
        return (*self.readonly_fields, "id") if obj else self.readonly_fields

    def save_model(self, request: HttpRequest, obj: Client, form: Any, change: bool) -> None:
        """Give a new one that can keep it a secret."""
        if not change:
            obj.secret = "!"  # noqa: S105  the hash of nothing
            obj.new_secret = registration.new_secret(obj)
        admin.ModelAdmin.save_model(self, request, obj, form, change)

    def response_add(self, request: HttpRequest, obj: Client, post_url_continue: str | None = None) -> HttpResponse:
        """Tell the secret in the answer. allauth puts it into a message, and those wait in a cookie."""
        return client_pages.told(request, obj, obj.new_secret, HTTPStatus.CREATED)

    def delete_model(self, request: HttpRequest, obj: Client) -> None:
        """Tell of each user's access that it has ended, and of the app itself."""
        registration.delete(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Client]) -> None:
        """The same for each."""
        for client in queryset:
            registration.delete(client)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Refuse `?secret__startswith=…`, which would spell the secret's hash letter by letter."""
        return not lookup.startswith("secret") and bool(super().lookup_allowed(lookup, value, request))


@admin.register(Consent)
class ConsentAdmin(InSum):
    """Deleting one ends the app's access to that user's data at once."""

    actions = ("delete_selected",)
    list_display = ("scopes", "whose", "app", "created_at", "last_used_at")
    list_select_related = ("user", "client")
    search_fields = (f"user__{USERNAME}__exact", "client__exact")
    search_help_text = "A whole user name, or a whole client ID."
    list_filter = ("created_at",)
    ordering = ("-created_at",)
    sortable_by = ("created_at", "last_used_at")
    fields = readonly_fields = ("user", "client", "scopes", "created_at", "last_used_at", "tokens", "grants")

    @admin.display(description="user")
    def whose(self, consent: Consent) -> SafeString | str:
        """Return who has allowed it."""
        return link(consent.user)

    @admin.display(description="app")
    def app(self, consent: Consent) -> SafeString | str:
        """Return to which app."""
        return link(consent.client)

    @admin.display(description="living tokens")
    def tokens(self, consent: Consent) -> str:
        """Return how many there are of each kind, and until when."""
        return living_tokens(consent)

    @admin.display(description="its grants, the newest first")
    def grants(self, consent: Consent) -> SafeString | str:
        """Return each time that it was allowed, and what became of it."""
        return format_html_join("", "<div>{} <b>{}</b>: {}. {}</div>", grants_of(consent)) or "–"

    @admin.action(description="Take back the selected accesses", permissions=["delete"])
    def delete_selected(self, request: HttpRequest, queryset: QuerySet[Consent]) -> HttpResponse | None:
        """Django's own, with its question, by the name of what it does here."""
        return delete_selected(self, request, queryset)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False: only the user can allow something."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Consent | None = None) -> bool:
        """Return False: nobody widens what a user has allowed."""
        return False

    def delete_model(self, request: HttpRequest, obj: Consent) -> None:
        """End the tokens, too."""
        obj.revoke("admin")

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Consent]) -> None:
        """The same for each."""
        for consent in queryset.select_related("user", "client"):
            consent.revoke("admin")
