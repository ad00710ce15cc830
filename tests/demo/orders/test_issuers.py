"""The site's experiment with algorithms: issuers of their own, each with a key of its own."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
import pytest

from .conftest import KEYS, Site, refused

ALGORITHMS = ("RS256", "ES256", "EdDSA")


class Keys:
    """A site where each issuer has one key: that of its algorithm. The site's own key set is empty."""

    def __init__(self) -> None:
        keys = self
        self.asked: list[str] = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                keys.asked.append(self.path)
                content = json.dumps({"keys": keys.of(self.path)}).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def of(self, path: str) -> list[dict[str, Any]]:
        algorithm = path.removeprefix("/jwt/algorithms/").removesuffix("/jwks.json")
        algorithm = algorithm if algorithm in ALGORITHMS else "RS256"
        kid, key = KEYS[algorithm]
        members = jwt.get_algorithm_by_name(algorithm).to_jwk(key.public_key(), as_dict=True)
        return [{**members, "kid": kid, "alg": algorithm, "use": "sig"}]

    def token(self, algorithm: str, issuer: str) -> str:
        return Site.token(self, algorithm, iss=issuer)  # type: ignore[arg-type]


@pytest.fixture
def keys() -> Iterator[Keys]:
    running = Keys()
    yield running
    running.server.shutdown()
    running.server.server_close()


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_each_is_believed_by_its_own_key_which_is_fetched_once(start, keys, algorithm):
    orders = start(keys.url)
    issuer = f"{keys.url}/jwt/algorithms/{algorithm}"
    first, second = (orders.get(keys.token(algorithm, issuer)).json() for _ in range(2))
    assert first["user"] == {"id": "1", "username": "alice"}
    assert (first["key_fetches"], second["key_fetches"]) == (1, 0)
    assert keys.asked == [f"/jwt/algorithms/{algorithm}/jwks.json"]


def test_no_issuer_speaks_for_another(start, keys):
    orders = start(keys.url)
    for signed_by in ALGORITHMS:
        for named in (keys.url, *(f"{keys.url}/jwt/algorithms/{other}" for other in ALGORITHMS)):
            own = named in {f"{keys.url}/jwt/algorithms/{signed_by}"} or (named == keys.url and signed_by == "RS256")
            answer = orders.get(keys.token(signed_by, named))
            assert answer.status_code == 200 if own else refused(answer, "unknown_key"), (signed_by, named)


@pytest.mark.parametrize("named", ["HS256", "none", "RS256/", ""])
def test_who_is_not_trusted_is_not_asked(start, keys, named):
    orders = start(keys.url)
    assert refused(orders.get(keys.token("RS256", f"{keys.url}/jwt/algorithms/{named}")), "wrong_issuer")
    assert keys.asked == ["/jwt/.well-known/jwks.json"]


@pytest.mark.parametrize("named", [["x"], {"x": 1}, 1, None])
def test_an_issuer_that_is_no_text_is_refused(start, keys, named):
    header, _, signature = keys.token("RS256", keys.url).split(".")
    payload = base64.urlsafe_b64encode(json.dumps({"user_id": "1", "iss": named}).encode()).decode().rstrip("=")
    assert refused(start(keys.url).get(f"{header}.{payload}.{signature}"), "token_not_valid")
