"""Who plays in an attack: clients of this demo, whose calls become one story."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Generic, TypeVar

import requests
from django.http import HttpRequest

from authdemo.accounts.demo import has_demo_password
from authdemo.device.client import Client
from authdemo.device.store import Device
from authdemo.wire.outgoing import Timing

from .attempts import NotRun

VICTIM = "alice"  # an account of the demo


class Actor(Client):
    """One of them. It can call this demo only (`authdemo.device.transport`), and holds nothing afterwards."""

    def __init__(self, cast: Cast[Any], who: str) -> None:
        super().__init__(Device(), cast.learner)
        self.cast = cast
        self.who = who

    def _note(
        self, sent: requests.PreparedRequest, response: requests.Response | None, timing: Timing, to: str, failed: str
    ) -> None:
        super()._note(sent, response, timing, to, failed)
        self.cast.story.append({"who_sent": self.who, **self.device.exchanges[0]})


AnyActor = TypeVar("AnyActor", bound=Actor)


class Cast(Generic[AnyActor]):
    """Makes the actors of one run. `story` is what they sent and got, the first first, redacted."""

    actor_class: type[AnyActor]

    def __init__(self, learner: HttpRequest) -> None:
        self.learner = learner
        self.story: list[dict[str, Any]] = []
        self.actors: list[AnyActor] = []

    def actor(self, who: str) -> AnyActor:
        """Return a new client, called `who` in the story."""
        self.actors.append(self.actor_class(self, who))
        return self.actors[-1]

    def go(self) -> None:
        """Let go of what they hold."""
        for actor in self.actors:
            actor.session.close()


def answered(response: requests.Response | None) -> requests.Response:
    """Return the answer of this site. Raises NotRun where there is none."""
    if response is None:
        raise NotRun("The site does not answer itself. Has it more than one thread to spare?")
    return response


def may_sign_in() -> None:
    """Raise NotRun where the victim has another password by now. To try it would count as a wrong one."""
    if not has_demo_password(VICTIM):
        raise NotRun(f"{VICTIM} has another password than the demo's by now, so nobody can sign in for this.")


def signed_in(response: requests.Response | None, *good: int) -> requests.Response:
    """Return the answer to a sign-in. Raises NotRun where it was refused."""
    if response is not None and response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        wait = response.headers["Retry-After"]
        raise NotRun(f"{VICTIM} is locked: too many wrong passwords. Wait {wait} seconds.")
    if response is None or response.status_code not in good:
        raise NotRun(f"{VICTIM} could not sign in.")
    return response
