"""Who plays: users made for the run, with a browser each, and the servers of two apps that are registered here."""

from __future__ import annotations

import secrets
from http import HTTPStatus
from importlib import import_module
from typing import Any

import requests
from allauth.idp.oidc.models import Client
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import get_user_model
from django.http import HttpRequest
from django.urls import reverse

from authdemo.third_party import APPS, App
from authdemo.trials import cast as trials
from authdemo.trials.attempts import NotRun
from authdemo.trials.cast import answered as there
from oauth_app.provider.models import Note

from .. import stock
from ..people import Person

PAPER, GLUE = APPS[0], APPS[1]
HINT = "python manage.py seed_demo"


class Actor(Person):
    """A browser, or a server: both send HTTP requests. What the lab signs lets them in at allauth as it comes."""

    name = ""  # of the user who is signed in

    def _call(self, session: Any, method: str, to: str, path: str, **what: Any) -> requests.Response | None:
        what["headers"] = {stock.HEADER: stock.new_run()} | (what.get("headers") or {})
        return super()._call(session, method, to, path, **what)

    def signs_in(self, name: str, password: str) -> None:
        """Type name and password into the site's own form. Raises NotRun."""
        page = reverse("sessions:login")
        answer = there(self.post_form("A", page, page, {"username": name, "password": password}))
        if answer.status_code != HTTPStatus.FOUND:
            raise NotRun(f"A user who was made for this could not sign in ({answer.status_code}).")
        self.name = name


class Cast(trials.Cast[Actor]):
    """Everybody of one run. What they leave behind goes with the users, who are deleted."""

    actor_class = Actor

    def __init__(self, learner: HttpRequest) -> None:
        super().__init__(learner)
        self.users: list[Any] = []
        self.registered: list[str] = []

    def user(self, who: str) -> Actor:
        """Return the browser of a new user, who is signed in at the site and has a note there."""
        name, password = f"guest-{secrets.token_hex(6)}", secrets.token_urlsafe(24)
        made = get_user_model().objects.create_user(name, password=password)  # type: ignore[attr-defined]
        self.users.append(made)
        Note.objects.create(user=made, text="A note that was made for an attack.")
        actor = self.actor(who)
        actor.signs_in(name, password)
        return actor

    def needs(self, *apps: App) -> None:
        """Raise NotRun unless these are registered as the demo does it."""
        rows = Client.objects.in_bulk([app.pk for app in apps])
        for app in apps:
            row = rows.get(app.pk)
            as_seeded = row and row.get_redirect_uris() == app.redirect_uris and row.check_secret(app.secret)
            if not as_seeded:
                raise NotRun(f"{app.name} is not registered as the demo does it, so nobody can play it: {HINT}")

    def registers(self, name: str, grants: tuple[str, ...]) -> App:
        """Register one more app like Paper & Ink, for this run."""
        app = App(f"guest-{secrets.token_hex(6)}", name, grants, PAPER.scopes, secrets.token_hex(32), PAPER.callback)
        app.row().save(force_insert=True)
        self.registered.append(app.pk)
        return app

    def go(self) -> None:
        """Delete what the run has made, also one that broke off: sessions, users with all that is theirs, clients."""
        store = import_module(settings.SESSION_ENGINE).SessionStore
        opened = {key for actor in self.actors for key in actor.opened if key}
        for row in UserSession.objects.filter(session_key__in=opened):
            row.end()
        for key in opened:
            store(key).delete()
        for user in self.users:
            user.delete()  # with consents, grants, codes and tokens, here and of allauth as it comes
        Client.objects.filter(pk__in=self.registered).delete()
        super().go()
