"""Events in the admin: to be looked at."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from .models import AuthEvent

SINCE = {
    "hour": ("The last hour", timedelta(hours=1)),
    "day": ("The last 24 hours", timedelta(days=1)),
    "week": ("The last 7 days", timedelta(days=7)),
    "month": ("The last 30 days", timedelta(days=30)),
}


class SinceFilter(admin.SimpleListFilter):
    """Since when. Django's own begins with a day, and a lock or a thief is a matter of minutes."""

    title, parameter_name = "time", "since"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the choices."""
        return [(name, title) for name, (title, _) in SINCE.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """Return the events since then."""
        chosen = SINCE.get(self.value() or "")
        return queryset.filter(at__gte=timezone.now() - chosen[1]) if chosen else queryset


@admin.register(AuthEvent)
class AuthEventAdmin(admin.ModelAdmin):
    """Names are those of the day, from the row itself: no user is looked up for the list."""

    actions: Any = None
    list_display = (
        "when", "who", "verb", "mechanism", "provider", "app", "reason", "done_by", "ip", "user_agent",
        "instance",
    )  # fmt: skip
    fields = list_display
    list_filter = (SinceFilter, "mechanism", "verb")
    search_fields = ("username__exact",)
    ordering = ("-at",)
    sortable_by = ("when",)
    search_help_text = "A whole user name, as it was at the time."
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse: events come from signals."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: AuthEvent | None = None) -> bool:
        """Refuse: what happened has happened."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: AuthEvent | None = None) -> bool:
        """Refuse. See `AuthEvent.prune`."""
        return False

    @admin.display(description="user name")
    def who(self, event: AuthEvent) -> SafeString | str:
        """Return the name of the day, leading to the user where there still is one. Nobody is looked up."""
        return _named(event.username, event.user_id)

    @admin.display(description="done by")
    def done_by(self, event: AuthEvent) -> SafeString | str:
        """Return the administrator who did it."""
        return _named(event.actor_name, event.actor_id)

    @admin.display(ordering="at", description="time")
    def when(self, event: AuthEvent) -> str:
        """Return the time to the second: several acts often fall into one minute."""
        return f"{timezone.localtime(event.at):%Y-%m-%d %H:%M:%S}"


def _named(name: str, pk: Any) -> SafeString | str:
    if pk is None:
        return name or "–"
    return format_html('<a href="{}">{}</a>', reverse("admin:accounts_user_change", args=[pk]), name)
