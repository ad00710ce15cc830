"""Who plays in an attack: clients with a cookie jar each, whose calls become one story."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import requests
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from authdemo.accounts.demo import has_demo_password
from authdemo.device.client import Client
from authdemo.device.store import Device
from authdemo.wire.outgoing import Timing
from sessions_app import devices

VICTIM = "alice"  # an account of the demo. The learner's own session has no part in this


class NotRun(Exception):
    """It could not be tried; the argument is a sentence that says why."""


class Actor(Client):
    """One of them. It can call this demo only (`authdemo.device.transport`), and holds nothing afterwards."""

    def __init__(self, cast: Cast, who: str) -> None:
        super().__init__(Device(), cast.learner)
        self.cast = cast
        self.who = who
        self.opened: list[str] = []  # IDs of the sessions that it has signed in to

    def sign_in(self, page: str) -> None:
        """Type the victim's password into this form. Raises NotRun."""
        if not has_demo_password(VICTIM):  # not tried, for it would count as a wrong one
            raise NotRun(f"{VICTIM} has another password than the demo's by now, so nobody can sign in for this.")
        fields = {"username": VICTIM, "password": settings.DEMO_PASSWORD}
        answer = self.post_form("A", page, page, fields)
        if answer is not None and answer.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            raise NotRun(
                f"{VICTIM} is locked: too many wrong passwords. Wait {answer.headers['Retry-After']} seconds."
            )
        if answer is None or answer.status_code not in {200, 302}:
            raise NotRun(f"{VICTIM} could not sign in.")
        self.opened.append(self.held(settings.SESSION_COOKIE_NAME))

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
        """Let go of what they hold, and end what a run has left open that broke off half-way."""
        for actor in self._actors:
            actor.session.close()
        opened = [key for actor in self._actors for key in actor.opened if key]
        for row in UserSession.objects.filter(session_key__in=opened).select_related("user"):
            devices.end(row)
