"""The site of the admin: what all lists of it have in common, whichever app they are of."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import admin
from django.contrib.admin.templatetags.admin_urls import admin_urlname
from django.db.models import CharField, DateTimeField, JSONField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from .at_size import WHOLE, FirstPages, search

# What a list may be asked by in its address: what its filters and our links use. The others are none of ours, and some
# fail (`__range=1`), or take as long as whoever asks likes (`__regex=`).
ASKED = {"exact", "in", "isnull", "gt", "gte", "lt", "lte"}
REFUSED = {name for kind in (CharField, DateTimeField, JSONField) for name in kind.get_lookups()} - ASKED


def lookup_allowed(own: Callable[..., bool], lookup: str, value: str, request: HttpRequest | None = None) -> bool:
    """Tell whether a list may be asked that, after what it says itself: `ModelAdmin.lookup_allowed`."""
    return not REFUSED.intersection(lookup.split("__")) and own(lookup, value, request)


def after_delete(
    model_admin: admin.ModelAdmin, stock: Callable[..., HttpResponse], request: HttpRequest, *args: Any
) -> HttpResponse:
    """Go back to the list: `ModelAdmin.response_delete`.

    Django sends whoever may not change rows to the first page. Here nobody may change most rows, and to end them one
    after the other is what an operator does.
    """
    response = stock(request, *args)
    to_the_first_page = response.get("Location") == reverse("admin:index")
    if to_the_first_page and model_admin.has_view_permission(request):
        return redirect(admin_urlname(model_admin.opts, "changelist"))  # type: ignore[arg-type]
    return response


class AdminSite(admin.AdminSite):
    """Django's, whose lists do among many rows, and are where one comes back to."""

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Register as ever."""
        super().register(model_or_iterable, admin_class, **options)
        models = [model_or_iterable] if isinstance(model_or_iterable, type) else model_or_iterable
        for one in [self._registry[model] for model in models if model in self._registry]:
            own: dict[str, Any] = {
                "paginator": FirstPages,
                "show_full_result_count": False,
                "lookup_allowed": partial(lookup_allowed, one.lookup_allowed),
                "response_delete": partial(after_delete, one, one.response_delete),
            }
            if one.search_fields and all(name.endswith(WHOLE) for name in one.search_fields):
                own["get_search_results"] = partial(search, one)
            vars(one).update(own)
