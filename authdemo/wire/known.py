"""What is public on this site, besides what the protocols define: words of its paths, hosts, names of this caller.

Every kind of exchange is redacted by it: those of browsers, calls of our own, and reports.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from allauth.idp.oidc.models import Client
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest
from django.urls import get_resolver

from . import redaction

CLIENT_ID = re.compile(r"[\w.-]{1,100}", re.ASCII)


def what_is_known(request: HttpRequest, *names: str | None) -> redaction.Known:
    """Return what is public while this request is answered; `names` are those of its caller."""
    try:
        host = {request.get_host()}
    except SuspiciousOperation:  # a Host that is none of ours
        host = set()
    apps = [app for provider in settings.SOCIALACCOUNT_PROVIDERS.values() for app in provider["APPS"]]
    values = {name for name in names if name} | {app["client_id"] for app in apps}
    return redaction.Known(path_words(settings.ROOT_URLCONF), hosts() | host, frozenset(values), is_registered)


def is_registered(text: str) -> bool:
    """Tell whether this is the id of an app that is registered here: it is public (RFC 6749 §2.2).

    Asked only where such an id stands, so that most exchanges cost no statement for it.
    """
    return bool(CLIENT_ID.fullmatch(text)) and Client.objects.filter(pk=text).exists()


def hosts() -> frozenset[str]:
    """Return the addresses of all processes of the demo and of the providers."""
    ours = (
        settings.SITE_URL,
        settings.SITE_B_URL,
        settings.PROVIDERS_URL,
        settings.THIRDPARTY_URL,
        settings.ORDERS_URL,
    )
    hostile = (settings.HOSTILE_SAME_SITE, settings.HOSTILE_CROSS_SITE)
    form_action = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"]
    return frozenset(urlsplit(address).netloc for address in (*ours, *hostile, *form_action) if "://" in address)


@lru_cache(maxsize=2)
def path_words(urlconf: str) -> frozenset[str]:
    """Return the words that stand in this site's paths, and the names of the providers."""
    names = {str(app["provider_id"]) for app in settings.SIGN_IN_WITH}
    return frozenset(_words(get_resolver(urlconf).url_patterns)) | names


def _words(patterns: Iterable[Any]) -> Iterator[str]:
    for pattern in patterns:
        fixed = re.sub(r"<[^>]*>", " ", str(pattern.pattern))
        yield from (word for word in re.split(r"[^\w.-]+", fixed) if word)
        yield from _words(getattr(pattern, "url_patterns", ()))
