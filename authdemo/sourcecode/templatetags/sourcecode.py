"""`{% code "path.to.view" setting="SESSION_ENGINE" %}`, and what base.html shows below each page by itself."""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from typing import Any

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import ResolverMatch
from django.utils.safestring import SafeString

from authdemo.sourcecode.registry import ENGINE, PAGES, Part
from authdemo.sourcecode.source import of_object, of_setting

register = template.Library()
TITLE = "The code that just ran"


@register.simple_tag
def code(*names: str, setting: str = "", title: str = TITLE) -> SafeString:
    """Show the source of these dotted names, and of a setting. Write the names out; take none from a request.

    `title` says what it is, where several stand on one page.
    """
    return _fold(((Part("", names, (setting,) if setting else ())),), settings.SESSION_ENGINE, title)


@register.simple_tag(takes_context=True)
def code_of_page(context: template.RequestContext) -> SafeString:
    """Show what ran for this page, by the name of its URL. Nothing for a page that nobody has listed."""
    request: HttpRequest | None = context.get("request")
    match = request.resolver_match if request else None
    parts = parts_of(match) if match else None
    return _fold(parts, settings.SESSION_ENGINE, anchor="code") if parts else SafeString("")


def parts_of(match: ResolverMatch) -> tuple[Part, ...] | None:
    """Return what is listed for a page: "workshop:step 3" where its third step has a list of its own."""
    names = [f"{match.view_name} {value}" for value in match.kwargs.values()] + [match.view_name]
    return next((PAGES[name] for name in names if name in PAGES), None)


@cache
def _fold(parts: tuple[Part, ...], engine: str, title: str = TITLE, anchor: str = "") -> SafeString:
    """Return the fold-out. Files are read once for each process, like the code that it runs."""
    shown = [{"when": part.when, "sources": _sources(part, engine)} for part in parts]
    return render_to_string("sourcecode/fold.html", {"parts": shown, "title": title, "anchor": anchor})


def _sources(part: Part, engine: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for kind, find, names in (("", of_object, part.names), ("setting ", of_setting, part.settings)):
        for name in names:
            with suppress(OSError):  # installed without its source
                source = find(name.replace(ENGINE, f"{engine}."))
                rows.append({"source": source, "kind": kind, "html": source.html})
    return rows
