"""All that the other device can do, as data. Nobody can ask it for anything else, nor give it an address."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings

from authdemo.accounts.demo import ACCOUNTS
from authdemo.snippets import calls

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
    """Fetch the form, send it, ask who that made us.

    Who is signed in gets no form, so a session that it holds is thrown away first. It may be a copy of the learner's:
    to end it would sign the learner out.
    """
    client.forget_session()
    client.send(to, calls.sign_in(account, settings.DEMO_PASSWORD))
    session_whoami(client, to, account)


def session_whoami(client: Client, to: str, account: str) -> None:
    """Send what the jar holds."""
    client.send(to, calls.whoami())


def session_end(client: Client, to: str, account: str) -> None:
    """Sign out by the form of the dashboard, ask who is left. Without a session there is no form."""
    client.send(to, calls.sign_out())
    session_whoami(client, to, account)


def token_get(client: Client, to: str, account: str) -> None:
    """Get a pair of tokens with a password."""
    client.send(to, calls.get_tokens(account, settings.DEMO_PASSWORD))


def token_whoami(client: Client, to: str, account: str) -> None:
    """Send the access token; the server looks nothing up."""
    client.send(to, calls.token_whoami())


def token_me(client: Client, to: str, account: str) -> None:
    """Send the access token; the server loads the user."""
    client.send(to, calls.token_me())


def token_orders(client: Client, to: str, account: str) -> None:
    """Send the access token to a service that has only the public keys."""
    client.send("orders", calls.orders())


def token_refresh(client: Client, to: str, account: str) -> None:
    """Exchange the refresh token for a new pair."""
    client.send(to, calls.refresh_tokens())


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
