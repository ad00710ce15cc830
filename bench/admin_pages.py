"""Every page of the admin that its lists lead to: what `bench.admin_lists` times, and `tests/admin` counts.

The pages are those that the list itself offers: its filters' choices, its columns that sort, its last page.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.admin.templatetags.admin_list import result_headers
from django.contrib.admin.views.main import PAGE_VAR, SEARCH_VAR
from django.db.models.constants import LOOKUP_SEP
from django.test import Client
from django.urls import reverse

LOOKUPS = {"exact", "iexact", "startswith", "istartswith", "icontains"}
NOBODY = "nobody-of-this-name"


def pages(browser: Client) -> Iterator[tuple[str, str]]:
    """Yield name and address of each page, as this member of the staff sees them."""
    yield "first page", reverse("admin:index")
    for model, model_admin in admin.site._registry.items():
        name = f"{model._meta.app_label}.{model._meta.object_name}"
        for what, address in pages_of(browser, model_admin):
            yield f"{name}: {what}", address


def pages_of(browser: Client, model_admin: Any) -> Iterator[tuple[str, str]]:
    """Yield what each page of one list shows, and its address."""
    meta = model_admin.opts
    page = f"admin:{meta.app_label}_{meta.model_name}"
    address = reverse(f"{page}_changelist")
    answer: Any = browser.get(address)
    shown = answer.context_data["cl"]
    yield "list", address
    yield "last page", f"{address}?{urlencode({PAGE_VAR: shown.paginator.num_pages})}"
    yield from ((f"search {what}", f"{address}?{urlencode({SEARCH_VAR: term})}") for what, term in _terms(shown))
    for spec in shown.filter_specs:
        for choice in spec.choices(shown):
            yield f"{spec.title}: {choice['display']}", f"{address}{choice.get('query_string')}"
    for header in result_headers(shown):
        if header.get("sortable"):
            yield f"sorted by {header['text']}", f"{address}{header['url_primary']}"
    if (row := _middle(shown.root_queryset)) is not None:
        yield "one", reverse(f"{page}_change", args=[row.pk])
        yield "history", reverse(f"{page}_history", args=[row.pk])
        if hasattr(model_admin, "access_view"):
            yield "what opens this account", reverse(f"{page}_access", args=[row.pk])


def _terms(shown: Any) -> Iterator[tuple[str, str]]:
    """Yield what a search is asked for: what a row in the middle has in each field, and what none has."""
    if not shown.search_fields:
        return
    yield "that misses", NOBODY
    row = _middle(shown.root_queryset)
    for field in shown.search_fields if row is not None else ():
        *path, last = field.lstrip("^=@").split(LOOKUP_SEP)
        names = path if last in LOOKUPS else [*path, last]
        value: Any = row
        for name in names:
            value = getattr(value, name, None)
        if value:
            yield f"by {' '.join(names)}", str(value)


def _middle(rows: Any) -> Any:
    number = rows.model._base_manager.count()
    return rows.order_by("pk")[number // 2 : number // 2 + 1].first() or rows.first()
