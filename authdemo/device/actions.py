"""All that the other device can do, as data. Nobody can ask it for anything else, nor give it an address."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import requests
from django.conf import settings
from django.urls import reverse

from authdemo.accounts.demo import ACCOUNTS

from .client import Client
from .transport import origins

# Learners only. Nobody gets a staff session by pressing a button.
PEOPLE = tuple(account.username for account in ACCOUNTS if not account.staff)


@dataclass(frozen=True)
class Action:
    """One button. `run(client, to, account)` makes its calls; `to` is "A" or "B".

    `needs_password`: it types the demo's password, which only who sits at this machine may let it do.
    """

    name: str
    label: str
    group: str
    run: Callable[[Client, str, str], None]
    needs_password: bool = False


def session_sign_in(client: Client, to: str, account: str) -> None:
    """Fetch the form, send it, ask who that made us."""
    page = reverse("sessions:login")
    fields = {"username": account, "password": settings.DEMO_PASSWORD, "next": ""}
    client.post_form(to, page, page, fields)
    session_whoami(client, to, account)


def session_whoami(client: Client, to: str, account: str) -> None:
    """Send what the jar holds."""
    client.get(to, reverse("sessions:whoami"))


def session_end(client: Client, to: str, account: str) -> None:
    """Sign out by the form of the dashboard, ask who is left. Without a session there is no form."""
    client.post_form(to, reverse("sessions:dashboard"), reverse("sessions:logout"), {})
    session_whoami(client, to, account)


def token_get(client: Client, to: str, account: str) -> None:
    """Get a pair of tokens with a password."""
    body = {"username": account, "password": settings.DEMO_PASSWORD}
    _take(client, client.post_json(to, reverse("jwt:login"), body))


def token_whoami(client: Client, to: str, account: str) -> None:
    """Send the access token; the server looks nothing up."""
    client.get_with_token(to, reverse("jwt:whoami"))


def token_me(client: Client, to: str, account: str) -> None:
    """Send the access token; the server loads the user."""
    client.get_with_token(to, reverse("jwt:me"))


def token_orders(client: Client, to: str, account: str) -> None:
    """Send the access token to a service that has only the public keys."""
    client.get_with_token("orders", "/orders/")


def token_refresh(client: Client, to: str, account: str) -> None:
    """Exchange the refresh token for a new pair."""
    _take(client, client.post_json(to, reverse("jwt:refresh"), {"refresh": client.device.refresh}))


def _take(client: Client, response: requests.Response | None) -> None:
    """Keep the tokens of an answer. A refusal takes none away: a thief tries again, too."""
    try:
        pair = response.json() if response is not None and response.ok else {}
    except ValueError:
        return
    client.device.access = str(pair.get("access", client.device.access))
    client.device.refresh = str(pair.get("refresh", client.device.refresh))


ACTIONS = (
    Action("session-sign-in", "Sign in", "sessions", session_sign_in, needs_password=True),
    Action("session-whoami", "Who am I?", "sessions", session_whoami),
    Action("session-end", "End its session", "sessions", session_end),
    Action("token-get", "Get tokens", "jwt", token_get, needs_password=True),
    Action("token-whoami", "Who am I?", "jwt", token_whoami),
    Action("token-me", "Me (loads the row)", "jwt", token_me),
    Action("token-orders", "Ask the orders service", "jwt", token_orders),
    Action("token-refresh", "Refresh", "jwt", token_refresh),
)


def available() -> tuple[Action, ...]:
    """Return the actions whose server is part of this demo."""
    return tuple(action for action in ACTIONS if action.name != "token-orders" or "orders" in origins())


def instances() -> list[str]:
    """Return the names of the site's instances that it can talk to."""
    return [name for name in ("A", "B") if name in origins()]
