"""People with a browser, that is a cookie jar: they go through the pages of the site and of the outside world."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import requests
from django.conf import settings
from django.urls import reverse

from authdemo.device.answers import body_of
from authdemo.device.transport import origins
from authdemo.trials import cast as trials
from authdemo.trials.attempts import NotRun
from authdemo.trials.cast import VICTIM, answered, may_sign_in, signed_in
from authdemo.trials.pages import Page

from .parties import COMPANIES, PASSWORD, Company

HELP = "python manage.py demo --outside"
ALICE, MALLORY, EVE = "alice.outside", "mallory.outside", "eve.outside"
STEPS = 8  # redirects that one may follow
REDIRECTS = {301, 302, 303, 307, 308}


class Person(trials.Actor):
    """One of them, with a browser."""

    def __init__(self, cast: trials.Cast[Any], who: str) -> None:
        super().__init__(cast, who)
        self.opened: set[str] = set()  # IDs of the site's sessions that were open in this browser
        self.answer: requests.Response | None = None  # of the page that was opened last

    def _call(self, *args: Any, **what: Any) -> requests.Response | None:
        """Send it, and note which session of the site is open afterwards."""
        response = super()._call(*args, **what)
        self.opened.add(self.held(settings.SESSION_COOKIE_NAME))
        return response

    # ---- Addresses, forms and redirects

    def visit(self, url: str, method: str = "GET", **what: Any) -> requests.Response:
        """Send a request to an address of this demo; no redirect is followed. Raises NotRun where nobody answers."""
        to = next((name for name, origin in origins().items() if url.startswith(f"{origin}/")), "")
        if not to:
            raise NotRun("The way led to an address that is none of this demo's.")
        response = self._call(self.session, method, to, url.removeprefix(origins()[to]), **what)
        if response is None:
            raise NotRun(
                f"The outside world does not answer (any more), so this was broken off. Start it: {HELP}"
                if to in {"providers", "hostile"}
                else "The site does not answer itself. Has it more than one thread to spare?"
            )
        self.answer = response
        return response

    def open(self, path: str, **what: Any) -> requests.Response:
        """GET a page of the site, or any whole address."""
        return self.visit(urljoin(f"{origins()['A']}/", path), **what)

    def follow(self, response: requests.Response, stop: str = "") -> requests.Response:
        """Follow redirects to a page, or until one leads to an address that begins with `stop`: that is not opened."""
        for _ in range(STEPS):
            if response.status_code not in REDIRECTS:
                return response
            url = urljoin(response.url, response.headers["Location"])
            if stop and url.startswith(stop):
                return response
            response = self.visit(url)
        raise NotRun("The redirects went round in circles.")

    def press(self, page: requests.Response, having: str, **fields: str) -> requests.Response:
        """Send the form that has this hidden field, as a browser does. Raises NotRun where there is none."""
        form = Page(page.text).form_with(having)
        if form is None:
            raise NotRun(f"A page of {urlsplit(page.url).netloc} has no form to go on with ({page.status_code}).")
        parts = urlsplit(page.url)
        headers = {"Origin": f"{parts.scheme}://{parts.netloc}", "Referer": page.url}
        return self.visit(urljoin(page.url, form.action), "POST", data=form.sent(**fields), headers=headers)

    # ---- At the site and at the naive app

    def begins(self, company: Company, query: str = "") -> str:
        """Press the site's button "Sign in with …", and return the address at the provider that it leads to."""
        index = reverse("oauth:index")
        answer = self.post_form("A", index, company.login + query, {})
        return self._leads_to(answered(answer))

    def begins_naively(self, slug: str, query: str = "") -> str:
        """The same at the app that is wrong on purpose, as it is for this attack."""
        return self._leads_to(self.open(reverse("oauth_attacks:naive-login", args=[slug]) + query))

    def _leads_to(self, answer: requests.Response) -> str:
        if answer.status_code not in REDIRECTS:
            raise NotRun(f"The sign-in could not begin. {said(answer)} ({answer.status_code})")
        return answer.headers["Location"]

    def whoami(self, path: str = "") -> str:
        """Return as whom the site (or the address `path`) knows this browser, "" for nobody."""
        keep = self.answer
        user = body_of(self.open(path or reverse("sessions:whoami"))).get("user") or {}
        self.answer = keep
        return str(user.get("username", "")) if isinstance(user, dict) else ""

    def naive_whoami(self) -> str:
        """The same at the naive app."""
        return self.whoami(reverse("oauth_attacks:naive-whoami"))

    def signs_in_here(self) -> None:
        """Type the password of an account of this site. Raises NotRun."""
        may_sign_in()
        page = reverse("sessions:login")
        signed_in(self.post_form("A", page, page, {"username": VICTIM, "password": PASSWORD}), 200, 302)

    # ---- At the provider

    def consents(self, authorize: str, name: str) -> str:
        """Sign in at the provider, allow what is asked for, and return the address that it sends the browser to.

        That address has the code. It is not opened: in an attack it is somebody else who does that, or nobody.
        """
        page = self.follow(self.visit(authorize))
        if page.status_code == 200 and Page(page.text).form_with("next"):
            page = self.press(page, "next", username=name, password=PASSWORD)
            if page.status_code == 429:
                raise NotRun(f"{name} is locked at the provider. Wait {page.headers['Retry-After']} seconds.")
            if page.status_code == 401:
                raise NotRun(f"{name} has another password at the provider than the demo's, so nobody can sign in.")
            page = self.follow(page)
        if page.status_code != 200:
            raise NotRun(f"The provider did not ask for consent. {said(page)} ({page.status_code})")
        answer = self.press(page, "request", action="grant")
        if answer.status_code not in REDIRECTS:
            raise NotRun(f"The provider gave no code. {said(answer)} ({answer.status_code})")
        return answer.headers["Location"]

    def leaves_the_provider(self) -> None:
        """End the sessions that this browser has there. A provider that is gone has no say in it."""
        token = self.held("outside_csrf")
        for slug in COMPANIES:
            if self.held(f"outside_{slug}"):
                form = {"csrfmiddlewaretoken": token}
                self._call(self.session, "POST", "providers", f"/{slug}/logout", data=form)


def said(response: requests.Response) -> str:
    """Return what a page or an API says, in some words."""
    found = body_of(response)
    if found:
        return str(found.get("detail", ""))[:300]
    return Page(response.text).says if "html" in response.headers.get("Content-Type", "") else ""


def parameter(url: str, name: str) -> str:
    """Return a parameter of an address, "" where it has none."""
    return parse_qs(urlsplit(url).query).get(name, [""])[0]


def with_parameters(url: str, changed: Mapping[str, str | None]) -> str:
    """Return the address with these parameters in the place of its own; None takes one away."""
    parts = urlsplit(url)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()} | dict(changed)
    kept = {name: value for name, value in query.items() if value is not None}
    return parts._replace(query=urlencode(kept)).geturl()
