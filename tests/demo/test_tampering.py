"""The tampering switch: in the demo only, from this machine only, for one code, once, and in one named way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jwt
import pytest
import requests

from tests.demo.conftest import SITE, client_at
from tests.demo.visitor import Client, Visitor

pytestmark = pytest.mark.live
KINDS = ("wrong-key", "alg-none", "foreign-nonce", "missing-nonce", "wrong-issuer", "wrong-audience")


@pytest.fixture
def google(demo: Any) -> Client:
    return client_at(demo.providers, demo.site, "google")


@pytest.fixture
def mallory() -> Iterator[Visitor]:
    with Visitor() as session:
        yield session


def order(url: str, **body: Any) -> requests.Response:
    return requests.post(f"{url}/tampering/", json=body, timeout=20)


def code_of(mallory: Visitor, client: Client) -> str:
    return str(mallory.code_for(client, name="mallory.outside"))


def id_token(client: Client, code: str) -> dict[str, Any]:
    answer = client.exchange(code)
    assert answer.status_code == 200, answer.text
    return jwt.decode_complete(answer.json()["id_token"], options={"verify_signature": False})


def good(client: Client, token: str) -> bool:
    keys = jwt.PyJWKClient(f"{client.base}/google/jwks.json")
    try:
        jwt.decode(
            token, keys.get_signing_key_from_jwt(token).key, algorithms=["RS256"], options={"verify_aud": False}
        )
    except jwt.PyJWTError:
        return False
    return True


@pytest.mark.parametrize("kind", [*KINDS, "expired"])
def test_one_token_is_wrong_in_its_one_way_and_the_next_is_good_again(google, mallory, kind):
    before = id_token(google, code_of(mallory, google))["payload"]
    code = code_of(mallory, google)
    assert order(google.base, code=code, kind=kind).status_code == 204
    answer = google.exchange(code).json()["id_token"]
    made = jwt.decode_complete(answer, options={"verify_signature": False})
    changed = {
        name for name in before if made["payload"].get(name) != before[name] and name not in {"iat", "exp", "at_hash"}
    }
    person = {"sub", "email", "name", "given_name"}
    assert changed - person - {"jti"} == {
        "foreign-nonce": {"nonce"},
        "missing-nonce": {"nonce"},
        "wrong-issuer": {"iss"},
        "wrong-audience": {"aud", "azp"},
    }.get(kind, set())
    assert person <= changed
    assert made["payload"]["email"] == "alice@outside.example"
    assert (made["payload"]["exp"] < before["exp"]) == (kind == "expired")
    assert (made["header"]["alg"] == "none") == (kind == "alg-none")
    assert good(google, answer) == (kind not in {"wrong-key", "alg-none", "expired"})
    after = id_token(google, code_of(mallory, google))["payload"]
    assert after["email"] == "mallory@outside.example"


def test_it_works_for_the_code_that_it_was_ordered_for_and_for_no_other(google, mallory):
    ordered, other = code_of(mallory, google), code_of(mallory, google)
    order(google.base, code=ordered, kind="missing-nonce")
    assert id_token(google, other)["payload"]["email"] == "mallory@outside.example"
    assert id_token(google, ordered)["payload"]["email"] == "alice@outside.example"
    assert google.exchange(ordered).status_code == 400


def user_info(client: Client, path: str, kind: str, mallory: Visitor) -> tuple[str, str]:
    """Return whom the ID token names, and whom user-info names to the access token that came along."""
    code = code_of(mallory, client)
    order(client.base, code=code, kind=kind)
    answer = client.exchange(code).json()
    made = jwt.decode_complete(answer["id_token"], options={"verify_signature": False})["payload"]
    headers = {"Authorization": f"Bearer {answer['access_token']}"}
    said = requests.get(f"{client.base}{path}", headers=headers, timeout=20).json()
    assert (said["sub"] == made["sub"]) == (said["email"] == made["email"])
    return made["email"].partition("@")[0], said["email"].partition("@")[0]


@pytest.mark.parametrize(
    ("company", "path"), [("google", "/google/userinfo"), ("oidc", "/oidc/identity/o/api/userinfo")]
)
def test_user_info_agrees_unless_that_is_what_is_wrong(demo, mallory, company, path):
    """Else one wrong thing would be two, since user-info would name Mallory whatever was ordered."""
    client = client_at(demo.providers, demo.site, company)
    assert user_info(client, path, "changed-sub", mallory) == ("alice", "mallory")
    assert user_info(client, path, "foreign-nonce", mallory) == ("alice", "alice")
    code = code_of(mallory, client)
    headers = {"Authorization": f"Bearer {client.exchange(code).json()['access_token']}"}
    said = requests.get(f"{client.base}{path}", headers=headers, timeout=20).json()
    assert said["email"] == "mallory@outside.example"


def test_nobody_can_order_what_has_no_name(google):
    wrong: tuple[dict[str, Any], ...] = (
        {},
        {"code": "x"},
        {"code": "x", "kind": "all"},
        {"code": "", "kind": "expired"},
        {"code": 1},
        {"code": ["x"], "kind": "expired"},
        {"code": "x", "kind": ["expired"]},
    )
    for body in wrong:
        assert order(google.base, **body).status_code == 400
    for text in ("", "[1", "1", "null", "[" * 100_000):
        headers = {"Content-Type": "application/json"}
        answer = requests.post(f"{google.base}/tampering/", data=text, headers=headers, timeout=20)
        assert answer.status_code == 400


def test_a_page_of_another_site_cannot_make_a_browser_order_it(google):
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        answer = requests.post(
            f"{google.base}/tampering/",
            data='{"code": "x", "kind": "expired"}',
            headers={"Content-Type": kind},
            timeout=20,
        )
        assert answer.status_code == 415
    asked = requests.options(f"{google.base}/tampering/", headers={"Origin": "http://evil.example"}, timeout=20)
    assert asked.status_code == 405
    assert "Access-Control-Allow-Origin" not in asked.headers


def test_without_the_demo_there_is_no_switch(outside_without_labs, visitor):
    outside = outside_without_labs
    client = client_at(outside.url, SITE, "google")
    code = str(visitor.code_for(client, name="mallory.outside"))
    assert order(outside.url, code=code, kind="changed-sub").status_code == 404
    assert id_token(client, code)["payload"]["email"] == "mallory@outside.example"
