"""The chapters as arrows between browser, site and app, with what each end tells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from authdemo.wire.models import Exchange

from ..flow import marks
from ..flow.diagram import Message, explained, flat
from ..flow.legs import location
from . import words
from .ends import End, carried, differences, ends, verdict
from .legs import Chapter, Leg, is_answer, is_authorization
from .parameters import MEANINGS, OF_AN_ERROR

LANES = {
    Exchange.Leg.FRONT: ("browser", "site"),
    Exchange.Leg.APP: ("browser", "app"),
    Exchange.Leg.CALL: ("app", "site"),
    Exchange.Leg.TOLD: ("app", "site"),
}
TOLD_IN_HEADERS = {"authorization", "www-authenticate"}


@dataclass(frozen=True)
class Arrow(Message):
    """A message, with who tells of it. `note` compares it with what was sent a leg before."""

    ends: list[End] = field(default_factory=list)
    verdict: str = ""
    differs: bool = False
    note: str = ""
    changed: bool = False


@dataclass(frozen=True)
class Part:
    """Some of the arrows of a chapter. `calls` is how many calls of the app there are in it."""

    later: bool
    arrows: list[Arrow]
    calls: int


@dataclass(frozen=True)
class Drawn:
    """A chapter, ready for the page."""

    number: int
    title: str
    app: str
    outcome: str
    good: bool
    whole: bool
    parts: list[Part]

    @property
    def seconds(self) -> float:
        """How long the first part took, with the user's own reading and typing."""
        return max((arrow.after for arrow in self.parts[0].arrows), default=0) / 1000


def drawn(found: list[Chapter]) -> list[Drawn]:
    """Return the chapters; legs are numbered through all of them."""
    numbers = {id(leg): number for number, leg in enumerate((leg for one in found for leg in one.all), start=1)}
    names = words.names_of_apps(found)
    return [_chapter(number, one, numbers, names) for number, one in enumerate(found, start=1)]


def _chapter(number: int, chapter: Chapter, numbers: dict[int, int], names: dict[str, str]) -> Drawn:
    began = chapter.legs[0].at
    first, later = chapter.parts
    parts = [Part(False, list(arrows(chapter, first, began, numbers)), _calls(first))]
    if later:
        parts.append(Part(True, list(arrows(chapter, later, began, numbers)), _calls(later)))
    outcome, good = words.outcome(chapter)
    whole = any(is_authorization(leg.one) for leg in chapter.legs)
    return Drawn(number, words.title(chapter, names), words.app(chapter, names), outcome, good, whole, parts)


def _calls(legs: list[Leg]) -> int:
    return sum(each.by_the_app for leg in legs for each in (leg, *leg.during))


def arrows(chapter: Chapter, legs: list[Leg], began: datetime, numbers: dict[int, int]) -> Iterator[Arrow]:
    """Yield request and answer of each leg; what the app asked meanwhile stands between the two."""
    for leg in legs:
        yield _asked(chapter, leg, began, numbers[id(leg)])
        for call in leg.during:
            yield _asked(chapter, call, began, numbers[id(call)])
            yield _answered(call, began, numbers[id(call)])
        yield _answered(leg, began, numbers[id(leg)])


def _asked(chapter: Chapter, leg: Leg, began: datetime, number: int) -> Arrow:
    one = leg.one
    source, target = LANES[Exchange.Leg(one.leg)]
    body = one.request.get("body")
    pairs = [*one.request.get("query", []), *flat(body), *_headers(one.request)]
    note, changed = as_sent(chapter, leg)
    password = "password" in {name for name, _ in flat(body)}
    return Arrow(
        number, source, target, False, words.asked(one), f"{one.method} {one.path}", _after(leg.at, began), 0,
        *explained(pairs, MEANINGS), marks.marks(one), password_to=marks.origin_of(one) if password else "",
        note=note, changed=changed,
    )  # fmt: skip


def _answered(leg: Leg, began: datetime, number: int) -> Arrow:
    one = leg.one
    target, source = LANES[Exchange.Leg(one.leg)]
    to = location(one)
    pairs = [["Location", {"url": to["url"]}], *to.get("query", [])] if to else []
    meanings = MEANINGS if one.good else OF_AN_ERROR
    parameters, others = explained([*pairs, *_headers(one.response), *flat(one.response.get("body"))], meanings)
    cookies = [f"sets the cookie {one['name']}" for one in one.response.get("cookies", []) if not one.get("ends")]
    line = f"{one.status} {one.reason}" if one.status else one.reason
    return Arrow(
        number, source, target, True, words.answered(one), line, _after(leg.ends, began),
        (leg.ends - leg.at).total_seconds() * 1000, parameters, [*cookies, *others], [], good=one.good,
        ends=ends(leg), verdict=verdict(leg), differs=bool(differences(leg)),
    )  # fmt: skip


def _headers(side: dict[str, Any]) -> list[Any]:
    return [pair for pair in side.get("headers", []) if pair[0].lower() in TOLD_IN_HEADERS]


def _after(at: datetime, began: datetime) -> float:
    return (at - began).total_seconds() * 1000


def as_sent(chapter: Chapter, leg: Leg) -> tuple[str, bool]:
    """Compare what the browser brings with what the other end gave it to carry: the app's request, and our answer."""
    one = leg.one
    if is_authorization(one) and one.method == "GET":
        before = [
            each.one for each in chapter.legs if each.one.leg == Exchange.Leg.APP and _has(each, "response_type")
        ]
    elif one.leg == Exchange.Leg.APP and is_answer(one):
        before = [
            each.one for each in chapter.legs if each.one.leg == Exchange.Leg.FRONT and _has(each, "code", "error")
        ]
    else:
        return "", False
    before = [each for each in before if each.at <= one.at]
    return carried(before[-1], one) if before else ("", False)


def _has(leg: Leg, *names: str) -> bool:
    """Tell whether the answer leads to an address with such a parameter."""
    return bool({name for name, _ in location(leg.one).get("query", [])} & set(names))
