"""What one browser has done since its tour began, as its events and exchanges tell it. Nothing here takes a click
on "done" for an answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from http import HTTPStatus
from typing import Any

from django.urls import reverse

from authdemo.events.models import AuthEvent, AuthEventQuerySet, Mechanism, Verb
from authdemo.wire.models import Exchange


@dataclass(frozen=True)
class Journey:
    """One sign-in with a provider, leg by leg, the first first; and what it shows."""

    legs: list[Exchange] = field(default_factory=list)
    here: list[Exchange] = field(default_factory=list)  # all that the browser sent to this site until it came back

    @property
    def password_leg(self) -> Exchange | None:
        """The request to the provider that carried the password, None where it asked for none."""
        return next((leg for leg in self.legs if leg.leg == Exchange.Leg.OUTSIDE and "password" in kinds(leg)), None)

    @property
    def password_came_here(self) -> bool:
        """Whether this site got a password from this browser, by whatever request, while the sign-in was under way."""
        return any("password" in kinds(one) for one in self.here)

    @property
    def token_answer(self) -> Exchange | None:
        """The answer in which the provider gave tokens for the code (RFC 6749 §4.1.4)."""
        return next((leg for leg in self.legs if exchanges_a_code(leg) and leg.good), None)

    @property
    def given(self) -> list[str]:
        """The names of what the provider gave for the code."""
        return names(self.token_answer.response.get("body")) if self.token_answer else []

    @property
    def reported(self) -> bool:
        """Whether the provider told what it saw: the stand-ins do, the real GitHub does not."""
        return any(leg.leg == Exchange.Leg.OUTSIDE for leg in self.legs)


@dataclass(frozen=True)
class Evidence:
    """Of one browser, since a moment. All that is asked of its exchanges costs one statement together."""

    browser: str
    since: datetime

    @cached_property
    def exchanges(self) -> list[Exchange]:
        """All exchanges, the first first."""
        return list(Exchange.objects.of(self.browser).fresh().filter(at__gte=self.since).order_by("at"))

    @property
    def events(self) -> AuthEventQuerySet:
        """All events."""
        return AuthEvent.objects.in_browser(self.browser).since(self.since)

    @cached_property
    def opened_a_session(self) -> bool:
        """Whether somebody signed in with a password."""
        return self.events.of(Mechanism.SESSION).that(Verb.SIGNED_IN).exists()

    @property
    def known_by_session(self) -> Exchange | None:
        """The last time when the session cookie answered the question who this is."""
        path = reverse("sessions:whoami")
        return self._last(lambda one: one.path == path and one.mechanism == "session" and bool(one.username))

    @property
    def got_a_token(self) -> Exchange | None:
        """The last time when this browser, or its other device, was given tokens for a password."""
        path = reverse("jwt:login")
        return self._last(lambda one: one.path == path and one.status == HTTPStatus.OK and one.at_the_site)

    @property
    def known_by_token(self) -> Exchange | None:
        """The last stateless call that was answered with a name."""
        path = reverse("jwt:whoami")
        return self._last(lambda one: one.path == path and one.status == HTTPStatus.OK and one.at_the_site)

    def journey(self, provider_id: str) -> Journey:
        """Return the last sign-in (or connect) with this provider that brought tokens, else the last at all."""
        starts = {reverse(f"{provider_id}_login"), reverse("oauth:switch", args=[provider_id])}
        returned = False
        callback, found, under_way = reverse(f"{provider_id}_callback"), [Journey()], False
        for one in self.exchanges:
            if one.leg == Exchange.Leg.FRONT and one.method == "POST" and one.path.startswith(reverse("oauth:index")):
                under_way = one.path in starts
                returned = False
                if under_way:
                    found.append(Journey())
            if under_way and not returned and one.leg == Exchange.Leg.FRONT:
                found[-1].here.append(one)
                returned = one.path == callback
            if under_way and belongs(one, {*starts, callback}):
                found[-1].legs.append(one)
        return next((journey for journey in reversed(found) if journey.token_answer), found[-1])

    def _last(self, is_it: Callable[[Exchange], bool]) -> Exchange | None:
        return next((one for one in reversed(self.exchanges) if is_it(one)), None)


def belongs(exchange: Exchange, here: set[str]) -> bool:
    """Tell whether an exchange is part of a sign-in with a provider, as opposed to what else the browser asks for."""
    beside = {Exchange.Leg.BACK, Exchange.Leg.OUTSIDE}
    return exchange.leg in beside or (exchange.leg == Exchange.Leg.FRONT and exchange.path in here)


def exchanges_a_code(exchange: Exchange) -> bool:
    """Tell whether the site handed in an authorization code here."""
    body = exchange.request.get("body")
    fields = body.get("fields", []) if isinstance(body, dict) else []
    return exchange.leg == Exchange.Leg.BACK and ["grant_type", "authorization_code"] in fields


def kinds(exchange: Exchange) -> set[str]:
    """Return the kinds of the credentials that a request carried."""
    return {one["kind"] for one in exchange.carried}


def names(body: Any) -> list[str]:
    """Return the names of the fields in a redacted body."""
    return [name for name, _ in body.get("fields", [])] if isinstance(body, dict) else []
