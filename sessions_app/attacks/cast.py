"""Who plays in an attack: clients with a cookie jar each, whose calls become one story."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import requests
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from authdemo.device.client import Client
from authdemo.device.store import Device
from authdemo.wire.outgoing import Timing

VICTIM = "alice"  # an account of the demo. The learner's own session has no part in this


class NotRun(Exception):
    """It could not be tried; the argument is a sentence that says why."""


class Actor(Client):
    """One of them. It can call this demo only (`authdemo.device.transport`), and holds nothing afterwards."""

    def __init__(self, cast: Cast, who: str) -> None:
        super().__init__(Device(), cast.learner)
        self.cast = cast
        self.who = who

    def sign_in(self, page: str) -> None:
        """Type the victim's password into this form. Raises NotRun."""
        fields = {"username": VICTIM, "password": settings.DEMO_PASSWORD}
        answer = self.post_form("A", page, page, fields)
        if answer is None or answer.status_code not in {200, 302}:
            raise NotRun(f"{VICTIM} could not sign in. Does the account still have the demo's password?")

    def post_as_it_is(self, path: str, fields: Mapping[str, str]) -> None:
        """POST with the jar's cookies and nothing else: no token, and no word on which page it came from."""
        self._call(self.session, "POST", "A", path, data=dict(fields))

    def leave(self) -> None:
        """Sign out of the site, by the form of the dashboard."""
        self.post_form("A", reverse("sessions:dashboard"), reverse("sessions:logout"), {})

    def held(self, name: str) -> str:
        """Return the value of a cookie in the jar, "" where there is none."""
        return next((one.value or "" for one in self.session.cookies if one.name == name), "")

    def ask(self, path: str) -> int:
        """GET and return the status. Raises NotRun where nobody answers."""
        answer = self.get("A", path)
        if answer is None:
            raise NotRun("The site does not answer itself. Has it more than one thread to spare?")
        return answer.status_code

    def _note(
        self, sent: requests.PreparedRequest, response: requests.Response | None, timing: Timing, to: str, failed: str
    ) -> None:
        super()._note(sent, response, timing, to, failed)
        self.cast.story.append({"who_sent": self.who, **self.device.exchanges[0]})


class Cast:
    """Makes the actors of one run. `story` is what they sent and got, the first first, redacted."""

    def __init__(self, learner: HttpRequest) -> None:
        self.learner = learner
        self.story: list[dict[str, Any]] = []
        self._actors: list[Actor] = []

    def actor(self, who: str) -> Actor:
        """Return a new client, called `who` in the story."""
        self._actors.append(Actor(self, who))
        return self._actors[-1]

    def go(self) -> None:
        """Let go of what they hold."""
        for actor in self._actors:
            actor.session.close()
