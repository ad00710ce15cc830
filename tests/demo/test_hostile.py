"""The hostile pages: they say what they are, set no cookie, and can post to the demo's own site only."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt
import pytest
import requests
from cryptography import x509

from demo.processes import free_port
from tests.demo.conftest import SITE, end, serve

pytestmark = pytest.mark.live
PROVIDERS = "http://127.0.0.1:19000"  # nobody listens there


@pytest.fixture(scope="module")
def hostile(tmp_path_factory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("hostile")
    port = free_port()
    urls = {"DEMO_SITE_URL": SITE, "DEMO_PROVIDERS_URL": PROVIDERS, "DEMO_HOSTILE_URL": "http://127.0.0.1:19002"}
    environment = os.environ | urls | {"VAR_DIR": str(folder / "var"), "DJANGO_SETTINGS_MODULE": "x"}
    process = serve("demo.outside.hostile.wsgi:application", port, environment, folder / "log")
    yield f"127.0.0.1:{port}"
    end(process)
    assert not (folder / "var").exists()  # nothing is kept of anybody
    assert "Traceback" not in (folder / "log").read_text()


def get(address: str, path: str, **headers: str) -> requests.Response:
    return requests.get(f"http://{address}{path}", headers=headers, timeout=10, allow_redirects=False)


def test_it_is_healthy_under_both_names(hostile):
    for name in ("127.0.0.1", "localhost"):
        answer = get(hostile, "/healthz", Host=hostile.replace("127.0.0.1", name))
        assert (answer.status_code, answer.json()) == (200, {"status": "ok", "checks": {}})


@pytest.mark.parametrize("path", ["/", "/shipped/", "/unsafe/", "/shipped/?run=a:b", "/nothing/"])
def test_every_page_says_what_it_is_sets_no_cookie_and_posts_to_the_site_only(hostile, path):
    answer = get(hostile, path)
    assert "Hostile on purpose." in answer.text
    assert "Set-Cookie" not in answer.headers
    policy = answer.headers["Content-Security-Policy"].split("; ")
    assert f"form-action {SITE}" in policy
    assert "default-src 'self'" in policy
    assert answer.text.count("<form") == answer.text.count(f'action="{SITE}/sessions/attacks/')


def test_it_sends_itself_only_for_who_came_from_the_site(hostile):
    assert 'id="attack"' in get(hostile, "/shipped/?run=abc:1x:Y_-").text
    assert 'id="attack"' not in get(hostile, "/shipped/").text


@pytest.mark.parametrize("run", ['"><script>', "a b", "%0d%0aX:y", "a" * 301, "..%2f..", "a&b=c", "a%00", "a%0a"])
def test_a_run_that_is_none_of_ours_is_dropped(hostile, run):
    page = get(hostile, f"/shipped/?run={run}").text
    assert "?run=" not in page or f'?run={run.partition("&")[0]}"' in page
    assert "<script>" not in page


def test_strange_requests(hostile):
    assert get(hostile, "/shipped/", Host="evil.example").status_code == 400
    assert requests.post(f"http://{hostile}/shipped/", {"colour": "red"}, timeout=10).status_code == 405
    assert get(hostile, "/", **{"Content-Type": "x/y; charset=zlib"}).status_code == 415


# ---- The key of an attacker's own


def sign(address: str, **what: object) -> requests.Response:
    return requests.post(f"http://{address}/sign/", timeout=10, **what)  # type: ignore[arg-type]


def test_at_any_depth_it_signs_or_refuses(hostile):
    # Python reads a little deeper than it writes.
    bodies = [f'{{"header": {{}}, "payload": {{"a": {"[" * depth}{"]" * depth}}}}}' for depth in range(930, 1000)]
    json_type = {"Content-Type": "application/json"}
    assert {sign(hostile, data=body, headers=json_type).status_code for body in bodies} == {200, 400}


def test_what_it_signs_is_verified_by_what_it_publishes(hostile):
    asked = {"header": {"alg": "RS256", "jku": "x"}, "payload": {"username": "teacher"}}
    token = sign(hostile, json=asked).json()["token"]
    [key] = jwt.PyJWKSet.from_dict(get(hostile, "/jwks.json").json()).keys
    certificate = x509.load_pem_x509_certificate(get(hostile, "/certificate.pem").content)
    keys: list[Any] = [key.key, certificate.public_key()]
    for public in keys:
        assert jwt.decode(token, public, ["RS256"]) == {"username": "teacher"}
    assert jwt.get_unverified_header(token) == {"alg": "RS256", "jku": "x"}
    assert set(get(hostile, "/jwks.json").json()["keys"][0]) == {"kty", "n", "e", "alg", "use", "kid"}


@pytest.mark.parametrize(
    "body",
    [b"", b"x", b"[]", b"{}", b'{"header": {}}', b'{"header": [], "payload": {}}', b"[" * 10_000, b'"' * 20_000],
)
def test_what_is_nothing_to_sign_is_refused(hostile, body):
    assert sign(hostile, data=body, headers={"Content-Type": "application/json"}).status_code == 400


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_no_page_of_another_site_can_make_a_browser_ask_for_a_signature(hostile, kind):
    body = b'{"header": {}, "payload": {}}'
    assert sign(hostile, data=body, headers={"Content-Type": kind}).status_code == 400
    asked = requests.options(f"http://{hostile}/sign/", headers={"Origin": "http://evil.example"}, timeout=10)
    assert "Access-Control-Allow-Origin" not in asked.headers


# ---- Mallory's quiz


PLAYED = {"q1": "owl", "q2": "bear", "q3": "owl"}


def begin(address: str, **answers: str) -> dict[str, str]:
    """Send the quiz's form, and return the request to the provider that it leads to."""
    answer = get(address, f"/quiz/start/?{urlencode(answers)}")
    assert answer.status_code == 302
    assert "Set-Cookie" not in answer.headers
    to = urlsplit(answer.headers["Location"])
    assert f"{to.scheme}://{to.netloc}{to.path}" == f"{PROVIDERS}/oidc/identity/o/authorize"
    return dict(parse_qsl(to.query, strict_parsing=True))


def test_the_quiz_asks_who_plays_it_before_it_says_more(hostile):
    page = get(hostile, "/quiz/")
    assert "Which animal are you?" in page.text
    assert "leaves with an access token of whoever plays. This one never fetches it." in page.text
    assert page.text.count('type="radio"') == 9
    assert "Set-Cookie" not in page.headers
    policy = page.headers["Content-Security-Policy"].split("; ")
    assert f"form-action {SITE} 'self' {PROVIDERS}" in policy
    asked = begin(hostile, **PLAYED)
    assert asked["client_id"] == "quiz-oidc"
    assert asked["redirect_uri"] == "http://127.0.0.1:19002/quiz/"
    assert asked["scope"] == "openid profile"
    assert asked["code_challenge_method"] == "S256"
    assert asked["state"] == "owl"


@pytest.mark.parametrize(
    "answers",
    [{}, {"q1": "x"}, {"q1": '"><script>', "q9": "owl"}, {"state": "owl"}],
    ids=["none", "x", "tag", "other"],
)
def test_answers_that_are_none(hostile, answers):
    assert begin(hostile, **answers)["state"] == "fox"


@pytest.mark.parametrize(
    ("state", "result"), [("owl", "an owl"), ("bear", "a bear"), ('"><script>', "a fox"), ("../x", "a fox")]
)
def test_who_comes_back_with_a_code_has_a_result_and_is_told_what_it_cost(hostile, state, result):
    page = get(hostile, f"/quiz/?{urlencode({'code': 'a-code', 'state': state})}")
    assert f"You are {result}!" in page.text
    assert "the code in the address bar is good for an access token of yours" in page.text
    assert "<script>" not in page.text
    assert "a-code" not in page.text


def test_who_has_said_no_has_none(hostile):
    page = get(hostile, "/quiz/?error=access_denied&state=owl").text
    assert "No result without a name." in page
    assert "Your result" not in page
