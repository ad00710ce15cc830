"""Each forged token is taken by the verifier that it is for, by no other one, and never by this site."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.conf import settings as project
from django.test import Client

from demo.orders.verify import Refused, SiteKeys, verified
from jwt_app.attacks import guesses, naive_keys
from jwt_app.attacks.compact import encoded, split
from jwt_app.attacks.means import signed_by
from jwt_app.attacks.naive import VERIFIERS
from jwt_app.backend import token_backend
from tests.jwt_app.attacks.conftest import BASE
from tests.jwt_app.attacks.forged import HOSTILE, SLUGS, forged, hostile_key

FETCHES = {"jku-in-header", "x5u-in-header"}  # see test_live.py
NOT_WEAK = {"huge"}
# A mistake that covers another attack as well: a second verifier that may take the token, too.
ALSO = {
    "weak-secret": {"readable-payload"},
    "readable-payload": {"weak-secret"},
    "wrong-token-type": {"id-token"},
    "wrong-audience": {"id-token"},
}


def test_there_is_a_verifier_for_each_attack():
    assert sorted(VERIFIERS) == SLUGS


@pytest.mark.parametrize("slug", SLUGS)
def test_an_honest_token_is_taken_by_each_verifier(pair, naive, slug):
    answer = naive(slug, pair["access"])
    assert answer.status_code == 200, answer.json()
    assert answer.json()["user"] == {"username": "alice", "role": "user"}


@pytest.mark.parametrize("slug", sorted(set(SLUGS) - FETCHES - NOT_WEAK - {"deeply-nested"}))
def test_the_verifier_with_the_mistake_takes_it(pair, naive, slug):
    for token in forged(slug, **pair):
        answer = naive(slug, token)
        assert answer.status_code == 200, answer.json()
        by_the_site = slug in {
            "readable-payload", "wrong-token-type", "expired", "not-yet", "wrong-audience", "wrong-issuer",
            "id-token", "unknown-crit",
        }  # fmt: skip
        assert answer.json()["user"]["username"] == ("alice" if by_the_site else "teacher")


@pytest.mark.parametrize("slug", SLUGS)
def test_this_site_refuses_it(pair, api, slug):
    for token in forged(slug, **pair):
        for name in ("whoami", "me"):
            answer = api.get(name, token)
            assert answer.status_code == 401, (name, answer.content)
            assert answer.json()["code"].startswith("token_")
        assert api.post("refresh", {"refresh": token}).status_code == (200 if slug == "wrong-token-type" else 401)


@pytest.mark.parametrize("slug", SLUGS)
def test_the_orders_service_refuses_it(pair, slug, monkeypatch):
    keys = SiteKeys("http://127.0.0.1:9/")
    monkeypatch.setattr(keys, "fetch_data", token_backend().jwks)
    simple: Any = project.SIMPLE_JWT
    for token in forged(slug, **pair):
        with pytest.raises(Refused):
            verified(token, keys, issuer=simple["ISSUER"], audience=simple["AUDIENCE"])


# The one of "changed-payload" verifies no signature at all, so it takes whatever has one of a kind that it allows.
UNVERIFIED = {"duplicate-claims", "huge", "jwk-in-header", "unknown-crit", "b64-false"}


@pytest.mark.parametrize("verifier", SLUGS)
def test_no_verifier_has_a_second_mistake(pair, naive, verifier, monkeypatch):
    monkeypatch.setattr(naive_keys, "fetched", lambda address: pytest.fail("fetched"))
    taken = set()
    for slug in set(SLUGS) - FETCHES:
        for token in forged(slug, **pair):
            if naive(verifier, token).status_code == 200:
                taken.add(slug)
    allowed = {verifier} | {slug for slug, others in ALSO.items() if verifier in others}
    allowed |= UNVERIFIED if verifier == "changed-payload" else set()
    assert taken <= allowed


def test_what_breaks_the_naive_verifier_does_not_break_the_server(pair, naive):
    [token] = forged("deeply-nested", **pair)
    answer = naive("deeply-nested", token)
    assert (answer.status_code, answer.json()["code"]) == (500, "broken_down")
    assert naive("changed-payload", pair["access"]).status_code == 200


@pytest.mark.parametrize(
    "token",
    ["", "x", "..", "a.b.c", "é.é.é", "e30.e30.", "W10.W10.x", "bnVsbA.bnVsbA.x", "eyJhbGciOjF9.e30.x", "." * 5000,
     "eyJhbGciOlsibm9uZSJdfQ.e30.",
     "eyJraWQiOjEsImFsZyI6IkhTMjU2In0.e30.eA", "eyJqd2siOjEsImFsZyI6IlJTMjU2In0.e30.eA"],
)  # fmt: skip
@pytest.mark.parametrize("slug", SLUGS)
def test_rubbish_is_401_everywhere(client, slug, token):
    answer = client.get(f"{BASE}naive/{slug}/whoami/", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Bearer realm="naive"'


@pytest.mark.parametrize("debug", [True, False])
def test_without_labs_there_is_nothing(pair, naive, client, settings, debug):
    settings.LABS, settings.DEBUG = False, debug
    for slug in SLUGS:
        assert naive(slug, pair["access"]).status_code == 404
        assert client.get(f"{BASE}{slug}/").status_code == 404
        for act in ("predict", "send"):
            assert client.post(f"{BASE}{slug}/{act}/").status_code == 404
    for path in ("naive/token/", "weak-secret/guess/", "weak-secret/stop/", "weak-secret/own/"):
        assert client.post(BASE + path, headers={"Authorization": f"Bearer {pair['access']}"}).status_code == 404
    assert client.get(BASE).status_code == 404


# ---- Fences


@pytest.fixture
def outside(tmp_path):
    """A file of this machine that no token may name, with a secret in it."""
    file = tmp_path / "secret"
    file.write_bytes(b"a secret of this machine")
    return file


@pytest.mark.parametrize("way", ["{}", "../../../../../../../../../..{}", "../../..{}", "../keys/../../..{}", "./{}"])
def test_no_path_leads_out_of_the_folder_that_was_made_for_it(naive, outside, forge_claims, way):
    header = {"alg": "HS256", "kid": way.format(outside)}
    token = signed_by(outside.read_bytes(), "HS256", header, forge_claims)
    assert naive("kid-as-path", token).status_code == 401
    inside = signed_by(naive_keys.PUBLIC_TEXT, "HS256", {"alg": "HS256", "kid": "../public/robots.txt"}, forge_claims)
    assert naive("kid-as-path", inside).status_code == 200


@pytest.mark.parametrize(
    "kid", ["..", ".", "", "../public", "../public/nothing", "\0", "x" * 5000, "é", None, 1, [], {}]
)
def test_a_name_that_is_no_file_is_no_error(naive, forge_claims, kid):
    token = signed_by(b"", "HS256", {"alg": "HS256", "kid": kid}, forge_claims)
    for slug in ("kid-as-path", "kid-as-sql"):
        assert naive(slug, token).status_code == 401


@pytest.mark.parametrize(
    ("kid", "answer"),
    [
        ("x' UNION SELECT hex('ab') --", b"6162"),  # no function, so none that fills memory or reads a file
        ("x' UNION SELECT hex(randomblob(1000000000)) --", b""),
        ("x' UNION SELECT load_extension('x') --", b""),
        ("x' UNION SELECT * FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT 'b' FROM n"
         " WHERE i = 100000000 LIMIT 1) --", b"b"),  # nothing that goes on for ever
        ("x'; ATTACH '/tmp/naive.db' AS a --", b""),
        ("x'; DROP TABLE keys --", b""),
        ("'", b""),
        ("x' UNION SELECT 1 --", b"1"),
    ],
)  # fmt: skip
def test_no_statement_does_more_than_read(naive, forge_claims, kid, answer):
    token = signed_by(answer, "HS256", {"alg": "HS256", "kid": kid}, forge_claims)
    assert naive("kid-as-sql", token).status_code == 401
    word = signed_by(b"b", "HS256", {"alg": "HS256", "kid": "x' UNION SELECT 'b' --"}, forge_claims)
    assert naive("kid-as-sql", word).status_code == 200


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1:9100/", "http://localhost:8000/jwt/.well-known/jwks.json", "http://169.254.169.254/", "file:///x",
     "http://127.0.0.1:9002@evil.example/", "http://127.0.0.1:9002.evil.example/", "//127.0.0.1:9002/", "", "\0"],
)  # fmt: skip
@pytest.mark.parametrize("member", ["jku", "x5u"])
def test_keys_are_fetched_from_the_hostile_pages_or_from_nowhere(naive, settings, monkeypatch, member, address):
    settings.HOSTILE_CROSS_SITE = HOSTILE
    called: list[str] = []
    monkeypatch.setattr("socket.getaddrinfo", lambda *where, **_: called.append(str(where)))
    token = signed_by(hostile_key(), "RS256", {"alg": "RS256", member: address}, {"username": "teacher"})
    assert naive(f"{member}-in-header", token).status_code == 401
    assert called == []


def number(bits: int) -> str:
    return encoded(((1 << (bits - 1)) | 1).to_bytes(bits // 8))


@pytest.mark.parametrize(
    "jwk",
    [{"kty": "oct", "k": "AA", "alg": "none"}, {"kty": "RSA", "n": number(8192), "e": "AQAB", "d": number(8184)},
     {"kty": "RSA", "n": number(65536), "e": number(65528)}, [], 5, None, {"kty": [], "n": 1, "e": {}}],
    ids=lambda jwk: str(jwk)[:30],
)  # fmt: skip
def test_no_key_that_is_brought_along_breaks_the_server_or_keeps_it_busy(naive, pair, jwk):
    _, payload, signature = pair["access"].split(".")
    begun = time.process_time()
    answer = naive("jwk-in-header", f"{encoded({'alg': 'RS256', 'jwk': jwk})}.{payload}.{signature}")
    assert answer.status_code == 401
    assert time.process_time() - begun < 0.5


@pytest.fixture
def forge_claims(pair):
    """Good claims, as an attacker writes them."""
    return split(pair["access"]).claims | {"username": "teacher"}


@pytest.mark.parametrize("algorithm", ["ES256", "EdDSA", "PS256"])
@pytest.mark.parametrize("slug", sorted(set(SLUGS) - FETCHES - NOT_WEAK - {"deeply-nested"}))
def test_it_is_the_same_with_other_kinds_of_keys(use_algorithm, alice, api, naive, slug, algorithm):
    use_algorithm(algorithm)
    pair = api.sign_in()
    for token in forged(slug, **pair):
        assert naive(slug, token).status_code == 200
        assert api.get("whoami", token).status_code == 401


# ---- The naive service's own tokens


def test_it_issues_a_token_to_who_has_a_good_one_of_the_site(pair, client, naive, api):
    answer = client.post(f"{BASE}naive/token/", headers={"Authorization": f"Bearer {pair['access']}"})
    token = answer.json()["access"]
    assert split(token).claims["pin"] == "4711"
    assert naive("weak-secret", token).json()["user"]["username"] == "alice"
    assert api.get("whoami", token).status_code == 401


@pytest.mark.parametrize("slug", SLUGS)
def test_it_issues_none_for_a_forged_one(pair, client, slug):
    for token in [*forged(slug, **pair), "", "x"]:
        answer = client.post(f"{BASE}naive/token/", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 401


def test_it_takes_no_cookie_for_a_token(pair, client):
    assert Client(enforce_csrf_checks=True).post(f"{BASE}naive/token/").status_code == 401


# ---- Guessing


def test_every_guess_is_counted_and_the_secret_is_one_of_the_second_half():
    numbers = [0, 1, guesses.how_many() // 2, guesses.how_many() - 1]
    assert len({guesses.guess(number) for number in numbers}) == 4
    half = guesses.how_many() // 2
    assert any(guesses.guess(number) == guesses.weak_secret() for number in range(half, guesses.how_many()))


def test_a_random_secret_takes_longer_than_the_universe_is_old():
    exact = 2**255 // (10**6 * 365 * 24 * 60 * 60)
    years = guesses.years_for_a_random_one(10**6)
    assert 10**years <= exact < 10 ** (years + 1)
