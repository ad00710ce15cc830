"""Who plays in an attack on sessions: clients with a cookie jar each. The learner's own session has no part in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.urls import reverse

from authdemo.trials import cast as trials
from authdemo.trials.attempts import NotRun
from authdemo.trials.cast import VICTIM, answered, may_sign_in, signed_in
from sessions_app import devices

__all__ = ["VICTIM", "Actor", "Cast", "NotRun"]


class Actor(trials.Actor):
    """One of them."""

    def __init__(self, cast: trials.Cast[Any], who: str) -> None:
        super().__init__(cast, who)
        self.opened: list[str] = []  # IDs of the sessions that it has signed in to

    def sign_in(self, page: str) -> None:
        """Type the victim's password into this form. Raises NotRun."""
        may_sign_in()
        fields = {"username": VICTIM, "password": settings.DEMO_PASSWORD}
        signed_in(self.post_form("A", page, page, fields), 200, 302)
        self.opened.append(self.held(settings.SESSION_COOKIE_NAME))

    def post_as_it_is(self, path: str, fields: Mapping[str, str]) -> None:
        """POST with the jar's cookies and nothing else: no token, and no word on which page it came from."""
        self._call(self.session, "POST", "A", path, data=dict(fields))

    def leave(self) -> None:
        """Sign out of the site, by the form of the dashboard."""
        self.post_form("A", reverse("sessions:dashboard"), reverse("sessions:logout"), {})

    def ask(self, path: str) -> int:
        """GET and return the status. Raises NotRun where nobody answers."""
        return answered(self.get("A", path)).status_code


class Cast(trials.Cast[Actor]):
    """Everybody of one run."""

    actor_class = Actor

    def go(self) -> None:
        """Let go of what they hold, and end what a run has left open that broke off half-way."""
        super().go()
        opened = [key for actor in self.actors for key in actor.opened if key]
        for row in UserSession.objects.filter(session_key__in=opened).select_related("user"):
            devices.end(row)
