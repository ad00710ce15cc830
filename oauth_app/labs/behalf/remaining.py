"""What remains where after an end? Each line of the table is tried: a user, a connection and a token are made, looked
at, one of them is ended, and all are looked at again. Nothing of it stays here. At the stand-in the guest account
stays until the next one is made, an hour later or more, and no app has a token of it.
"""

from __future__ import annotations

import secrets as random
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from http import HTTPStatus
from typing import Any

from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.base import ProviderException
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser
from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone
from requests import RequestException

from authdemo.experiments import NotTried
from oauth_app.client import on_behalf, stored
from oauth_app.client.models import ProviderToken
from oauth_app.client.on_behalf import NotRevoked
from oauth_app.client.stored import Secrets

from .calls import calls_at
from .trip import Trip

AGE = 60 * 60  # seconds that a result can be seen
FAILED = "behalf_remains_failed"  # session key: why the last try broke off, until the table has said it
ACTS = {
    "sign-out": "Sign out here",
    "sign-out-there": "Sign out at the provider",
    "disconnect": "Disconnect here",
    "remove": "Remove the app at the provider",
    "delete": "Delete the account here",
}
PLACES = {
    "session": "Session here",
    "connection": "Connection here",
    "copy": "Our copy of the token",
    "token": "The token at its API",
    "session_there": "Session at the provider",
}


@dataclass
class Line:
    """What stood where, before and after: a status, or whether a row is there."""

    at: str = field(default_factory=lambda: timezone.now().isoformat())
    before: dict[str, int] = field(default_factory=dict)
    after: dict[str, int] = field(default_factory=dict)
    shown: list[dict[str, Any]] = field(default_factory=list)


def trial(learner: HttpRequest, provider: Any, act: str) -> Line:
    """Try one act. Raises NotTried where a step before it did not work. What was made ends in any case."""
    line, password = Line(), random.token_urlsafe(24)
    user = get_user_model().objects.create_user(f"lab-{random.token_hex(6)}", password=password)
    trip, token = Trip(learner, provider), None
    try:
        trip.sign_in_here(user.get_username(), password)
        trip.become_a_guest_there()
        trip.connect()
        account = SocialAccount.objects.get(user=user)
        token = stored.secrets_of(stored.token_of(account))
        line.before = look(trip, user, token)
        trip.session.noting = True
        end(trip, act, user, account)
        trip.session.noting = False
        line.shown, line.after = list(trip.session.shown), look(trip, user, token)
    except (SocialAccount.DoesNotExist, stored.NoToken) as error:
        raise NotTried("The connection left no account or no token here.") from error
    finally:
        clean_up(trip, user, token)
    return line


def end(trip: Trip, act: str, user: AbstractUser, account: SocialAccount) -> None:
    """Do it, as a person would: by the page that is there for it. An account is deleted by staff."""
    match act:
        case "sign-out":
            trip.sign_out_here()
        case "sign-out-there":
            trip.sign_out_there()
        case "disconnect":
            trip.disconnect(account.pk)
        case "remove":
            trip.remove_app()
        case "delete":
            get_user_model().objects.filter(pk=user.pk).delete()


def look(trip: Trip, user: AbstractUser, token: Secrets) -> dict[str, int]:
    """Return what each place says: a status of HTTP, or for a table 1 or 0."""
    api = calls_at(trip.provider)[0].url(trip.provider)
    bearer = {"Authorization": f"Bearer {token.access}"}
    return {
        "session": trip.get(trip.here("/sessions/api/whoami/")).status_code,
        "connection": SocialAccount.objects.filter(user=user.pk).count(),
        "copy": ProviderToken.objects.filter(account__user=user.pk).count(),
        "token": trip.get(api, headers=bearer).status_code,
        # A page that needs a session there: 302 sends to its sign-in form.
        "session_there": trip.get(f"{trip.there}apps").status_code,
    }


def clean_up(trip: Trip, user: AbstractUser, token: Secrets | None) -> None:
    """End the sessions, the user and the token. Whatever does not answer now has forgotten it within the hour."""
    trip.session.noting = False
    with suppress(NotTried):
        trip.sign_out_here()
    with suppress(NotTried):
        trip.remove_app()
    with suppress(NotTried):
        trip.sign_out_there()
    get_user_model().objects.filter(pk=user.pk).delete()
    if token is not None:
        with suppress(NotRevoked, ProviderException, RequestException):
            on_behalf.revoke(token, trip.provider.endpoints(), trip.session)
    trip.session.close()


def keep(user: Any, provider: str, act: str, line: Line) -> None:
    """Keep it for the user who has pressed."""
    cache.set(_key(user, provider), lines(user, provider) | {act: asdict(line)}, AGE)


def lines(user: Any, provider: str) -> dict[str, Any]:
    """Return what the user has tried, by act."""
    found = cache.get(_key(user, provider))
    return found if isinstance(found, dict) else {}


def _key(user: Any, provider: str) -> str:
    return f"behalf.remains.{user}.{provider}"


def table(user: Any, provider: str) -> list[dict[str, Any]]:
    """Return the table's lines, tried or not, each cell with what it says in words."""
    tried = lines(user, provider)
    return [
        {
            "act": act,
            "label": label,
            "line": tried.get(act),
            "cells": [
                (title, cell(place, tried[act]["before"][place], tried[act]["after"][place]) if act in tried else None)
                for place, title in PLACES.items()
            ],
        }
        for act, label in ACTS.items()
    ]


def cell(place: str, before: int, after: int) -> dict[str, Any]:
    """Return one cell: the two values as they were seen, and whether it remains."""
    rows = place in {"connection", "copy"}
    names = {0: "gone", 1: "there"}
    there = bool(after) if rows else after == HTTPStatus.OK
    seen = [names.get(value, str(value)) if rows else str(value) for value in (before, after)]
    return {"before": seen[0], "after": seen[1], "remains": there}
