"""The experiments: a new key, tokens with a name that nobody knows, and a role that is taken away."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from django.conf import settings
from django.contrib.auth import get_user_model
from django.http import HttpRequest
from django.utils import timezone

from authdemo.device.actions import PEOPLE
from authdemo.experiments import NotTried, may_sign_in
from jwt_app.backend import rotate
from jwt_app.keyring import KeyRingError

from .calls import Answer, Trip, kid_of, trip, under_another_name

ACCOUNT = PEOPLE[0]
TIMES = 20


@dataclass
class Asked:
    """One token, sent to all three."""

    token: str  # in words
    kid: str
    answers: list[Answer] = field(default_factory=list)

    @property
    def orders_does_not_know_it(self) -> bool:
        """Whether orders has not seen this key yet."""
        return any(answer.place == "orders" and answer.code == "unknown_key" for answer in self.answers)


@dataclass
class Change:
    """A press of the button. `problem` is why nothing was changed, or not all could be tried."""

    at: str = ""
    problem: str = ""
    asked: list[Asked] = field(default_factory=list)


@dataclass
class Noise:
    """Tokens with a name that nobody knows, sent to orders."""

    problem: str = ""
    sent: int = 0
    statuses: dict[str, int] = field(default_factory=dict)
    fetches: int | None = None  # how often orders asked the site meanwhile


@dataclass
class Demotion:
    """One token of a user who was staff when it was made: who believes what, before and after."""

    problem: str = ""
    before: list[Answer] = field(default_factory=list)  # orders, me
    after: list[Answer] = field(default_factory=list)


def change(learner: HttpRequest) -> Change:
    """Get a token, make a new key, get another one; send both to all three."""
    result = Change(timezone.now().isoformat())
    try:
        with trip(learner) as client:
            before = _sign_in(client)
            client.sign_out()
            rotate()
            after = _sign_in(client)
            for words, token in (("Signed before the change", before), ("Signed after it", after)):
                result.asked.append(Asked(words, kid_of(token), client.ask_all(token)))
    except (KeyRingError, NotTried) as why:
        result.problem = str(why)
    return result


def again(learner: HttpRequest, result: Change) -> Change:
    """Get one more token, and send it to all three."""
    result.problem = ""
    try:
        with trip(learner) as client:
            token = _sign_in(client)
            result.asked = [*result.asked[:2], Asked("Signed now", kid_of(token), client.ask_all(token))]
    except NotTried as why:
        result.problem = str(why)
    return result


def noise(learner: HttpRequest) -> Noise:
    """Send orders a token under a new name each time, and count how often it fetches the site's keys for that."""
    result = Noise()
    try:
        with trip(learner) as client:
            token = _sign_in(client)
            before = client.fetches()
            if before is None:
                raise NotTried("The orders service does not answer. `manage.py demo` starts it.")
            for _ in range(TIMES):
                answer = client.ask("orders", under_another_name(token))
                words = f"{answer.status} {answer.code}".strip() if answer.status else "no answer"
                result.statuses[words] = result.statuses.get(words, 0) + 1
                result.sent += 1
            after = client.fetches()
            result.fetches = None if after is None else after - before
    except NotTried as why:
        result.problem = str(why)
    return result


def demote(learner: HttpRequest) -> Demotion:
    """Make a user who is staff, get a token for them, take the role away, and ask with the same token again.

    An account of the experiment's own: nobody knows its password, and it is gone afterwards.
    """
    result = Demotion()
    password = secrets.token_urlsafe(24)
    user = get_user_model().objects.create_user(f"demoted-{secrets.token_hex(4)}", password=password, is_staff=True)
    try:
        with trip(learner) as client:
            token = client.sign_in(user.get_username(), password)
            result.before = _roles(client, token)
            user.is_staff = False
            user.save(update_fields=["is_staff"])
            result.after = _roles(client, token)
    except NotTried as why:
        result.problem = str(why)
    finally:
        user.delete()
    return result


def _sign_in(client: Trip) -> str:
    may_sign_in(ACCOUNT)
    return client.sign_in(ACCOUNT, settings.DEMO_PASSWORD)


def _roles(client: Trip, token: str) -> list[Answer]:
    return [client.ask("orders", token), client.me(token)]
