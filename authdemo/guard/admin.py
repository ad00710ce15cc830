"""Locks in the admin: to be looked at, and to be lifted."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from authdemo.accounts.names import account_named
from authdemo.events.models import Mechanism, Verb
from authdemo.events.receivers import write

from .keys import UNKNOWN
from .limits import FROM_ANYWHERE, FROM_ONE_ADDRESS
from .locks import standings_of
from .models import Failures


class LockedFilter(admin.SimpleListFilter):
    """Locks only, or only what may become one."""

    title = "locked"
    parameter_name = "locked"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Offer both."""
        return [("yes", "Yes"), ("no", "No")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Failures]) -> QuerySet[Failures]:
        """Keep what was asked for."""
        if self.value() not in {"yes", "no"}:
            return queryset
        locked = Failures.objects.locked(timezone.now())
        return queryset.filter(locked) if self.value() == "yes" else queryset.exclude(locked)


class FailuresList(ChangeList):
    """A page asks for all of its accounts at once until when they are locked."""

    def get_results(self, request: HttpRequest) -> None:
        """Get the rows as ever, and give each what tells how its account stands."""
        super().get_results(request)
        rows: Any = list(self.result_list)
        standing = standings_of((row.username for row in rows), timezone.now())
        for row in rows:
            row.standing = standing
        self.result_list = rows


@admin.register(Failures)
class FailuresAdmin(admin.ModelAdmin):
    """A row for each account and address. In the demo the table has more, one for each browser: they go together."""

    actions = ("lift",)
    list_display = ("account", "address", "here", "everywhere", "locked_until", "last")
    fields = ("account", "user", "address", "here", "everywhere", "locked_until", "last")
    list_filter = (LockedFilter,)
    search_fields = ("username__exact",)
    search_help_text = "A whole user name."
    sortable_by = ("last",)
    show_full_result_count = False

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """Return the one above."""
        return FailuresList

    def get_queryset(self, request: HttpRequest) -> QuerySet[Failures]:
        """Show what still counts. The rest is deleted at the next wrong password, anybody's."""
        return Failures.objects.one_a_pair(timezone.now())

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse: a lock comes from wrong passwords."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Failures | None = None) -> bool:
        """Refuse: these are facts."""
        return False

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Leave "Delete selected" out: "Lift" is that, and says what it does."""
        return {name: action for name, action in super().get_actions(request).items() if name != "delete_selected"}

    @admin.action(description="Lift: forget these failures", permissions=["delete"])
    def lift(self, request: HttpRequest, queryset: QuerySet[Failures]) -> None:
        """Forget the failures. That may end a lock, at once and on all instances. The events keep who did it."""
        self.log_deletions(request, queryset)
        rows = list(queryset)
        for row in rows:
            self.delete_model(request, row)
        self.message_user(request, f"Forgotten: {', '.join(sorted({str(row) for row in rows}))}.", messages.SUCCESS)

    def delete_model(self, request: HttpRequest, obj: Failures) -> None:
        """Lift one, and tell of it: a lock is all rows of an account and an address."""
        with transaction.atomic():
            obj.siblings.delete()
            # They count for all ways in. They stand with the sign-in by password, as the failures do.
            write(Mechanism.SESSION, Verb.UNLOCKED, account_named(obj.username))

    @admin.display
    def account(self, row: Failures) -> str:
        """Return the user name; of a name that nobody has, the beginning of its keyed hash."""
        name = row.username or ""
        return f"nobody’s name ({name.removeprefix(UNKNOWN)[:8]})" if name.startswith(UNKNOWN) else name

    @admin.display
    def user(self, row: Failures) -> SafeString | str:
        """Lead to the account of that name. On the page only: a list would look up each."""
        found = account_named(row.username)
        if found is None:
            return "nobody"
        return format_html('<a href="{}">{}</a>', reverse("admin:accounts_user_change", args=[found.pk]), found)

    @admin.display
    def address(self, row: Failures) -> str:
        """Return where they came from."""
        return str(row.ip_address)

    @admin.display(description=f"failures (of {FROM_ONE_ADDRESS})")
    def here(self, row: Any) -> int:
        """Return how many count from this address."""
        return int(row.here)

    @admin.display(description=f"from anywhere (of {FROM_ANYWHERE})")
    def everywhere(self, row: Any) -> int:
        """Return how many count for the account."""
        return int(row.everywhere)

    @admin.display(description="locked until")
    def locked_until(self, row: Any) -> str:
        """Return the end of the lock, to the second."""
        standing = getattr(row, "standing", None) or standings_of([row.username], timezone.now())
        until = standing(row.username, row.ip_address).locked_until
        return f"{timezone.localtime(until):%H:%M:%S}" if until else "not locked"

    @admin.display(ordering="attempt_time", description="last failure")
    def last(self, row: Failures) -> str:
        """Return the time to the second."""
        return f"{timezone.localtime(row.attempt_time):%H:%M:%S}"
