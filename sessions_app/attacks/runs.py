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
class Target:
    """What is attacked: a cookie, and the pages that set it and ask for it. "" is a page that it does not have."""

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


def site() -> Target:
    """Return the site's own."""
    login, whoami, logout = (reverse(f"sessions:{name}") for name in ("login", "whoami", "logout"))
    words = f"This site: the record is {describe_store()}"
    return Target("site", words, settings.SESSION_COOKIE_NAME, "/", login, whoami, logout)


def lab() -> Target:
    """Return the lab's. Nothing of it is imported: it may not be there."""
    words = "Signed cookie: there is no record"
    return Target("signed_cookie", words, "lab_signed_cookie", LAB, f"{LAB}login/", f"{LAB}whoami/", f"{LAB}logout/")


def is_there(actor: Actor, target: Target) -> bool:
    """Ask for its sign-in page."""
    return actor.ask(target.login) == IN


# ---- Stolen cookie


def stolen_cookie(cast: Cast) -> Result:
    """A thief gets a copy of the cookie, the victim signs out, the thief sends the copy again. On both targets."""
    return {"rows": [_steal(cast, target) for target in (site(), lab())]}


def _steal(cast: Cast, target: Target) -> Result:
    victim, thief = cast.actor(f"{target.called}: the victim"), cast.actor(f"{target.called}: the thief")
    if target.slug != "site" and not is_there(thief, target):
        return row(target, 0, 0)
    victim.sign_in(target.login)
    copy = victim.held(target.cookie)

    def send_the_copy() -> int:
        # The answer to an ended session tells a browser to forget the cookie. A thief does not listen.
        thief.hand(copy, target.cookie, target.path)
        return thief.ask(target.whoami)

    before = send_the_copy()
    # Any page with a form has the CSRF token that every form of this site takes.
    victim.post_form("A", reverse("attacks:colour"), target.logout, {})
    if victim.ask(target.whoami) == IN:
        raise NotRun("The victim could not sign out, so the copy proves nothing.")
    return row(target, before, send_the_copy())


def row(target: Target, *statuses: int) -> Result:
    """Return a row of the table."""
    return {"slug": target.slug, "words": target.words, "statuses": list(statuses)}


# ---- Fixation


def fixation(cast: Cast) -> Result:
    """An attacker plants the ID of their own session, the victim signs in with it. On the site, and the naive way."""
    return {"rows": [_fix_the_site(cast), _fix_the_naive(cast)]}


def _fix_the_site(cast: Cast) -> Result:
    target, attacker, victim = site(), cast.actor("site: the attacker"), cast.actor("site: the victim")
    colour = reverse("attacks:colour")
    # A visitor who keeps anything gets a session, without signing in. That is the ID that will be planted.
    attacker.post_form("A", colour, colour, {"colour": "plum"})
    planted = attacker.held(target.cookie)
    victim.hand(planted)
    victim.sign_in(target.login)
    changed = victim.held(target.cookie) != planted
    attacker.hand(planted)
    got = attacker.ask(target.whoami)
    victim.leave()
    return row(target, got) | {"changed": changed}


def _fix_the_naive(cast: Cast) -> Result:
    attacker, victim = cast.actor("naive: the attacker"), cast.actor("naive: the victim")
    path, login, whoami = (reverse(f"attacks:naive-{name}") for name in ("home", "login", "whoami"))
    target = Target("naive", "Wrong on purpose: the ID stays", NAIVE_COOKIE, path, login, whoami, "")
    attacker.ask(login)
    planted = attacker.held(target.cookie)
    victim.hand(planted, target.cookie, target.path)
    try:
        victim.sign_in(login)
        changed = victim.held(target.cookie) != planted
        got = attacker.ask(whoami)
    finally:
        victim.post_form("A", login, reverse("attacks:naive-logout"), {})
    return row(target, got) | {"changed": changed}


# ---- Tampered cookie


def tampered_cookie(cast: Cast) -> Result:
    """Send a signed cookie as it is, and with one character changed."""
    return {"rows": [_tamper_with_the_wire(cast), _tamper_with_a_session(cast)]}


def _tamper_with_the_wire(cast: Cast) -> Result:
    actor = cast.actor("wire: the forger")
    actor.post_form("A", reverse("wire:index"), reverse("wire:open"), {})
    target = Target("wire", "The cookie of the wire panel", browser.COOKIE, "/", "", reverse("wire:cards"), "")
    before, after = _twice(actor, target)
    # It answers with news of the panel: 200 or 204 to a browser that it knows, 286 to one that it does not.
    known: Callable[[int], int] = lambda status: IN if status in {200, 204} else OUT  # noqa: E731
    return row(target, known(before), known(after))


def _tamper_with_a_session(cast: Cast) -> Result:
    actor, target = cast.actor("signed cookie: the forger"), lab()
    if not is_there(actor, target):
        return row(target, 0, 0)
    actor.sign_in(target.login)
    return row(target, *_twice(actor, target))


def _twice(actor: Actor, target: Target) -> tuple[int, int]:
    value = actor.held(target.cookie)
    if ":" not in value:
        raise NotRun("There was no signed cookie to change.")
    before = actor.ask(target.whoami)
    actor.hand(changed(value), target.cookie, target.path)
    return before, actor.ask(target.whoami)


def changed(value: str) -> str:
    """Return a signed value with one character of its content changed, and the signature left as it was."""
    at = value.index(":") // 2
    other = "A" if value[at] != "A" else "B"
    return value[:at] + other + value[at + 1 :]
