"""Sessions in the admin: to delete one is to end it."""

from __future__ import annotations

from typing import Any

import allauth.usersessions.admin  # noqa: F401  registers the stock one first, so that ours can take its place
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.admin.actions import delete_selected
from django.contrib.auth import get_user_model
from django.contrib.sessions.backends.base import SessionBase
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from . import devices
from .programs import program
from .record import describe
from .store import store_class

admin.site.unregister(UserSession)


def session_of(row: UserSession) -> SessionBase:
    """Return the session that a row points to; an empty one where it has ended."""
    return store_class()(row.session_key)


def user_link(user: Any) -> SafeString | str:
    """Return the name of a user, leading to the user's page where the admin has one."""
    if user is None:
        return "–"
    try:
        page = reverse(f"admin:{user._meta.app_label}_{user._meta.model_name}_change", args=[user.pk])
    except NoReverseMatch:
        return str(user)
    return format_html('<a href="{}">{}</a>', page, user)


@admin.register(UserSession)
class UserSessionAdmin(admin.ModelAdmin):
    """The stock one deletes the row and leaves the browser signed in.

    The session's key is never shown: with it, whoever looks over the shoulder is signed in as that user.
    """

    actions = ("delete_selected",)
    list_display = ("program", "whose", "ip", "created_at", "last_seen_at")
    fields = ("user", "ip", "user_agent", "created_at", "last_seen_at", "lies_in", "says")
    list_select_related = ("user",)
    # Exact, and in the order of an index: the rest would read the whole table.
    search_fields = (f"user__{get_user_model().USERNAME_FIELD}__exact", "ip__exact")
    search_help_text = "A whole user name, or a whole IP address."
    list_filter = ("created_at",)
    ordering = ("-created_at",)
    sortable_by = ("created_at", "last_seen_at")
    show_full_result_count = False

    @admin.display(description="user")
    def whose(self, row: UserSession) -> SafeString | str:
        """Return who is signed in by it."""
        return user_link(row.user)

    @admin.display(description="browser or program")
    def program(self, row: UserSession) -> str:
        """Return what the browser calls itself, in short."""
        return program(row.user_agent)

    @admin.display(description="it lies in")
    def lies_in(self, row: UserSession) -> str:
        """Return where the session itself is, with the first characters of its key."""
        found = ", ".join(f"{place.kind} {place.name}" for place in describe(session_of(row)).places if place.bytes)
        return found or "nowhere: it has ended"

    @admin.display(description="it says")
    def says(self, row: UserSession) -> SafeString:
        """Return what may be shown of its data. What other apps keep there is counted: it may open something."""
        record = describe(session_of(row))
        more = [("", f"and {record.more} more, not shown", "")] if record.more else []
        rows = format_html_join("", "<div>{} <b>{}</b> {}</div>", [*record.entries, *more])
        return rows or SafeString("–")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse: a session begins with a sign-in."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: UserSession | None = None) -> bool:
        """Refuse: these are facts."""
        return False

    @admin.action(description="End the selected sessions", permissions=["delete"])
    def delete_selected(self, request: HttpRequest, queryset: QuerySet[UserSession]) -> HttpResponse | None:
        """Django's own, with its question, by the name of what it does here."""
        return delete_selected(self, request, queryset)

    def lookup_allowed(self, lookup: str, value: str, request: Any = None) -> bool:
        """Refuse `?session_key__startswith=a`: the number of hits would spell the key, letter by letter."""
        return "session_key" not in lookup and super().lookup_allowed(lookup, value, request)

    def delete_model(self, request: HttpRequest, obj: UserSession) -> None:
        """End the session; the row goes with it. Of one's own nothing is left for this request to save."""
        is_this = obj.session_key == request.session.session_key
        devices.end(obj)
        if is_this:
            request.session.flush()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[UserSession]) -> None:
        """End each of them."""
        for session in queryset.select_related("user"):
            self.delete_model(request, session)
