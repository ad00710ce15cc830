"""Somebody with a browser, played by this server: at the site, and at a stand-in with a guest account."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from authdemo.experiments import NotTried
from authdemo.trials.pages import Page

from .calls import timeout
from .sessions import ShownSession

REDIRECTS = 10
START = "The stand-ins may not be running. To start them: python manage.py demo --outside"


class Trip:
    """One cookie jar for both sides. What it sends goes to this site and to its stand-ins, and nowhere else."""

    def __init__(self, learner: HttpRequest, provider: Any) -> None:
        self.session = ShownSession(timeout(), learner)
        self.session.noting = False
        self.provider = provider
        self.there = str(provider.app.settings["apps_url"]).removesuffix("apps")
        self.origins = {f"{one.scheme}://{one.netloc}/" for one in map(urlsplit, (settings.SITE_URL, self.there))}

    def here(self, name: str) -> str:
        """Return the address of a page of the site, by its URL's name or path."""
        return settings.SITE_URL + (name if name.startswith("/") else reverse(name))

    def get(self, url: str, **what: Any) -> requests.Response:
        """GET, redirects not followed. Raises NotTried where nobody answers."""
        return self._send("GET", url, **what)

    def post(self, page: str, url: str, fields: dict[str, Any]) -> requests.Response:
        """Open a page, and send a form of it with these fields and its CSRF token."""
        form = Page(self.get(page).text).form_with("csrfmiddlewaretoken")
        token = dict(form.fields)["csrfmiddlewaretoken"] if form else ""
        return self._send("POST", url, data={"csrfmiddlewaretoken": token} | fields)

    def _send(self, method: str, url: str, **what: Any) -> requests.Response:
        if not url.startswith(tuple(self.origins)):
            raise NotTried("A page led away from this demo.")
        try:
            return self.session.request(method, url, **what)
        except requests.RequestException:
            start = f" {START}" if url.startswith(self.there) else ""
            raise NotTried(f"{urlsplit(url).netloc} did not answer.{start}") from None

    def follow(self, answer: requests.Response) -> requests.Response:
        """Follow redirects until there is a page."""
        for _ in range(REDIRECTS):
            if not answer.is_redirect:
                return answer
            answer = self.get(urljoin(answer.url, answer.headers["Location"]))
        raise NotTried("Redirects went round in circles.")

    # ---- The steps

    def sign_in_here(self, username: str, password: str) -> None:
        """Open a session by the site's own form."""
        page = self.follow(self.get(self.here("account_login"))).url
        answer = self.post(page, page, {"username": username, "password": password})
        self._must(answer.status_code == HTTPStatus.FOUND, "The sign-in here", answer)

    def become_a_guest_there(self) -> None:
        """Make a guest account at the provider, which signs in there."""
        answer = self.post(f"{self.there}signup", f"{self.there}signup", {})
        self._must(answer.status_code == HTTPStatus.FOUND, "The guest account at the provider", answer)

    def connect(self) -> None:
        """Connect the guest account: to the provider, "Allow", and back."""
        start = {"process": "connect"}
        answer = self.post(self.here("oauth:connections"), self.here(self.provider.login_url), start)
        consent = self.follow(answer)
        form = Page(consent.text).form_with("request")
        if form is None:
            raise NotTried(f"The way to the provider's consent page was answered with {consent.status_code}.")
        end = self.follow(self._send("POST", consent.url, data=form.sent(action="grant")))
        self._must(end.url == self.here("oauth:connections"), "The way back", end)

    def sign_out_here(self) -> None:
        """End the session."""
        self.post(self.here("oauth:index"), self.here("account_logout"), {})

    def sign_out_there(self) -> None:
        """End the provider's session."""
        self.post(f"{self.there}logout", f"{self.there}logout", {})

    def disconnect(self, account: int) -> None:
        """Press "Disconnect"."""
        self.post(self.here("oauth:connections"), self.here("oauth:connections"), {"account": account})

    def remove_app(self) -> None:
        """Press "Remove access" on the provider's page."""
        page = f"{self.there}apps"
        self.post(page, page, {"client_id": self.provider.app.client_id, "action": "remove"})

    def _must(self, right: bool, what: str, answer: requests.Response) -> None:
        if not right:
            raise NotTried(f"{what} was answered with {answer.status_code}.")
