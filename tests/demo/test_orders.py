"""The orders service: a real process, and a site that is only its public keys."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from demo.orders import verify
from demo.processes import free_port
from tests.demo.conftest import SITE_B, end, serve

KEYS: dict[str, tuple[str, Any]] = {
    "RS256": ("rsa-1", rsa.generate_private_key(public_exponent=65537, key_size=2048)),
    "ES256": ("ec-1", ec.generate_private_key(ec.SECP256R1())),
    "EdDSA": ("ed-1", ed25519.Ed25519PrivateKey.generate()),
}


class Site:
    """What orders knows of the site: `/jwt/.well-known/jwks.json`. It counts how often it was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {"status": 200, "body": None}
        self.asked = 0
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked += self.path == "/jwt/.well-known/jwks.json"
                body = site.answers["body"]
                content = body if isinstance(body, bytes) else json.dumps(body or site.jwks()).encode()
                self.send_response(site.answers["status"])
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self.thread.start()

    def jwks(self) -> dict[str, Any]:
        keys = []
        for algorithm, (kid, key) in KEYS.items():
            members = jwt.get_algorithm_by_name(algorithm).to_jwk(key.public_key(), as_dict=True)
            keys.append({**members, "kid": kid, "alg": algorithm, "use": "sig"})
        return {"keys": keys}

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def token(self, algorithm: str = "RS256", headers: dict[str, Any] | None = None, **changes: Any) -> str:
        """An access token as SimpleJWT makes it; a change to None leaves the claim out."""
        now = int(time.time())
        claims = {
            "token_type": "access",
            "iat": now,
            "exp": now + 900,
            "jti": uuid.uuid4().hex,
            "user_id": "1",
            "username": "alice",
            "role": "learner",
            "iss": self.url,
            "aud": "authdemo-api",
        } | changes
        claims = {name: value for name, value in claims.items() if value is not None}
        kid, key = KEYS[algorithm]
        return jwt.encode(claims, key, algorithm, headers={"kid": kid} | (headers or {}))


class Orders:
    def __init__(self, url: str) -> None:
        self.url = url

    def get(self, token: str, **headers: str) -> requests.Response:
        headers["Authorization"] = f"Bearer {token}"
        return requests.get(f"{self.url}/orders/", headers=headers, timeout=20)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    running = Site()
    yield running
    running.stop()


@pytest.fixture
def new_site() -> Iterator[Site]:
    """A site that nobody has asked yet."""
    running = Site()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Orders]]:
    """Start an orders process that believes the site at this address."""
    processes = []

    def run(site_url: str) -> Orders:
        port = free_port()
        # Nothing of the site but its address: no secret, no database, no settings.
        environment = {"DEMO_SITE_URL": site_url, "DEMO_SITE_B_URL": SITE_B, "PATH": "/usr/bin:/bin"}
        log = tmp_path_factory.mktemp("orders") / "orders.log"
        processes.append(serve("demo.orders.app:application", port, environment, log))
        return Orders(f"http://127.0.0.1:{port}")

    yield run
    for process in processes:
        end(process)


@pytest.fixture(scope="module")
def orders(start, site):
    return start(site.url)


def refused(answer: requests.Response, code: str) -> bool:
    """Refused as RFC 6750 says, with this code."""
    assert answer.status_code == 401, answer.text
    assert set(answer.json()) == {"detail", "code"}
    assert answer.headers["WWW-Authenticate"].startswith('Bearer realm="orders", error="invalid_token"')
    assert answer.json()["code"] == code, answer.json()
    return True


@pytest.mark.parametrize("algorithm", KEYS)
def test_alice_sees_her_orders(orders, site, algorithm):
    answer = orders.get(site.token(algorithm))
    assert answer.status_code == 200
    assert answer.json()["user"] == {"id": "1", "username": "alice"}
    assert answer.json()["verified_by"] == {"kid": KEYS[algorithm][0], "alg": algorithm}
    assert answer.json()["database_queries"] == 0
    assert answer.json()["orders"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_role_is_what_the_token_says(orders, site):
    assert orders.get(site.token(role="staff")).json()["role"] == "staff"
    assert orders.get(site.token(role=None)).json()["role"] is None


def test_a_user_always_sees_the_same_orders(orders, site):
    first, second = (orders.get(site.token(user_id="7")).json()["orders"] for _ in range(2))
    assert first == second


def test_the_site_is_asked_once_for_its_keys(start, new_site):
    orders = start(new_site.url)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: orders.get(new_site.token()).status_code, range(24)))
    assert answers == [200] * 24
    assert new_site.asked == 1


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer   ", "Basic eDp5", "token abc"])
def test_without_a_token(orders, header):
    headers = {"Authorization": header} if header is not None else {}
    answer = requests.get(f"{orders.url}/orders/", headers=headers, timeout=20)
    assert answer.status_code == 401
    assert answer.json()["code"] == "not_authenticated"
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="orders"'


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"exp": int(time.time()) - 1}, "token_expired"),
        ({"aud": "somebody-else"}, "wrong_audience"),
        ({"aud": ["a", "b"]}, "wrong_audience"),
        ({"aud": None}, "token_not_valid"),
        ({"iss": "http://evil.example"}, "wrong_issuer"),
        ({"iss": None}, "token_not_valid"),
        ({"exp": None}, "token_not_valid"),
        ({"exp": "soon"}, "token_not_valid"),
        ({"iat": None}, "token_not_valid"),
        ({"iat": int(time.time()) + 3600}, "token_not_valid"),
        ({"nbf": int(time.time()) + 3600}, "token_not_valid"),
        ({"user_id": None}, "token_not_valid"),
        ({"token_type": "refresh"}, "wrong_token_type"),
        ({"token_type": None}, "wrong_token_type"),
    ],
)
def test_claims_that_do_not_fit(orders, site, changes, code):
    assert refused(orders.get(site.token(**changes)), code)


def test_a_changed_payload(orders, site):
    header, _, signature = site.token().split(".")
    payload = base64.urlsafe_b64encode(json.dumps({"user_id": "2", "iss": site.url}).encode()).decode().rstrip("=")
    assert refused(orders.get(f"{header}.{payload}.{signature}"), "token_not_valid")


def test_alg_none(orders, site):
    claims = jwt.decode(site.token(), options={"verify_signature": False})
    forged = jwt.encode(claims, "", "none", headers={"kid": "rsa-1"})
    assert refused(orders.get(forged), "algorithm_not_allowed")
    assert refused(orders.get(site.token().rpartition(".")[0] + "."), "token_not_valid")


def test_hs256_with_the_public_key_as_the_secret(orders, site):
    claims = jwt.decode(site.token(), options={"verify_signature": False})
    public = KEYS["RS256"][1].public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    signer = jwt.get_algorithm_by_name("HS256")
    parts = [json.dumps(part).encode() for part in ({"alg": "HS256", "typ": "JWT", "kid": "rsa-1"}, claims)]
    signed = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
    signature = base64.urlsafe_b64encode(signer.sign(signed, public)).rstrip(b"=")
    assert refused(orders.get((signed + b"." + signature).decode()), "algorithm_not_allowed")


@pytest.mark.parametrize("kid", ["ec-1", "ed-1"])
def test_the_kid_of_a_key_for_another_algorithm(orders, site, kid):
    assert refused(orders.get(site.token(headers={"kid": kid})), "algorithm_not_allowed")


def test_a_key_that_the_token_brings_along_counts_for_nothing(orders, site):
    mine = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    jwk = jwt.get_algorithm_by_name("RS256").to_jwk(mine.public_key(), as_dict=True)
    claims = jwt.decode(site.token(), options={"verify_signature": False})
    for headers in ({"jwk": jwk, "kid": "rsa-1"}, {"jku": "http://evil.example/jwks.json", "kid": "rsa-1"}):
        assert refused(orders.get(jwt.encode(claims, mine, "RS256", headers=headers)), "token_not_valid")


def test_a_token_without_kid(orders, site):
    claims = jwt.decode(site.token(), options={"verify_signature": False})
    assert refused(orders.get(jwt.encode(claims, KEYS["RS256"][1], "RS256")), "unknown_key")


def encoded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "token",
    [
        "nonsense",
        "a.b.c",
        "..",
        "é.é.é",
        "x" * 50_000,
        f"{encoded('[]')}.e30.x",
        f"{encoded('{}')}.e30.x",
        f"{encoded(chr(123) + chr(34) + 'alg' + chr(34) + ':' + '[' * 5000)}.e30.x",
        f"{encoded('[' * 30_000)}.e30.x",
        encoded('{"alg":"RS256","kid":1}') + ".e30.x",
        encoded('{"alg":"RS256","kid":"rsa-1","b64":false,"crit":["b64"]}') + ".e30.x",
        encoded('{"alg":["RS256"],"kid":"rsa-1"}') + ".e30.x",
    ],
)
def test_garbage(orders, token):
    answer = requests.get(f"{orders.url}/orders/", headers={"Authorization": f"Bearer {token}".encode()}, timeout=20)
    assert answer.status_code == 401
    assert answer.json()["code"] in {"token_not_valid", "algorithm_not_allowed"}


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


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_only_get_is_answered(orders, method):
    answer = requests.request(method, f"{orders.url}/orders/", timeout=20)
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize("path", ["/", "/orders", "/orders/1", "/healthz/", "/%00", "/orders/%0d%0ax"])
def test_nothing_else_is_here(orders, path):
    answer = requests.get(orders.url + path, timeout=20)
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"


def test_healthz(orders):
    answer = requests.get(f"{orders.url}/healthz", timeout=20)
    assert answer.json()["status"] == "ok"
    assert requests.head(f"{orders.url}/healthz", timeout=20).text == ""


def test_pages_of_both_instances_may_call_and_nobody_elses(orders, site):
    for origin in (site.url, SITE_B):
        preflight = requests.options(
            f"{orders.url}/orders/",
            headers={
                "Origin": origin,
                "Access-Control-Request-Method": "GET",
                "Access-Control-Request-Headers": "authorization",
            },
            timeout=20,
        )
        assert preflight.status_code == 204
        assert preflight.headers["Access-Control-Allow-Origin"] == origin
        assert preflight.headers["Access-Control-Allow-Headers"] == "Authorization"
        assert "Access-Control-Allow-Credentials" not in preflight.headers
        assert orders.get(site.token(), Origin=origin).headers["Access-Control-Allow-Origin"] == origin
        # A refusal must be readable by the page, too.
        assert orders.get("nonsense", Origin=origin).headers["Access-Control-Allow-Origin"] == origin
    for origin in ("http://evil.example", "null", site.url + "0", ""):
        assert "Access-Control-Allow-Origin" not in orders.get(site.token(), Origin=origin).headers
    assert "Origin" in orders.get(site.token()).headers["Vary"]
    healthz = requests.get(f"{orders.url}/healthz", headers={"Origin": SITE_B}, timeout=20)
    assert "Access-Control-Allow-Origin" not in healthz.headers


def test_it_imports_neither_django_nor_the_site():
    code = "import sys, demo.orders.app; print([n for n in sys.modules if n.split('.')[0] in {names}])"
    names = {"django", "authdemo", "jwt_app", "sessions_app", "oauth_app", "sqlite3"}
    # Without this environment: coverage would start in the child, and imports sqlite3.
    child = [sys.executable, "-c", code.replace("{names}", repr(names))]
    run = subprocess.run(child, env={"PATH": os.environ["PATH"]}, capture_output=True, text=True)
    assert run.stdout.strip() == "[]", run.stderr
