"""WRONG ON PURPOSE. Do not copy anything from this file.

The shape of the naive app: the steps of a sign-in with a provider, each of which can be another one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.urls import reverse

from oauth_app.client.id_token import IDToken

from .parties import COMPANIES, Company

Flow: TypeAlias = dict[str, Any]
Tokens: TypeAlias = dict[str, Any]
User: TypeAlias = dict[str, str]
FLOW = "naive_flow"  # the session's key for what was begun
TIMEOUT = 5  # seconds, for one call


class Refused(Exception):
    """Nobody is signed in; the argument says why."""


@dataclass(frozen=True)
class App:
    """The app as it is for one attack: `naive_apps.py` has them all.

    `adds` may change the request to the provider, `may_come` raises Refused for a callback of another browser, `ends`
    forgets what was begun, `exchange` changes the code for tokens, `who` says whose they are, `passes` whether an ID
    token counts.
    """

    company: Company
    pkce: bool
    adds: Callable[[dict[str, str], HttpRequest], None]
    may_come: Callable[[Flow, HttpRequest], None]
    ends: Callable[[SessionBase], None]
    exchange: Callable[[App, Flow, str], Tokens]
    who: Callable[[App, Flow, Tokens], User]
    passes: Callable[[IDToken], bool]


def company_of(app: App, flow: Flow) -> Company:
    """Return the provider that this sign-in has begun with."""
    return COMPANIES[flow.get("company", app.company.slug)]


def callback_url() -> str:
    """Return where the provider sends the browser back to: one address, for all providers."""
    return settings.SITE_URL + reverse("oauth_attacks:naive-callback")
