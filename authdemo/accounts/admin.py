"""Users and their e-mail addresses in the admin."""

from __future__ import annotations

from typing import Any

from allauth.account import admin as stock  # first, so that its page can be replaced
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest

from .models import User

admin.site.unregister(EmailAddress)


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    """Django's own. When somebody signed in is a fact, so it is shown and not asked for."""

    readonly_fields = ("last_login", "date_joined")
    filter_horizontal = ()  # Django's two lists with arrows carry labels that a screen reader is not told
    # Exact, and in the order of an index: the rest would read the whole table.
    search_fields = ("username", "email")
    search_help_text = "A whole user name, or a whole e-mail address."
    sortable_by = ("username",)

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        """Find by name, else by address. A name has no @, and the index of the addresses has them in small letters."""
        if not (term := search_term.strip()):
            return queryset, False
        if "@" not in term:
            return queryset.filter(username=term), False
        return queryset.alias(small=Lower("email")).filter(small=term.lower()).exclude(email=""), False


@admin.register(EmailAddress)
class EmailAddressAdmin(stock.EmailAddressAdmin):
    """allauth's own, which searches without regard to case and so reads the whole table. It keeps small letters."""

    list_select_related = ("user",)
    search_fields = ("email__exact", "user__username__exact")
    search_help_text = "A whole e-mail address in small letters, or a whole user name."
    ordering = ("email",)
    sortable_by = ("email",)

    def get_search_fields(self, request: HttpRequest) -> Any:
        """Return the ones above."""
        return self.search_fields
