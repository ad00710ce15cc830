"""Events in the admin: to be looked at."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from .models import AuthEvent


@admin.register(AuthEvent)
class AuthEventAdmin(admin.ModelAdmin):
    """Names are those of the day, from the row itself: no user is looked up for the list."""

    actions: Any = None
    list_display = (
        "when", "username", "verb", "mechanism", "provider", "app", "reason", "actor_name", "ip", "user_agent",
        "instance",
    )  # fmt: skip
    fields = list_display
    list_filter = ("mechanism", "verb", "at")
    search_fields = ("username__exact",)
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
