"""The admin among many rows: it counts no further than its pages go, and a search asks one index at a time."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import get_fields_from_path
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

MOST = 10_000
"""Rows of a list that have pages. To count all of a large table takes longer than to show the page."""

WHOLE = "__exact"


class FirstPages(Paginator):
    """Pages of the first MOST rows. What comes after them is found by a search, a filter, or the other order."""

    object_list: Any

    @cached_property
    def _counted(self) -> int:
        return int(self.object_list.order_by()[: MOST + 1].count())

    @cached_property
    def count(self) -> int:
        """Return the number of rows that have a page."""
        return min(self._counted, MOST)

    @property
    def more(self) -> bool:
        """Whether there are rows without one."""
        return self._counted > MOST


def search(
    model_admin: admin.ModelAdmin, request: HttpRequest, queryset: QuerySet, term: str
) -> tuple[QuerySet, bool]:
    """Keep the rows with this very term in the first field that has it: `ModelAdmin.get_search_results`.

    Django joins all fields by OR. Over two tables no index serves that, and the whole table is read.
    """
    if not (term := term.strip()):
        return queryset, False
    for name in model_admin.get_search_fields(request):
        try:
            get_fields_from_path(model_admin.model, name.removesuffix(WHOLE))[-1].run_validators(term)  # type: ignore[union-attr]
        except ValidationError:  # no row can hold it, and PostgreSQL refuses to compare an address with another word
            continue
        found = queryset.filter(**{name: term})
        if found.order_by().exists():
            return found, False
    return queryset.none(), False
