"""Step 3: copies are made, the learner signs out, and the other device plays the thief. For real, in one click."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

import requests
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from authdemo.device.client import Client
from authdemo.start_over.ending import end_session, end_tokens

from .models import SAYS


class NothingToCopy(Exception):
    """The learner holds no session, or no token; the argument is what is missing, in words."""


class NoAnswer(Exception):
    """A copy was neither let in nor refused, so nothing can be said of it."""


def steal_and_sign_out(client: Client, request: HttpRequest, access: str, refresh: str) -> dict[str, Any]:
    """Copy cookie and token, show that the copies work, sign out of both, and let the copies be sent again.

    Returns {"before": {"session": status, "token": status}, "after": the same, "expires_at", "ended_at"}; a status is
    0 where no answer came. Raises NothingToCopy, or NoAnswer; then nobody was signed out.
    """
    cookie = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    if not cookie or not request.user.is_authenticated:
        raise NothingToCopy("a session")
    # Without JavaScript this tab can hold no token; then the other device got one of its own in step 2.
    client.device.access, client.device.refresh = access or client.device.access, refresh or client.device.refresh
    if not client.device.access:
        raise NothingToCopy("an access token")
    client.hand(cookie)
    before, _ = send_both(client)
    for name, words in (("session", "a session that works"), ("token", "an access token that works")):
        if before[name] not in SAYS:
            raise NoAnswer
        if before[name] != HTTPStatus.OK:  # ended or expired meanwhile: then the sign-out would show nothing
            raise NothingToCopy(words)
    end_session(request)
    end_tokens(client.device.refresh)
    after, expires_at = send_both(client)
    return {"before": before, "after": after, "expires_at": expires_at, "ended_at": timezone.now().isoformat()}


def send_again(client: Client) -> dict[str, int]:
    """Let the device send the copies once more. Raises NothingToCopy where it has none any more."""
    if not client.device.access:
        raise NothingToCopy("a thief: the other device was put away, or its time was up. Begin the tour again")
    return send_both(client)[0]


def send_both(client: Client) -> tuple[dict[str, int], str]:
    """Let the device send both copies. Returns both statuses, and when the token ends, "" where it was refused.

    The answer to an ended session tells a browser to forget the cookie. A thief does not listen.
    """
    copy = client.held(settings.SESSION_COOKIE_NAME)
    by_session = client.get("A", reverse("sessions:whoami"))
    by_token = client.get_with_token("A", reverse("jwt:whoami"))
    if copy:
        client.hand(copy)
    return {"session": status(by_session), "token": status(by_token)}, expiry(by_token)


def status(response: requests.Response | None) -> int:
    """Return the status, 0 for no answer."""
    return response.status_code if response is not None else 0


def expiry(response: requests.Response | None) -> str:
    """Return when the credential in a `whoami` ends (RFC 3339)."""
    try:
        return str(response.json()["credential"]["expires_at"]) if response is not None and response.ok else ""
    except (json.JSONDecodeError, KeyError, TypeError):
        return ""
