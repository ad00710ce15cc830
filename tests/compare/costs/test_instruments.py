"""What is counted is what other instruments see: Django's query log, Valkey's MONITOR, a real server."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs

import jwt
import pytest
from allauth.idp.oidc.models import Token
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken
from waitress.server import create_server

from authdemo import third_party
from authdemo.accounts.models import User
from authdemo.compare.costs import calls, crowd, growth, hashing, people, variants
from authdemo.compare.costs.calls import Answer, Call, Sender
from authdemo.compare.costs.people import Person
from jwt_app.backend import token_backend
from jwt_app.models import Denial
from tests.wire.instruments import Valkey, statements

pytestmark = pytest.mark.django_db
STORES = {f"sessions.{store}" for store in ("db", "cached_db", "redis", "memory", "file", "signed_cookie")}
EXPECTED = {
    "request": STORES | {
        "bare", "jwt.RS256", "jwt.ES256", "jwt.EdDSA", "jwt.HS256", "jwt.me", "jwt.denylist", "oauth.opaque",
        "orders.jwt", "orders.introspected",
    },
    "sign-in": STORES | {"jwt", "oauth"},
    "revoke": STORES - {"sessions.signed_cookie"} | {"jwt", "oauth"},
    "growth": {
        "sessions.db", "jwt.RS256", "jwt.denylist", "oauth.opaque", "jwt.refresh", "sessions.revoke-others",
    },
}  # fmt: skip
# statements and cache calls that a request must need: what the mechanisms are about
NEEDS = {
    "bare": (0, 0), "sessions.db": (2, 0), "sessions.redis": (1, 1), "sessions.signed_cookie": (1, 0),
    "jwt.RS256": (0, 0), "jwt.HS256": (0, 0), "jwt.me": (1, 0), "jwt.denylist": (0, 1), "oauth.opaque": (1, 0),
    "orders.jwt": (0, 0),
}  # fmt: skip


@pytest.fixture
def valkey(redis_url: str) -> Valkey:
    return Valkey(redis_url)


@pytest.fixture
def site(settings: Any, valkey: Valkey, tmp_path: Any, monkeypatch: Any) -> Iterator[Any]:
    """A site as the scratch site is, in this process."""
    monkeypatch.setattr(hashing.TimedHasher, "iterations", 2)
    monkeypatch.setattr("authdemo.wire.followed._noted_at", float("-inf"))
    settings.LABS, settings.REDIS_URL = True, valkey.url
    settings.ROOT_URLCONF = "authdemo.compare.costs.scratch_urls"
    timed = "authdemo.compare.costs.hashing.TimedHasher"
    settings.PASSWORD_HASHERS = [timed, settings.PASSWORD_HASHERS[-1]]
    settings.SESSION_FILE_PATH, settings.JWT_KEY_RING = str(tmp_path), tmp_path / "jwt_keys.json"
    settings.CACHES = settings.CACHES | {alias: valkey.cache(alias) for alias in ("default", "sessions", "security")}
    token_backend.cache_clear()
    third_party.seed()
    yield WSGIHandler()
    token_backend.cache_clear()


def plans(site: Any, group: str) -> list[variants.Variant]:
    quick = Person("carol", quick=True)
    if group == "request":
        return variants.per_request(site, quick)
    if group == "sign-in":
        return variants.per_sign_in(site, Person("alice"))
    if group == "revoke":
        return variants.per_revoke(site, quick)
    return [one for one, _ in growth.among_many(site, quick)]


class Witnessed(Sender):
    """A sender that is watched: each timed request is counted from outside, too."""

    valkey: Valkey
    sql = 0
    cache = 0
    exchanges: list[tuple[Call, Answer]]

    def timed(self, call: Call, app: Any = None) -> Answer:
        with CaptureQueriesContext(connection) as queries, self.valkey.commands() as commands:
            answer = super().timed(call, app)
        self.sql += len(statements(queries))
        self.cache += len(commands)
        self.exchanges.append((call, answer))
        return answer


def watched(variant: variants.Variant, valkey: Valkey) -> Witnessed:
    sender = Witnessed(variant.app, hashing.TimedHasher.spent)
    sender.valkey, sender.exchanges = valkey, []
    with variant.within():
        variant.play(sender)
    return sender


@pytest.mark.parametrize("group", EXPECTED)
def test_statements_and_cache_calls_are_those_that_others_see(site, valkey, group):
    found = plans(site, group)
    assert {variant.slug for variant in found} == EXPECTED[group]
    for variant in found:
        watched(variant, valkey)  # the first one notes its use, once a minute
        sender = watched(variant, valkey)
        sample = sender.sample
        assert sample.sql == sender.sql, variant.slug
        if variant.slug not in {"sessions.memory"}:  # Valkey does not see what is in our own memory
            assert sample.cache == sender.cache, variant.slug
        if group == "request" and variant.slug in NEEDS:
            assert (sample.sql, sample.cache) == NEEDS[variant.slug], variant.slug
        assert 0 <= sample.hashing < sample.seconds
        assert bool(sample.hashing) == (group == "sign-in"), variant.slug


class Replay:
    """A real server that answers with what it is given, and says what it was sent."""

    def __init__(self) -> None:
        self.answer: Answer | None = None
        self.environ: dict[str, Any] = {}
        self.server = create_server(self, host="127.0.0.1", port=0, threads=1, ident="")
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        with suppress(OSError):  # it waits for a socket that is closed at the end
            self.server.run()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        assert self.answer
        self.environ = environ | {"body": environ["wsgi.input"].read()}
        status = {200: "200 OK", 302: "302 Found", 303: "303 See Other"}[self.answer.status]
        start_response(status, self.answer.headers)
        return [self.answer.body]

    def bytes_of(self, call: Call, answer: Answer) -> tuple[bytes, bytes]:
        """Send it over a socket, and return the head and the body that come back."""
        self.answer = answer
        with socket.create_connection(("127.0.0.1", self.server.effective_port), timeout=20) as line:
            line.sendall(call.head + call.body)
            received = b""
            while True:
                head, found, body = received.partition(b"\r\n\r\n")
                if found and len(body) >= len(answer.body):
                    return head + found, body
                part = line.recv(65536)
                assert part, received
                received += part


@pytest.fixture
def replay() -> Iterator[Replay]:
    found = Replay()
    yield found
    found.server.close()


def without_what_the_server_adds(head: bytes) -> bytes:
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith((b"date:", b"server-timing:"))]
    return b"\r\n".join(lines)


@pytest.mark.parametrize("group", EXPECTED)
def test_bytes_are_those_that_a_real_server_gets_and_sends(site, valkey, replay, group):
    for variant in plans(site, group):
        sender = watched(variant, valkey)
        sent = received = 0
        for call, answer in sender.exchanges:
            head, body = replay.bytes_of(call, answer)
            assert body == answer.body
            got = replay.environ
            assert (got["REQUEST_METHOD"], got["body"]) == (call.method, call.body)
            assert got["PATH_INFO"] + (f"?{got['QUERY_STRING']}" if got["QUERY_STRING"] else "") == call.path
            mine = call.environ()
            for name in {name for name in mine if name.startswith(("HTTP_", "CONTENT_"))}:
                assert got[name] == mine[name], (variant.slug, name)
            if call.credential:
                header = got.get("HTTP_AUTHORIZATION") or got["HTTP_COOKIE"]
                assert call.credential in header
            sent += len(call.head) + len(call.body)
            received += len(without_what_the_server_adds(head)) + len(body)
        assert (sender.sample.request_bytes, sender.sample.response_bytes) == (sent, received), variant.slug
        assert sender.sample.requests == len(sender.exchanges)
        assert sender.sample.credential_bytes == max(len(call.credential) for call, _ in sender.exchanges)


class Recording(Sender):
    """A sender that keeps what went over the wire."""

    def __init__(self, app: Any) -> None:
        super().__init__(app)
        self.sent: list[Call] = []
        self.answers: list[Answer] = []

    def timed(self, call: Call, app: Any = None) -> Answer:
        self.sent.append(call)
        self.answers.append(super().timed(call, app))
        return self.answers[-1]


def test_each_algorithm_has_signed_its_own_token(site):
    found = {one.slug: one for one in variants.per_request(site, Person("carol", quick=True))}
    for name in ("RS256", "ES256", "EdDSA", "HS256"):
        sender = Recording(site)
        with found[f"jwt.{name}"].within():
            found[f"jwt.{name}"].play(sender)
        token = dict(sender.sent[0].headers)["Authorization"].split()[1]
        assert jwt.get_unverified_header(token)["alg"] == name


def test_an_error_is_no_measurement(site):
    with pytest.raises(calls.NotMeasured, match="GET /no/such/page/ answered 404"):
        calls.send(site, Call("GET", "/no/such/page/", (("Host", "localhost:8000"),)))


def test_what_a_sign_in_has_got_opens_the_site(site):
    found = {one.slug: one for one in variants.per_sign_in(site, Person("alice"))}
    by_code, by_password = Recording(site), Recording(site)
    found["oauth"].play(by_code)
    found["jwt"].play(by_password)
    for sender, name, path in (
        (by_code, "access_token", "/oauth/api/whoami/"),
        (by_password, "access", "/jwt/api/whoami/"),
    ):
        token = json.loads(sender.answers[-1].body)[name]
        said = calls.send(site, people.with_token(path, token))
        assert json.loads(said.body)["user"]["username"] == "alice"


@pytest.mark.parametrize("slug", ["sessions.db", "sessions.redis", "sessions.file", "jwt", "oauth"])
def test_what_has_ended_opens_nothing_any_more(site, slug):
    variant = next(one for one in variants.per_revoke(site, Person("carol", quick=True)) if one.slug == slug)
    sender = Recording(variant.app)
    with variant.within():
        variant.play(sender)
        call = sender.sent[-1]
        if slug == "jwt":
            again = Call("POST", "/jwt/api/token/refresh/", call.headers, call.body)
        elif slug == "oauth":
            token = parse_qs(call.body.decode())["token"][0]
            again = people.as_app("idp:oidc:token", {"grant_type": "refresh_token", "refresh_token": token})
        else:
            again = Call("GET", "/sessions/api/whoami/", (("Host", "localhost:8000"), ("Cookie", call.credential)))
        with pytest.raises(calls.NotMeasured, match=r"answered 40[01]"):
            calls.send(variant.app, again)


def test_the_crowd_is_made_of_rows_that_the_site_takes_for_its_own(site):
    """They are no mere filling: a session of theirs opens the site, and their tokens are alive."""
    person = Person("carol", quick=True)
    person.session(Sender(site))
    many = crowd.Crowd()
    many.grow_to(20)
    many.grow_to(45)
    key = UserSession.objects.filter(user__username__startswith="crowd").latest("pk").session_key
    with override_settings(SESSION_ENGINE="django.contrib.sessions.backends.db"):
        said = calls.send(WSGIHandler(), people.with_cookie("sessions:whoami", key))
    assert json.loads(said.body)["user"]["username"] == "carol"  # the record is a copy of hers
    live = {
        "sessions": Session.objects.filter(expire_date__gt=timezone.now()).count() - 1,
        "families": OutstandingToken.objects.filter(membership__family__revoked_at=None).count(),
        "denials": Denial.objects.filter(expires_at__gt=timezone.now()).count(),
        "grants": Token.objects.valid().filter(membership__grant__consent__user__username__startswith="crowd").count(),
    }
    assert set(live.values()) == {45}, live
    assert User.objects.filter(username__startswith="crowd").count() == 5
    assert all(size > 0 for size in many.stored.values())
