"""What somebody's app, this site and one browser have said to each other, out of what the wire has kept.

Each `state` that an app has made begins a chapter: the app asked, the user answered, a code was changed for tokens.
The calls that were made with those tokens belong to it as well. Both ends say so on their own: the app names the state
by which it got the token that it uses, and the site knows each token by the code that it came of.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.urls import resolve, reverse

from authdemo.wire.flows import AUTHORIZATION
from authdemo.wire.followed import REVOKE
from authdemo.wire.models import Exchange

from ..flow.legs import location, states

FROM_THE_APP = {Exchange.Leg.CALL, Exchange.Leg.TOLD}
OURS = {Exchange.Leg.FRONT, Exchange.Leg.CALL}
TAKEN_BACK = "provider:revoke"


@dataclass
class Leg:
    """One request and its answer: the site's own record, what the app tells, or both of the same call.

    `during` are the calls that the app has made to answer it.
    """

    site: Exchange | None = None
    app: Exchange | None = None
    during: list[Leg] = field(default_factory=list)

    @property
    def one(self) -> Exchange:
        """Return what is drawn: our own record, which has more, where there is one."""
        if self.site:
            return self.site
        if self.app:
            return self.app
        raise ValueError("a leg that nobody tells of")

    @property
    def by_the_app(self) -> bool:
        """Tell whether the app has called the site: then there are two who could tell of it."""
        return self.one.leg in FROM_THE_APP

    @property
    def at(self) -> datetime:
        """When it began. An app's call begins where the app sends it."""
        return (self.app or self.one).at

    @property
    def ends(self) -> datetime:
        """When its answer was there."""
        return self.at + timedelta(microseconds=(self.app or self.one).microseconds)

    @property
    def flow(self) -> str:
        """Return the fingerprint of the state that it belongs to. The app's word, where it has told."""
        return (self.app or self.one).flow


@dataclass
class Chapter:
    """What began with one `state`: until the app has its tokens, and what came later of them.

    `given_back` while it was about something else: an app that has new tokens gives back those before.
    """

    state: str
    legs: list[Leg]
    given_back: bool = False

    @property
    def all(self) -> list[Leg]:
        """Return each leg, a call after the request that it was made for."""
        return [each for leg in self.legs for each in (leg, *leg.during)]

    @property
    def callback(self) -> Leg | None:
        """Return the request that brought the browser back to the app, None while it has not."""
        return next((leg for leg in self.legs if leg.one.leg == Exchange.Leg.APP and is_answer(leg.one)), None)

    @property
    def parts(self) -> tuple[list[Leg], list[Leg]]:
        """Return the legs until the browser was back, and those after that."""
        back = self.callback
        number = self.legs.index(back) + 1 if back else len(self.legs)
        return self.legs[:number], self.legs[number:]


def is_answer(exchange: Exchange) -> bool:
    """Tell whether the browser brings an answer to the app: a code or an error, and the state."""
    names = {name for name, _ in exchange.request.get("query", [])}
    return "state" in names and bool(names & {"code", "error"})


def is_authorization(exchange: Exchange) -> bool:
    """Tell whether the browser brought an app's request, or the user's answer to it, to this site."""
    return exchange.leg == Exchange.Leg.FRONT and exchange.path == reverse(AUTHORIZATION)


def chapters(browser: str) -> list[Chapter]:
    """Return what one browser has seen of apps in the last hour, in order."""
    kinds = (Exchange.Leg.FRONT, Exchange.Leg.APP, *FROM_THE_APP)
    kept = Exchange.objects.of(browser).fresh().filter(leg__in=kinds) if browser else Exchange.objects.none()
    exchanges = list(kept.order_by("at", "id"))
    known = dict.fromkeys(state for one in exchanges for state in _of_apps(one))
    legs = paired(one for one in exchanges if one.flow)
    given_back = {leg.site.flow for leg in legs if leg.site and leg.site.flow != leg.flow and gives_back(leg.site)}
    told = nested(legs)
    front = [one for one in exchanges if one.leg == Exchange.Leg.FRONT]
    found = []
    for state in known:
        here = [leg for leg in told if leg.flow == state]
        here += [Leg(site=one) for one in front if state in set(states(parameters(one)))]
        found.append(Chapter(state, sorted(here, key=lambda leg: leg.at), state in given_back))
    found.sort(key=lambda chapter: chapter.legs[0].at)
    for one in front:
        if taken_back(one):
            _put_in(found, Leg(site=one))
    return found


def _of_apps(exchange: Exchange) -> set[str]:
    if exchange.flow:
        return {exchange.flow}
    return set(states(parameters(exchange))) if is_authorization(exchange) else set()


def parameters(exchange: Exchange) -> list[Any]:
    """Return what a request and its answer carry on. Headers do not: a referrer is of the page before."""
    return [exchange.request.get("query"), exchange.request.get("body"), location(exchange)]


def gives_back(exchange: Exchange) -> bool:
    """Tell whether an app has given a token back."""
    return exchange.path == REVOKE and exchange.good


def taken_back(exchange: Exchange) -> bool:
    """Tell whether the user has taken some app's access back here."""
    if exchange.method != "POST" or not exchange.path.endswith("/revoke/") or exchange.leg != Exchange.Leg.FRONT:
        return False
    return resolve(exchange.path).view_name == TAKEN_BACK


def _put_in(found: list[Chapter], leg: Leg) -> None:
    """Put it into the chapter that was under way then. Its form names no state."""
    before = [chapter for chapter in found if chapter.legs[0].at <= leg.at]
    if before:
        before[-1].legs = sorted([*before[-1].legs, leg], key=lambda one: one.at)


def paired(exchanges: Iterable[Exchange]) -> list[Leg]:
    """Join the two ends of each call: the app names the number that our answer had (`X-Request-ID`)."""
    legs, ours = [], {}
    for one in exchanges:
        if one.leg == Exchange.Leg.CALL:
            ours[one.pk] = Leg(site=one)
        else:
            legs.append(Leg(app=one))
    for leg in legs:
        theirs = leg.app
        if theirs and theirs.leg == Exchange.Leg.TOLD and theirs.other_end in ours:
            leg.site = ours.pop(theirs.other_end).site
    return sorted([*legs, *ours.values()], key=lambda leg: leg.at)


def nested(legs: list[Leg]) -> list[Leg]:
    """Put the app's calls into the request of the browser that it made them for."""
    asked = [leg for leg in legs if leg.one.leg == Exchange.Leg.APP]
    top: list[Leg] = []
    for leg in legs:
        parent = next((one for one in asked if leg.by_the_app and one.flow == leg.flow and _within(leg, one)), None)
        (parent.during if parent else top).append(leg)
    return top


def _within(leg: Leg, parent: Leg) -> bool:
    return parent.at <= leg.at <= parent.ends
