"""The flow as messages between browser, site and provider: each exchange is a request and, when it came, an answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.urls import reverse

from authdemo.wire.models import Exchange
from authdemo.wire.redaction import LONG

from . import marks
from .legs import Flow, is_callback, is_pause, location
from .parameters import MEANINGS, Meaning

LANES = {
    Exchange.Leg.FRONT: ("browser", "site"),
    Exchange.Leg.OUTSIDE: ("browser", "provider"),
    Exchange.Leg.BACK: ("site", "provider"),
}
LONG_AGO = 10_000  # milliseconds


@dataclass(frozen=True)
class Parameter:
    """A name with its value as the wire has kept it, and what it is for. `same` is a fingerprint, "" where none.

    `short`: the wire shows no character of it, since it has few.
    """

    name: str
    shown: str
    meaning: Meaning
    kind: str = ""
    same: str = ""
    short: bool = False


@dataclass(frozen=True)
class Message:
    """One arrow. Times are in milliseconds: `after` since the flow began, `took` until the answer was there."""

    number: int
    source: str
    target: str
    answer: bool
    title: str
    line: str
    after: float
    took: float
    parameters: list[Parameter]
    others: list[str]
    marks: list[marks.Mark]
    password_to: str = ""
    good: bool = True
    pause: bool = False

    @property
    def lane(self) -> str:
        """Between whom, whichever the direction."""
        return "-".join(sorted((self.source, self.target)))

    @property
    def direction(self) -> str:
        """Where the arrow points: the participants stand side by side in this order."""
        columns = {"browser": 1, "site": 2, "provider": 3, "app": 3}
        return "right" if columns[self.source] < columns[self.target] else "left"

    @property
    def when(self) -> str:
        """How long after the flow began, in words."""
        return f"{self.after:.1f} ms" if self.after < LONG_AGO else f"{self.after / 1000:.1f} s"

    @property
    def channel(self) -> str:
        """By the browser, or past it."""
        return "front channel" if "browser" in (self.source, self.target) else "back channel"


def messages(flow: Flow, calls: int | None = None) -> list[Message]:
    """Return the arrows in order. With `calls`, those up to this call of the back channel (1 is the first)."""
    found: list[Message] = []
    numbers = {one.pk: number for number, one in enumerate(flow.all, start=1)}
    made = 0
    for one in flow.exchanges:
        found.append(_asked(flow, one, numbers[one.pk]))
        for call in flow.during.get(one.pk, []):
            made += 1
            found += [_asked(flow, call, numbers[call.pk]), _answered(flow, call, numbers[call.pk])]
            if made == calls:
                return found
        found.append(_answered(flow, one, numbers[one.pk]))
    return found


def _asked(flow: Flow, one: Exchange, number: int) -> Message:
    source, target = LANES[Exchange.Leg(one.leg)]
    pairs = [*one.request.get("query", []), *_fields(one)]
    pairs += [pair for pair in one.request.get("headers", []) if pair[0].lower() == "authorization"]
    return Message(
        number, source, target, False, _title(one), f"{one.method} {one.path}", _since(flow, one.at.timestamp()),
        one.microseconds / 1000, *explained(pairs), marks.marks(one),
        password_to=marks.origin_of(one) if "password" in names_in(one) else "", pause=is_pause(one),
    )  # fmt: skip


def _fields(one: Exchange) -> list[list[Any]]:
    """Return the fields of the form. Of a provider’s we know names only: one of the address has its value there."""
    fields = (one.request.get("body") or {}).get("fields", [])
    if one.leg != Exchange.Leg.OUTSIDE:
        return list(fields)
    told = {name for name, _ in one.request.get("query", [])}
    return [[f"{name}, as a field of the form, too" if name in told else name, value] for name, value in fields]


def _answered(flow: Flow, one: Exchange, number: int) -> Message:
    target, source = LANES[Exchange.Leg(one.leg)]
    to = location(one)
    pairs = [["Location", {"url": to["url"]}], *to.get("query", [])] if to else []
    pairs += flat(one.response.get("body"))
    took = one.microseconds / 1000
    line = f"{one.status} {one.reason}" if one.status else one.reason
    cookies = [f"sets the cookie {one['name']}" for one in one.response.get("cookies", []) if not one.get("ends")]
    parameters, others = explained(pairs)
    return Message(
        number, source, target, True, _outcome(one), line, _since(flow, one.at.timestamp()) + took, took, parameters,
        [*cookies, *others], [], good=one.good, pause=is_pause(one),
    )  # fmt: skip


def _since(flow: Flow, at: float) -> float:
    return (at - flow.began.timestamp()) * 1000


def flat(body: Any) -> list[Any]:
    """Return the pairs of a JSON object, and those of the first object of a list."""
    if isinstance(body, dict) and body.get("items"):
        return flat(body["items"][0])
    return list(body.get("fields", [])) if isinstance(body, dict) else []


def explained(pairs: Iterable[Any], meanings: Mapping[str, Meaning] = MEANINGS) -> tuple[list[Parameter], list[str]]:
    """Return the parameters that the table knows, and the names of all others."""
    known, others = [], []
    for name, value in pairs:
        meaning = meanings.get(name.lower())
        if meaning is None:
            others.append(name)
        elif isinstance(value, dict) and "mask" in value:
            scheme = f"{value['scheme']} " if value.get("scheme") else ""
            same = str(value.get("fingerprint", ""))
            kind, short = str(value.get("kind", "")), value["mask"] == "…" and value.get("length", LONG) < LONG
            known.append(Parameter(name, scheme + str(value["mask"]), meaning, kind, same, short))
        else:
            known.append(Parameter(name, _shown(value), meaning))
    return known, list(dict.fromkeys(others))


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        items = value.get("items")
        return str(value["url"]) if "url" in value else f"{len(items)} of them" if items is not None else "…"
    return "yes" if value is True else "no" if value is False else str(value)


# ---- In words


def _title(one: Exchange) -> str:
    names = names_in(one)
    if one.leg == Exchange.Leg.BACK:
        return _call(one, names)
    if one.leg == Exchange.Leg.OUTSIDE:
        return _at_the_provider(one, names)
    if is_callback(one):
        if is_pause(one):
            return "Continue" if one.method == "POST" else "Back at the site: slow motion stops here"
        return "Back at the site, with an error" if "error" in names else "Back at the site, with code and state"
    if one.path == reverse("flow:next"):
        return "Continue" if one.method == "POST" else "Slow motion: which leg comes next?"
    return "“Sign in with …” is pressed"


def names_in(one: Exchange) -> set[str]:
    """Return the names of all parameters of a request."""
    fields = (one.request.get("body") or {}).get("fields", [])
    return {name for name, _ in (*one.request.get("query", []), *fields)}


def _at_the_provider(one: Exchange, names: set[str]) -> str:
    if "password" in names:
        return "The password, typed at the provider and posted to the provider"
    if one.method == "POST":
        return "The answer to the consent page"
    if "response_type" in names:
        return "The authorization request" if location(one) else "The authorization request, signed in there"
    return "The provider’s sign-in form, please"


def _call(one: Exchange, names: set[str]) -> str:
    if "grant_type" in names:
        return "The code, the verifier and our secret, for tokens"
    if one.path.endswith("/.well-known/openid-configuration"):
        return "Discovery: where are your endpoints?"
    if any(name.lower() == "authorization" for name, _ in one.request.get("headers", [])):
        return "With the access token: who is this?"
    return "Your public keys, please"


def _outcome(one: Exchange) -> str:
    if not one.status:
        return "No answer"
    if is_callback(one) and not is_pause(one):
        if one.status != HTTPStatus.FOUND:
            return "Refused: nobody is signed in"
        return f"Signed in: {one.became}" if one.became else "Done: you are who you were"
    if to := location(one):
        return _redirect(one, {name for name, _ in to.get("query", [])})
    if is_pause(one):
        return "A page that waits"
    if one.good and one.leg == Exchange.Leg.OUTSIDE:
        return "The consent page" if "response_type" in names_in(one) else "The sign-in form"
    return "The answer" if one.good else "Refused"


def _redirect(one: Exchange, names: set[str]) -> str:
    if is_pause(one) and is_callback(one):
        return "To the same address once more"
    if "response_type" in names:
        return "Go to the provider, with this request" if one.leg == Exchange.Leg.FRONT else "Signed in: ask again"
    if "code" in names:
        return "Go back to the site, with a code"
    if "error" in names:
        return "Go back to the site, with an error"
    return "Sign in first" if one.leg == Exchange.Leg.OUTSIDE else "Go on to another page"
