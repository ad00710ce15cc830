"""Two sign-ins, two copies, one after the other: use the copy, sign out, use it again. By HTTP, at this demo's own."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from http import HTTPStatus

import jwt
import requests
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from authdemo.device.actions import PEOPLE
from authdemo.device.answers import body_of, cost_of, fate_of
from authdemo.device.client import Client
from authdemo.device.store import Device
from authdemo.device.transport import origins
from authdemo.experiments import NotTried, may_sign_in
from authdemo.snippets import calls

ACCOUNT = PEOPLE[0]
PLACES = {"A": "Instance A", "B": "Instance B", "orders": "Orders"}
KINDS = {"plain": "A token as usual", "checked": "A token that is checked"}
# What a learner may expect of this site: which copies still work after the sign-out.
PREDICTIONS = {
    "": "Neither: I signed out.",
    "plain": "Only the copy of the usual token.",
    "checked": "Only the copy of the token that is checked.",
    "plain checked": "Both: a signature stays right.",
}


@dataclass
class Answer:
    """What a place said to a copy. `status` is 0 where nobody answered; counts are None where it has none."""

    status: int = 0
    code: str = ""
    sql: int | None = None
    cache: int | None = None

    @property
    def accepted(self) -> bool:
        """Whether it took the copy."""
        return self.status == HTTPStatus.OK


@dataclass
class Row:
    """One copy at one place. `first` found a cache that may have been cold, `before` is the same call once more."""

    kind: str
    place: str
    first: Answer = field(default_factory=Answer)
    before: Answer = field(default_factory=Answer)
    after: Answer = field(default_factory=Answer)
    later: Answer | None = None

    @property
    def place_title(self) -> str:
        """Where."""
        return PLACES[self.place]

    @property
    def had_to_copy(self) -> bool:
        """Whether the first call cost more than the second."""
        return (self.first.sql, self.first.cache) != (self.before.sql, self.before.cache)


@dataclass
class Replay:
    """One press of the button. `copies` are the tokens by kind, `until` is when both have expired (Unix time).

    `prediction` is what was expected, one of PREDICTIONS; None where nothing was.
    """

    rows: list[Row] = field(default_factory=list)
    copies: dict[str, str] = field(default_factory=dict)
    until: int = 0
    later_at: int = 0
    problem: str = ""
    prediction: str | None = None

    @property
    def happened(self) -> str | None:
        """Which of PREDICTIONS was right, by what this site answered. None while not all was tried."""
        if self.problem or not self.rows:
            return None
        taken = {row.kind for row in self.rows if row.place != "orders" and row.after.accepted}
        return " ".join(kind for kind in KINDS if kind in taken)

    @property
    def orders_does_not_know_the_key(self) -> bool:
        """Whether a key was so new that orders could not verify anything: it asks for the keys once a minute."""
        return any(row.place == "orders" and row.before.code == "unknown_key" for row in self.rows)

    @property
    def expired(self) -> bool:
        """Whether both copies have expired by themselves."""
        return time.time() >= self.until

    @property
    def by_kind(self) -> dict[str, list[Row]]:
        """The rows of each token that was tried."""
        kinds = {kind: [row for row in self.rows if row.kind == kind] for kind in KINDS}
        return {kind: rows for kind, rows in kinds.items() if rows}


class Thief(Client):
    """Holds a copy. It is sent as it is, whatever the answers say."""

    def use(self, place: str, copy: str) -> Answer:
        """Send the copy to "A", "B" or "orders"."""
        self.device.access = copy
        return _answer(self.send(place, calls.orders() if place == "orders" else calls.token_whoami()))


def replay(learner: HttpRequest) -> Replay:
    """Try both kinds."""
    result = Replay()
    try:
        may_sign_in(ACCOUNT)
        for kind in KINDS:
            _try(kind, learner, result)
    except NotTried as why:
        result.problem = str(why)
    return result


def _try(kind: str, learner: HttpRequest, result: Replay) -> None:
    victim, thief = Client(Device(), learner), Thief(Device(), learner)
    try:
        victim.send("A", calls.get_tokens(ACCOUNT, settings.DEMO_PASSWORD))
        copy = _short_copy(victim, checked=kind == "checked")
        rows = [Row(kind, place) for place in PLACES if place in origins()]
        for row in rows:
            row.first, row.before = thief.use(row.place, copy), thief.use(row.place, copy)
        signed_out = victim.post_json("A", reverse("jwt:logout"), {"refresh": victim.device.refresh}, token=copy)
        if signed_out is None or signed_out.status_code != HTTPStatus.OK:
            raise NotTried(f"The sign-out at instance A {fate_of(signed_out)}.")
        for row in rows:
            row.after = thief.use(row.place, copy)
    finally:
        victim.session.close()
        thief.session.close()
    result.rows += rows
    result.copies[kind] = copy
    result.until = max(result.until, _expiry(copy))


def once_more(learner: HttpRequest, result: Replay) -> Replay:
    """Send the copies again, as somebody does who has kept them."""
    thief = Thief(Device(), learner)
    try:
        for row in result.rows:
            row.later = thief.use(row.place, result.copies[row.kind])
    finally:
        thief.session.close()
    result.later_at = int(time.time())
    return result


def _short_copy(victim: Client, *, checked: bool) -> str:
    """Have the access token made again with a shorter life. Raises NotTried where the sign-in had not worked."""
    answer = victim.post_json("A", reverse("denylist:token"), {"checked": checked}, token=victim.device.access)
    body = body_of(answer)
    if answer is None or answer.status_code != HTTPStatus.OK or not isinstance(body.get("access"), str):
        raise NotTried(f"The sign-in of {ACCOUNT} at instance A {fate_of(answer)}.")
    return str(body["access"])


def _expiry(token: str) -> int:
    return int(jwt.decode(token, options={"verify_signature": False})["exp"])


def _answer(response: requests.Response | None) -> Answer:
    if response is None:
        return Answer()
    return Answer(response.status_code, str(body_of(response).get("code", "")), **cost_of(response))
