"""Events in the admin: to be looked at."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

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
        "when", "username", "verb", "mechanism", "provider", "app", "reason", "actor_name", "ip", "user_agent",
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

    @admin.display(ordering="at", description="time")
    def when(self, event: AuthEvent) -> str:
        """Return the time to the second: several acts often fall into one minute."""
        return f"{timezone.localtime(event.at):%Y-%m-%d %H:%M:%S}"
