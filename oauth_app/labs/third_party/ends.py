"""Who tells of a leg, and do both say the same?"""

from __future__ import annotations

from typing import Any, NamedTuple

from authdemo.wire.models import Exchange

from ..flow.legs import location
from .legs import Leg

SITE, APP = "This site, as the server", "The app, as the client"
NOBODY_KNOWS = "no record. Nothing in this request says whose exchange it belongs to"
NO_RECORD = "no record. It was sent with nothing that came out of this exchange, or the record is not written yet"
NOT_TOLD = (
    "has told nothing. Its report may be on its way, or it tells nobody, as real apps do; or somebody else has sent "
    "this, with a copy of what it holds"
)


class End(NamedTuple):
    """One who could tell of it."""

    who: str
    told: bool
    text: str

    @property
    def sign(self) -> str:
        """Return it as a shape."""
        return "●" if self.told else "○"


def ends(leg: Leg) -> list[End]:
    """Return who tells of this leg, and what each says of the answer."""
    if not leg.by_the_app:
        return [End("The app, as the server", True, _app(leg.one))] if leg.app else [End(SITE, True, _site(leg.one))]
    site = End(SITE, True, _site(leg.site)) if leg.site else End(SITE, False, f"{_why(leg)}.")
    app = End(APP, True, _app(leg.app)) if leg.app else End(APP, False, f"{NOT_TOLD}.")
    return [site, app]


def _why(leg: Leg) -> str:
    return NO_RECORD if leg.one.carried else NOBODY_KNOWS


def _site(one: Exchange) -> str:
    counts = f"{_many(one.statement_count, 'statement')}, {_many(one.cache_count, 'cache call')}"
    taken = f" It took the caller for {one.username}." if one.leg == Exchange.Leg.CALL and one.username else ""
    return f"answered {one.status} {one.reason} in {_ms(one)}, with {counts}.{taken}"


def _app(one: Exchange) -> str:
    if not one.status:
        return f"{one.reason}, after {_ms(one)}."
    verb = "answered" if one.leg == Exchange.Leg.APP else "got"
    return f"{verb} {one.status} {one.reason} {'in' if verb == 'answered' else 'after'} {_ms(one)}."


def _ms(one: Exchange) -> str:
    return f"{one.microseconds / 1000:.1f} ms"


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def differences(leg: Leg) -> list[str]:
    """Return in which facts the two ends differ. How long it took they may not agree on: one has the way in it."""
    if not (leg.site and leg.app):
        return []
    ours, theirs = leg.site, leg.app
    facts = {
        "the method": (ours.method, theirs.method),
        "the path": (ours.path, theirs.path),
        "the status": (ours.status, theirs.status),
        "how the client authenticated": (_scheme(ours), _scheme(theirs)),
        "the fields of the form": (_form(ours), _form(theirs)),
    }
    return [name for name, (here, there) in facts.items() if here != there]


def verdict(leg: Leg) -> str:
    """Return in a sentence whether both ends say the same, "" where only one tells."""
    if not (leg.site and leg.app):
        return ""
    if found := differences(leg):
        return f"They differ in {', '.join(found)}."
    between = (leg.app.microseconds - leg.site.microseconds) / 1000
    return f"Both say the same. The {between:.1f} ms between the two times are the way, and waiting for a turn."


def _scheme(one: Exchange) -> str:
    headers = one.request.get("headers", [])
    found = next((value for name, value in headers if name.lower() == "authorization"), None)
    return str(found.get("scheme", "")) if isinstance(found, dict) else ""


def _form(one: Exchange) -> list[str]:
    body: Any = one.request.get("body")
    fields = body.get("fields", []) if isinstance(body, dict) else []
    return sorted(name for name, _ in fields)


def carried(before: Exchange, after: Exchange) -> tuple[str, bool]:
    """Compare what one end gave the browser to carry with what the other end got. Returns a sentence, and whether
    something has changed on the way.
    """
    sent, got = dict(location(before).get("query", [])), dict(after.request.get("query", []))
    changed = [name for name in dict.fromkeys([*sent, *got]) if sent.get(name) != got.get(name)]
    if changed:
        return f"Not as it was sent: {', '.join(changed)}.", True
    return f"Arrived as it was sent: {_many(len(got), 'parameter')}, none changed on the way.", False
