"""Who plays in an attack on a sign-in: people with a browser, and Mallory's server.

They go through the site's own pages and those of the outside world, as everybody does. The learner's browser has no
part in it.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

import requests
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import SESSION_KEY, get_user_model
from django.http import HttpRequest

from authdemo.trials import cast as trials
from authdemo.trials.attempts import NotRun
from oauth_app.client.adapter import FIRST_VISIT

from .naive import COOKIE as NAIVE_COOKIE
from .naive import NaiveStore
from .parties import QUIZ_SECRET, Company, is_played
from .people import Person, parameter


class Cast(trials.Cast[Person]):
    """Everybody of one run."""

    actor_class = Person

    def __init__(self, learner: HttpRequest) -> None:
        super().__init__(learner)
        self.tokens: list[tuple[Company, str]] = []  # which Mallory's server has got

    def needs(self, *companies: Company) -> None:
        """Raise NotRun unless the site signs in with the stand-ins for these, and they answer."""
        for company in companies:
            if not is_played(company):
                raise NotRun(
                    f"This site signs in with a real provider in the place of {company.name}, or with none. Nobody "
                    "tries attacks on a real one: unset its client id, and let the demo play it."
                )
        self.actor("the lab").visit(f"{settings.PROVIDERS_URL}/healthz")

    def to_the_provider(self, url: str, who: str = "the lab", **what: Any) -> requests.Response:
        """POST something to the provider, without cookies: from the lab, or from Mallory's server."""
        return self.actor(who).visit(url, "POST", **what)

    def tampers(self, address: str, kind: str) -> None:
        """Have the ID token made wrong that the code in this address will be changed for. Raises NotRun."""
        url = f"{settings.PROVIDERS_URL}/tampering/"
        answer = self.to_the_provider(url, json={"code": parameter(address, "code"), "kind": kind})
        if answer.status_code != 204:
            raise NotRun("The outside world was not started by the demo, so nothing of it can be tampered with.")

    def go(self) -> None:
        """End what the run has opened, also one that broke off: sessions here and there, users, Mallory's tokens."""
        opened = {key for actor in self.actors for key in actor.opened if key}
        self._forget_users(opened)
        for row in UserSession.objects.filter(session_key__in=opened):
            row.end()
        for key in opened:  # also those of nobody: a state and a verifier lie in them
            import_module(settings.SESSION_ENGINE).SessionStore(key).delete()
        for actor in self.actors:
            NaiveStore(actor.held(NAIVE_COOKIE) or None).delete()
        kept, self.story = self.story, []  # how the lab tidies up is no part of the story
        for actor in list(self.actors):
            actor.leaves_the_provider()
        for company, token in self.tokens:
            self._revoke(company, token)
        self.story = kept
        super().go()

    def _forget_users(self, opened: set[str]) -> None:
        """Delete the users that were made by these sessions: somebody got in, perhaps because a check was taken out.

        A user that another browser has signed in as meanwhile is not the run's any more.
        """
        sessions = [import_module(settings.SESSION_ENGINE).SessionStore(key) for key in opened]
        made = [session[SESSION_KEY] for session in sessions if session.get(FIRST_VISIT) and SESSION_KEY in session]
        others = UserSession.objects.filter(user__in=made).exclude(session_key__in=opened).values("user")
        get_user_model()._default_manager.filter(pk__in=made).exclude(pk__in=others).delete()

    def _revoke(self, company: Company, token: str) -> None:
        form = {"token": token, "client_id": company.quiz, "client_secret": QUIZ_SECRET}
        path = urlsplit(company.at(company.revoke)).path
        actor = self.actor("the lab")
        actor._call(actor.session, "POST", "providers", path, data=form)
