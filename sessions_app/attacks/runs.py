"""The attacks that two clients can play: each function really sends them, and returns what came back.

A result is plain values, for JSON: `rows`, each with a label and the statuses of its calls (0: not there), and
whatever a page says besides.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeAlias

from django.conf import settings
from django.urls import reverse

from authdemo.wire import browser
from sessions_app.store import describe_store

from .cast import Actor, Cast, NotRun
from .naive import COOKIE as NAIVE_COOKIE

Result: TypeAlias = dict[str, Any]
OUT, IN = HTTPStatus.UNAUTHORIZED, HTTPStatus.OK
LAB = "/sessions/stores/signed_cookie/"


@dataclass(frozen=True)
class Place:
    """A sign-in of this site, with its own cookie: the site's, or the lab's with sessions in signed cookies."""

    slug: str
    words: str
    cookie: str
    path: str
    login: str
    whoami: str
    logout: str

    @property
    def called(self) -> str:
        """The short name that the story uses."""
        return self.slug.replace("_", " ")


def site() -> Place:
    """Return the site's own."""
    login, whoami, logout = (reverse(f"sessions:{name}") for name in ("login", "whoami", "logout"))
    words = f"This site: the record is {describe_store()}"
    return Place("site", words, settings.SESSION_COOKIE_NAME, "/", login, whoami, logout)


def lab() -> Place:
    """Return the lab's. Nothing of it is imported: it may not be there."""
    words = "Signed cookie: there is no record"
    return Place("signed_cookie", words, "lab_signed_cookie", LAB, f"{LAB}login/", f"{LAB}whoami/", f"{LAB}logout/")


def is_there(actor: Actor, place: Place) -> bool:
    """Ask for its sign-in page."""
    return actor.ask(place.login) == IN


# ---- Stolen cookie


def stolen_cookie(cast: Cast) -> Result:
    """A thief gets a copy of the cookie, the victim signs out, the thief sends the copy again. On both places."""
    return {"rows": [_steal(cast, place) for place in (site(), lab())]}


def _steal(cast: Cast, place: Place) -> Result:
    victim, thief = cast.actor(f"{place.called}: the victim"), cast.actor(f"{place.called}: the thief")
    if place.slug != "site" and not is_there(thief, place):
        return row(place, 0, 0)
    victim.sign_in(place.login)
    copy = victim.held(place.cookie)

    def send_the_copy() -> int:
        # The answer to an ended session tells a browser to forget the cookie. A thief does not listen.
        thief.hand(copy, place.cookie, place.path)
        return thief.ask(place.whoami)

    before = send_the_copy()
    # Any page with a form has the CSRF token that every form of this site takes.
    victim.post_form("A", reverse("attacks:colour"), place.logout, {})
    if victim.ask(place.whoami) == IN:
        raise NotRun("The victim could not sign out, so the copy proves nothing.")
    return row(place, before, send_the_copy())


def row(place: Place, *statuses: int) -> Result:
    """Return a row of the table."""
    return {"slug": place.slug, "words": place.words, "statuses": list(statuses)}


# ---- Fixation


def fixation(cast: Cast) -> Result:
    """An attacker plants the ID of their own session, the victim signs in with it. On the site, and the naive way."""
    return {"rows": [_fix_the_site(cast), _fix_the_naive(cast)]}


def _fix_the_site(cast: Cast) -> Result:
    place, attacker, victim = site(), cast.actor("site: the attacker"), cast.actor("site: the victim")
    colour = reverse("attacks:colour")
    # A visitor who keeps anything gets a session, without signing in. That is the ID that will be planted.
    attacker.post_form("A", colour, colour, {"colour": "plum"})
    planted = attacker.held(place.cookie)
    victim.hand(planted)
    victim.sign_in(place.login)
    changed = victim.held(place.cookie) != planted
    attacker.hand(planted)
    got = attacker.ask(place.whoami)
    victim.leave()
    return row(place, got) | {"changed": changed}


def _fix_the_naive(cast: Cast) -> Result:
    attacker, victim = cast.actor("naive: the attacker"), cast.actor("naive: the victim")
    path, login, whoami = (reverse(f"attacks:naive-{name}") for name in ("home", "login", "whoami"))
    place = Place("naive", "Wrong on purpose: the ID stays", NAIVE_COOKIE, path, login, whoami, "")
    attacker.ask(login)
    planted = attacker.held(place.cookie)
    victim.hand(planted, place.cookie, place.path)
    try:
        victim.sign_in(login)
        changed = victim.held(place.cookie) != planted
        got = attacker.ask(whoami)
    finally:
        victim.post_form("A", login, reverse("attacks:naive-logout"), {})
    return row(place, got) | {"changed": changed}


# ---- Tampered cookie


def tampered_cookie(cast: Cast) -> Result:
    """Send a signed cookie as it is, and with one character changed."""
    return {"rows": [_tamper_with_the_wire(cast), _tamper_with_a_session(cast)]}


def _tamper_with_the_wire(cast: Cast) -> Result:
    actor = cast.actor("wire: the forger")
    actor.post_form("A", reverse("wire:index"), reverse("wire:open"), {})
    place = Place("wire", "The cookie of the wire panel", browser.COOKIE, "/", "", reverse("wire:cards"), "")
    before, after = _twice(actor, place)
    # It answers with news of the panel: 200 or 204 to a browser that it knows, 286 to one that it does not.
    known: Callable[[int], int] = lambda status: IN if status in {200, 204} else OUT  # noqa: E731
    return row(place, known(before), known(after))


def _tamper_with_a_session(cast: Cast) -> Result:
    actor, place = cast.actor("signed cookie: the forger"), lab()
    if not is_there(actor, place):
        return row(place, 0, 0)
    actor.sign_in(place.login)
    return row(place, *_twice(actor, place))


def _twice(actor: Actor, place: Place) -> tuple[int, int]:
    value = actor.held(place.cookie)
    if ":" not in value:
        raise NotRun("There was no signed cookie to change.")
    before = actor.ask(place.whoami)
    actor.hand(changed(value), place.cookie, place.path)
    return before, actor.ask(place.whoami)


def changed(value: str) -> str:
    """Return a signed value with one character of its content changed, and the signature left as it was."""
    at = value.index(":") // 2
    other = "A" if value[at] != "A" else "B"
    return value[:at] + other + value[at + 1 :]
