"""What is tried with a token: at this demo's two instances and at the orders service, by HTTP."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus

import jwt
import requests
from django.http import HttpRequest
from django.urls import reverse
from jwt.utils import base64url_encode

from authdemo.device.answers import body_of, fate_of
from authdemo.device.client import Client
from authdemo.device.store import Device
from authdemo.device.transport import origins
from authdemo.experiments import NotTried
from authdemo.snippets import calls

PLACES = {"A": "Instance A", "B": "Instance B", "orders": "Orders"}


@dataclass
class Answer:
    """What one of the three said to a token. `status` is 0 where nobody answered, `code` is why it refused."""

    place: str
    status: int = 0
    code: str = ""
    role: str = ""  # as the answer says it

    @property
    def accepted(self) -> bool:
        """Whether it took the token."""
        return self.status == HTTPStatus.OK


class Trip:
    """A client that signs in and holds a pair of tokens. What it sends stands in the learner's wire."""

    def __init__(self, learner: HttpRequest) -> None:
        self.client = Client(Device(), learner)

    def sign_in(self, username: str, password: str) -> str:
        """Get a pair at A; return the access token. Raises NotTried."""
        response = self.client.send("A", calls.get_tokens(username, password))
        if not self.client.device.access or response is None or response.status_code != HTTPStatus.OK:
            raise NotTried(f"The sign-in at instance A {fate_of(response)}.")
        return self.client.device.access

    def ask(self, place: str, token: str) -> Answer:
        """Send a token to "A", "B" or "orders"."""
        if place not in origins():
            return Answer(place)
        self.client.device.access = token
        call = calls.orders() if place == "orders" else calls.token_whoami()
        return answer_of(place, self.client.send(place, call))

    def ask_all(self, token: str) -> list[Answer]:
        """Send a token to all three."""
        return [self.ask(place, token) for place in PLACES]

    def me(self, token: str) -> Answer:
        """Ask A who the user is by the database."""
        self.client.device.access = token
        return answer_of("A", self.client.send("A", calls.token_me()))

    def fetches(self) -> int | None:
        """Ask orders how often it has fetched the site's keys. None where it does not say."""
        response = self.client.get("orders", "/healthz") if "orders" in origins() else None
        found = body_of(response).get("key_fetches")
        return found if isinstance(found, int) else None

    def sign_out(self) -> None:
        """End the family of the last sign-in, so that none is left behind."""
        if self.client.device.refresh:
            self.client.post_json("A", reverse("jwt:logout"), {"refresh": self.client.device.refresh})
            self.client.device.refresh = ""


@contextmanager
def trip(learner: HttpRequest) -> Iterator[Trip]:
    """Yield a client; sign it out afterwards."""
    one = Trip(learner)
    try:
        yield one
    finally:
        one.sign_out()
        one.client.session.close()


def answer_of(place: str, response: requests.Response | None) -> Answer:
    """Return what an answer says."""
    if response is None:
        return Answer(place)
    body = body_of(response)
    user = body.get("user")
    role = body.get("role") or (user.get("role") if isinstance(user, dict) else "")
    return Answer(place, response.status_code, str(body.get("code") or ""), str(role or ""))


def kid_of(token: str) -> str:
    """Return the name of the key that signed it, "" where it has none."""
    return str(jwt.get_unverified_header(token).get("kid", ""))


def under_another_name(token: str) -> str:
    """Return the token with a `kid` that nobody knows. Its signature is not even looked at any more."""
    header = jwt.get_unverified_header(token) | {"kid": f"unknown-{secrets.token_hex(8)}"}
    return f"{base64url_encode(json.dumps(header).encode()).decode()}.{token.partition('.')[2]}"
