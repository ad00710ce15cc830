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
    """Keep the rows with this very term in one of the fields: `ModelAdmin.get_search_results`.

    Django joins the fields by OR. Over two tables no index serves that, and the whole table is read. So each field is
    asked by itself, and the keys that were found are put together.
    """
    if not (term := term.strip()):
        return queryset, False
    names = [name for name in model_admin.get_search_fields(request) if _can_hold(model_admin, name, term)]
    if not names:
        return queryset.none(), False
    if len(names) == 1:
        return queryset.filter(**{names[0]: term}), False
    rows = model_admin.model._default_manager.order_by()
    first, *others = (rows.filter(**{name: term}).values("pk") for name in names)
    return queryset.filter(pk__in=first.union(*others)), False


def _can_hold(model_admin: admin.ModelAdmin, name: str, term: str) -> bool:
    """Tell whether a field can hold the term: PostgreSQL refuses to compare an address with another word."""
    try:
        get_fields_from_path(model_admin.model, name.removesuffix(WHOLE))[-1].run_validators(term)  # type: ignore[union-attr]
    except ValidationError:
        return False
    return True
