"""Who could have seen a leg, and what of it. It follows from the facts of the leg, and from nothing else."""

from __future__ import annotations

from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings

from authdemo.wire.models import Exchange

PAST_THE_BROWSER = {Exchange.Leg.BACK, Exchange.Leg.CALL, Exchange.Leg.TOLD}
SERVERS = {
    Exchange.Leg.FRONT: "site", Exchange.Leg.CALL: "site", Exchange.Leg.TOLD: "site",
    Exchange.Leg.OUTSIDE: "provider", Exchange.Leg.BACK: "provider", Exchange.Leg.APP: "app",
}  # fmt: skip


class Mark(NamedTuple):
    """`seen` tells whether there was something worth having to see. The text says what.

    `part`: only the address was, and the fields of the form were not, among them perhaps a password.
    """

    who: str
    seen: bool
    text: str
    part: bool = False

    @property
    def sign(self) -> str:
        """Return it as a shape."""
        return "◐" if self.part else "●" if self.seen else "○"

    @property
    def word(self) -> str:
        """Return it in words."""
        return "the address only" if self.part else "seen" if self.seen else "not seen"


def marks(exchange: Exchange) -> list[Mark]:
    """Return the marks of a request with its answer: the network, the browser's history, the log of who answers."""
    return [network(exchange), history(exchange), log(exchange)]


def network(exchange: Exchange) -> Mark:
    """RFC 6749 §10.5: without TLS, whoever sits on the way reads all of it."""
    scheme = scheme_of(exchange)
    if scheme == "https":
        return Mark("Network", False, "https, so an observer learns the host and no more")
    if scheme == "http":
        return Mark("Network", True, "http, so an observer on the way reads all of it, both ways")
    return Mark("Network", True, "unknown host: nothing is known of its encryption")


def history(exchange: Exchange) -> Mark:
    """RFC 9700 §4.3: addresses stay in the browser's history; forms and headers do not."""
    who = "Browser’s history"
    if exchange.leg in PAST_THE_BROWSER:
        return Mark(who, False, "it did not go through the browser")
    named = in_address(exchange)
    if exchange.method == "GET" and named:
        return Mark(who, True, f"the address, with {', '.join(named)}")
    if named:
        return Mark(who, True, f"it holds {', '.join(named)}. The form’s fields are not kept", part=True)
    form = exchange.method != "GET"
    return Mark(who, False, "the fields of the form" if form else "more than the path: there is no parameter")


def log(exchange: Exchange) -> Mark:
    """RFC 9700 §4.3.1: servers usually log the request line, and no body or header."""
    who = f"Log of the {SERVERS[Exchange.Leg(exchange.leg)]}"
    named, usual = in_address(exchange), "if it logs as servers usually do"
    if named and exchange.method != "GET":
        return Mark(who, True, f"it holds {', '.join(named)}, {usual}. The form’s fields are left out", part=True)
    if named:
        return Mark(who, True, f"the address, with {', '.join(named)}, {usual}")
    return Mark(who, False, "body and headers, which a usual log leaves out; the path is in it")


def in_address(exchange: Exchange) -> list[str]:
    """Return the names of the parameters in the query string, those of a request inside of `next`, too."""
    return list(dict.fromkeys(_names(exchange.request.get("query", []))))


def _names(pairs: list[Any]) -> list[str]:
    found: list[str] = []
    for name, value in pairs:
        inside = value.get("query", []) if isinstance(value, dict) and "url" in value else []
        found += [name, *_names(inside)]
    return found


def origin_of(exchange: Exchange) -> str:
    """Return scheme, host and port of who was asked."""
    host = exchange.host or urlsplit(_site(exchange)).netloc
    scheme = scheme_of(exchange)
    return f"{scheme}://{host}" if scheme else host


def scheme_of(exchange: Exchange) -> str:
    """Return "http" or "https", "" where it is not known."""
    if exchange.leg in {Exchange.Leg.FRONT, Exchange.Leg.CALL}:
        return urlsplit(_site(exchange)).scheme
    demo = (settings.PROVIDERS_URL, settings.THIRDPARTY_URL, settings.SITE_URL, settings.SITE_B_URL)
    known = (*demo, *(provider["address"] for provider in settings.SIGN_IN_WITH))
    schemes = {urlsplit(address).netloc: urlsplit(address).scheme for address in known}
    # GitHub's and Google's API have hosts of their own. Our calls to whoever is not on this machine go by https.
    real = exchange.host.endswith(("github.com", "googleapis.com"))
    return str(schemes.get(exchange.host, "https" if real else ""))


def _site(exchange: Exchange) -> str:
    return str(settings.SITE_B_URL if exchange.instance == "B" and settings.SITE_B_URL else settings.SITE_URL)
