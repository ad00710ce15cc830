"""The other way: ask the site about each token (RFC 7662). The answer is fresh, and costs a call."""

from __future__ import annotations

import os
import re
import threading
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

import requests

CLIENT_ID = "orders"
# Of the demo, on this machine only: what `seed_demo` registers.
SECRET = os.environ.get("DEMO_ORDERS_SECRET", "outside-orders-secret")
CREDENTIALS = (CLIENT_ID, quote_plus(SECRET))  # RFC 6749 §2.3.1: each is encoded, then both are joined by a colon
TIMEOUT = 2  # seconds
LONGEST = 4096  # characters of a token; the site refuses longer parameters anyway
STATEMENTS = re.compile(r'\bsql;[^,]*desc="(\d+)"')


class CannotAsk(Exception):
    """The site cannot be asked, or does not answer what the specification says. Then nobody gets in."""


class NotAllowed(CannotAsk):
    """The site does not let this service ask: its secret is wrong, or it is not among those that may."""


@dataclass(frozen=True)
class Said:
    """What the site said of a token, and what it cost: milliseconds on the way, statements at the site."""

    claims: dict[str, Any]
    milliseconds: float
    statements: int | None

    @property
    def active(self) -> bool:
        """Whether the token is good now."""
        return self.claims.get("active") is True


class Site:
    """Asks, and counts how often. No answer is kept: a kept one is as old as a signature."""

    def __init__(self, address: str) -> None:
        self.address = f"{address}/identity/o/api/introspect"
        self.calls = 0
        self._lock = threading.Lock()

    def ask(self, token: str) -> Said:
        """Return what the site says of a token. Raises CannotAsk, NotAllowed."""
        with self._lock:
            self.calls += 1
        started = time.perf_counter()
        form = {"token": token, "token_type_hint": "access_token"}
        try:
            # No redirect: the secret goes to one address. No proxy and no ~/.netrc of this machine either.
            with requests.Session() as session:
                session.trust_env = False
                answer = session.post(self.address, form, auth=CREDENTIALS, timeout=TIMEOUT, allow_redirects=False)
            if answer.status_code in {401, 403}:
                raise NotAllowed
            claims = answer.json() if answer.status_code == 200 else None
        except (requests.RequestException, ValueError, RecursionError) as error:
            raise CannotAsk from error
        if not isinstance(claims, dict) or not isinstance(claims.get("active"), bool):
            raise CannotAsk
        counted = STATEMENTS.search(answer.headers.get("Server-Timing", ""))
        return Said(claims, round((time.perf_counter() - started) * 1000, 1), int(counted[1]) if counted else None)
