"""The last sign-in of one browser, out of what the wire has kept: which exchanges belong to it, and in which order.

A flow is known by the fingerprint of its `state`, which comes by on every leg of the front channel (RFC 6749 §10.12).
A call of the back channel belongs to the request during which it was made.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse

from authdemo.wire.models import Exchange

CALLBACK = "/login/callback/"


@dataclass
class Flow:
    """One sign-in: its exchanges in the order in which they began, and which calls were made during which."""

    exchanges: list[Exchange]
    during: dict[Any, list[Exchange]] = field(default_factory=dict)

    @property
    def began(self) -> datetime:
        """When the browser asked for it."""
        return self.exchanges[0].at

    @property
    def back_channel(self) -> list[Exchange]:
        """The site's own calls to the provider, in order."""
        return [one for one in self.all if one.leg == Exchange.Leg.BACK]

    @property
    def all(self) -> list[Exchange]:
        """Each exchange, a call after the request during which it was made."""
        return [each for one in self.exchanges for each in (one, *self.during.get(one.pk, []))]

    @property
    def callback(self) -> Exchange | None:
        """The request that brought the browser back and was dealt with; None while it is on its way."""
        back = [one for one in self.exchanges if is_callback(one) and not is_pause(one)]
        return back[0] if back else None


def is_callback(exchange: Exchange) -> bool:
    """Tell whether the browser came back from a provider by it."""
    return exchange.leg == Exchange.Leg.FRONT and exchange.path.endswith(CALLBACK)


def is_pause(exchange: Exchange) -> bool:
    """Tell whether slow motion has answered it: a page that waits, or the button of that page."""
    if exchange.leg != Exchange.Leg.FRONT:
        return False
    if exchange.path == reverse("flow:next"):
        return True
    return is_callback(exchange) and (exchange.method == "POST" or (exchange.status == 200))


def location(exchange: Exchange) -> dict[str, Any]:
    """Return where the answer leads, as `redaction.url` has kept it; empty for an answer that leads nowhere."""
    headers = exchange.response.get("headers", [])
    found = next((value for name, value in headers if name.lower() == "location"), None)
    return found if isinstance(found, dict) and "url" in found else {}


def begins(exchange: Exchange) -> bool:
    """Tell whether this answer of the site sends the browser to a provider, with a state."""
    to = location(exchange)
    return exchange.leg == Exchange.Leg.FRONT and "://" in to.get("url", "") and bool(set(states(to.get("query", []))))


def states(kept: Any) -> Iterator[str]:
    """Yield the fingerprint of each `state` in what the wire has kept."""
    if isinstance(kept, dict):
        if kept.get("kind") == "state" and "fingerprint" in kept:
            yield str(kept["fingerprint"])
        kept = list(kept.values())
    if isinstance(kept, list):
        for part in kept:
            yield from states(part)


def last_flow(browser: str) -> Flow | None:
    """Return the last sign-in that this browser has begun while its panel was open, None where there is none."""
    legs = (Exchange.Leg.FRONT, Exchange.Leg.OUTSIDE, Exchange.Leg.BACK)
    kept = Exchange.objects.of(browser).fresh().filter(leg__in=legs) if browser else Exchange.objects.none()
    exchanges = list(kept.order_by("at", "id"))
    started = [one for one in exchanges if begins(one)]
    if not started:
        return None
    state = next(states(location(started[-1])["query"]))
    front = [one for one in exchanges if one.leg != Exchange.Leg.BACK]
    of_it = [one for one in front if state in set(states(_parameters(one)))]
    of_it = [*_before(of_it[0], front), *of_it]
    return Flow(of_it, {one.pk: _during(one, exchanges) for one in of_it if one.leg == Exchange.Leg.FRONT})


def _parameters(exchange: Exchange) -> list[Any]:
    """Headers are none: a page that one opens after the callback names the callback's address as its referrer."""
    return [exchange.request.get("query"), exchange.request.get("body"), location(exchange)]


def _before(first: Exchange, front: list[Exchange]) -> list[Exchange]:
    """Return what slow motion has put before the first leg that has the state: the button, and the page that waits."""
    waiting = reverse("flow:next")
    if first.path != waiting:
        return []
    earlier = [one for one in front if one.at < first.at]
    pressed = [number for number, one in enumerate(earlier) if location(one).get("url", "").endswith(waiting)]
    if not pressed:
        return []
    button, pages = earlier[pressed[-1]], earlier[pressed[-1] + 1 :]
    return [button, *(one for one in pages if one.path == waiting)]


def _during(parent: Exchange, exchanges: list[Exchange]) -> list[Exchange]:
    end = parent.at + timedelta(microseconds=parent.microseconds)
    return [
        one
        for one in exchanges
        if one.leg == Exchange.Leg.BACK and one.instance == parent.instance and parent.at <= one.at <= end
    ]
