"""When orders asks the site for its keys, and what it does while the site does not answer."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa

from demo.orders import verify
from demo.processes import free_port

from .conftest import KEYS, Site, encoded, refused


def test_the_site_is_asked_once_for_its_keys(start, new_site):
    orders = start(new_site.url)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: orders.get(new_site.token()).status_code, range(24)))
    assert answers == [200] * 24
    assert new_site.asked == 1


def test_a_flood_of_unknown_kids_asks_the_site_once_at_most(start, new_site):
    orders = start(new_site.url)
    assert orders.get(new_site.token()).status_code == 200
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: orders.get(new_site.token(headers={"kid": f"new-{n}"})), range(40)))
    assert all(refused(answer, "unknown_key") for answer in answers)
    assert new_site.asked <= 2
    assert requests.get(f"{orders.url}/healthz", timeout=20).json()["key_fetches"] == new_site.asked
    assert orders.get(new_site.token()).status_code == 200


def test_the_site_is_off_at_first(start, site):
    port = free_port()
    orders = start(f"http://127.0.0.1:{port}")
    answer = orders.get(site.token(iss=f"http://127.0.0.1:{port}"))
    assert answer.status_code == 503
    assert answer.json()["code"] == "keys_unavailable"
    assert answer.headers["Retry-After"]
    # What needs no key needs no site, either.
    assert refused(orders.get("nonsense"), "token_not_valid")
    assert requests.get(f"{orders.url}/healthz", timeout=20).status_code == 200


def test_while_the_site_is_off_known_keys_still_count_and_it_is_not_asked_at_every_request(start, new_site):
    orders = start(new_site.url)
    assert orders.get(new_site.token()).status_code == 200
    new_site.answers["status"] = 500
    assert [orders.get(new_site.token()).status_code for _ in range(5)] == [200] * 5
    assert new_site.asked == 1


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 500, "body": None},
        {"status": 302, "body": None},
        {"status": 200, "body": b"<html>"},
        {"status": 200, "body": b"[" * 100_000},
        {"status": 200, "body": b"\xff\xfe"},
        {"status": 200, "body": [1]},
        {"status": 200, "body": {"keys": []}},
        {"status": 200, "body": {"keys": [{"kty": "oct", "k": "x"}]}},
        {"status": 200, "body": {"nothing": 1}},
        {"status": 200, "body": {"keys": "x"}},
    ],
)
def test_keys_that_cannot_be_used_are_no_keys_and_the_next_try_finds_good_ones(site, monkeypatch, answer):
    keys = verify.SiteKeys(f"{site.url}/jwt/.well-known/jwks.json")
    monkeypatch.setattr(site, "answers", answer)
    site.asked = 0
    for _ in range(5):
        with pytest.raises(verify.KeysUnavailable):
            verify.verified(site.token(), keys, site.url, "authdemo-api")
    assert site.asked == 1
    monkeypatch.setattr(site, "answers", {"status": 200, "body": None})
    monkeypatch.setattr(verify, "RETRY_SECONDS", 0)  # as if the pause were over
    assert verify.verified(site.token(), keys, site.url, "authdemo-api")[1]["user_id"] == "1"


def test_a_symmetric_key_counts_for_nothing_even_where_the_site_publishes_it(site, monkeypatch):
    secret = b"published by mistake, so known to everybody"
    jwk = {"kty": "oct", "k": encoded(secret.decode()), "kid": "secret-1", "alg": "HS256"}
    monkeypatch.setattr(site, "answers", {"status": 200, "body": {"keys": [jwk, *site.jwks()["keys"]]}})
    keys = verify.SiteKeys(f"{site.url}/jwt/.well-known/jwks.json")
    claims = jwt.decode(site.token(), options={"verify_signature": False})
    forged = jwt.encode(claims, secret, "HS256", headers={"kid": "secret-1"})
    with pytest.raises(verify.Refused) as refusal:
        verify.verified(forged, keys, site.url, "authdemo-api")
    assert refusal.value.code == "algorithm_not_allowed"
    assert verify.verified(site.token(), keys, site.url, "authdemo-api")


def test_a_new_key_is_found_when_the_pause_is_over(site, monkeypatch):
    keys = verify.SiteKeys(f"{site.url}/jwt/.well-known/jwks.json")
    verify.verified(site.token(), keys, site.url, "authdemo-api")
    new = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    monkeypatch.setitem(KEYS, "RS256", ("rsa-2", new))
    with pytest.raises(verify.Refused, match="no such key"):
        verify.verified(site.token(), keys, site.url, "authdemo-api")
    keys.cooldown_duration = 0
    assert verify.verified(site.token(), keys, site.url, "authdemo-api")[0]["kid"] == "rsa-2"


def test_the_site_is_stopped_and_orders_goes_on(start):
    site = Site()
    orders = start(site.url)
    assert orders.get(site.token()).status_code == 200
    site.stop()
    assert [orders.get(site.token()).status_code for _ in range(3)] == [200] * 3
    assert refused(orders.get(site.token(exp=int(time.time()) - 1)), "token_expired")


def test_while_the_site_cannot_be_asked_old_keys_count_for_an_hour(site, monkeypatch):
    keys = verify.SiteKeys(f"{site.url}/jwt/.well-known/jwks.json")
    verify.verified(site.token(), keys, site.url, "authdemo-api")
    monkeypatch.setattr(site, "answers", {"status": 500, "body": None})
    site.asked, began, clock = 0, time.monotonic(), {"later": 0.0}
    monkeypatch.setattr(time, "monotonic", lambda: began + clock["later"])

    clock["later"] = verify.KEYS_SECONDS + 1
    for _ in range(5):
        assert verify.verified(site.token(), keys, site.url, "authdemo-api")
    assert site.asked == 1  # and not at every request
    # Whether the site has made a new key since, nobody can say.
    with pytest.raises(verify.KeysUnavailable):
        verify.verified(site.token(headers={"kid": "new"}), keys, site.url, "authdemo-api")
    clock["later"] = verify.STALE_SECONDS - 10
    assert verify.verified(site.token(), keys, site.url, "authdemo-api")
    clock["later"] = verify.STALE_SECONDS + 10
    with pytest.raises(verify.KeysUnavailable):
        verify.verified(site.token(), keys, site.url, "authdemo-api")
    monkeypatch.setattr(site, "answers", {"status": 200, "body": None})
    clock["later"] += verify.RETRY_SECONDS + 1
    assert verify.verified(site.token(), keys, site.url, "authdemo-api")


def test_a_key_that_the_site_has_dropped_is_gone_at_the_next_fetch(site, monkeypatch):
    keys = verify.SiteKeys(f"{site.url}/jwt/.well-known/jwks.json")
    token = site.token()
    verify.verified(token, keys, site.url, "authdemo-api")
    monkeypatch.setitem(KEYS, "RS256", ("rsa-2", rsa.generate_private_key(public_exponent=65537, key_size=2048)))
    began = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: began + verify.KEYS_SECONDS + 1)
    with pytest.raises(verify.Refused, match="no such key"):
        verify.verified(token, keys, site.url, "authdemo-api")
