"""Whatever credential stands wherever in a request or response: nothing of it is kept."""

from __future__ import annotations

import base64
import json
import string
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from authdemo.wire import harmless, redaction
from authdemo.wire.known import hosts, path_words
from authdemo.wire.redaction import Known, RequestParts, ResponseParts

KNOWN = Known(path_words("authdemo.urls"), hosts() | {"testserver"}, frozenset({"alice", "authdemo-github"}))
PIECE = 8
UNHURRIED = settings(deadline=None)

URLSAFE = string.ascii_letters + string.digits + "-_"
BASE36 = string.ascii_lowercase + string.digits


def characters(alphabet: str, least: int, most: int) -> st.SearchStrategy[str]:
    return st.text(st.sampled_from(alphabet), min_size=least, max_size=most).filter(lambda text: len(set(text)) > 6)


session_keys = characters(BASE36, 32, 32)
opaque = characters(URLSAFE, 20, 90)
codes = characters(string.hexdigits, 20, 40)
jwts = st.tuples(opaque, opaque, opaque).map(".".join)
passwords = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=10, max_size=40).filter(
    lambda text: len(set(text)) > 7
)
specials = characters("abCD12 &=?#/%+;:,.\"'<>\\{}[]()|@é漢🙂\t", 12, 40)
numbers = characters(string.digits, 10, 24)

PUBLIC = "\x00".join(
    harmless.CONSTANTS | harmless.NAMES | set(harmless.SECRETS.values()) | harmless.PROVIDER_PATHS
    | KNOWN.words | KNOWN.hosts | {"/jwt/api/token/", "authdemo_session", "fingerprint", "attributes"}
).lower()  # fmt: skip


def secret(text: str) -> bool:
    """Hypothesis also tries words that it finds in our code, and those are nobody's secret."""
    folded = text.lower()
    if any(word.lower() in folded for word in KNOWN.words if len(word) > 2):  # "api/whoami" is a path of ours
        return False
    return not any(folded[i : i + PIECE] in PUBLIC for i in range(len(folded) - PIECE + 1))


credentials = st.one_of(session_keys, opaque, codes, jwts, passwords, specials, numbers).filter(secret)

encodings = st.sampled_from(
    [
        lambda text: text,
        lambda text: quote(text, safe=""),
        lambda text: quote(quote(text, safe=""), safe=""),
        lambda text: quote(quote(quote(text, safe=""), safe=""), safe=""),
        quote_plus,
        lambda text: f"Bearer {text}",
        lambda text: f"please see {text}, thank you",
        lambda text: f"https://example.com/{text}?{text}={text}#{text}",
        lambda text: f"/oauth/signed-in/?code={quote(text)}&next=/sessions/%3Fstate={quote(quote(text))}#{text}",
        lambda text: json.dumps({"token": text}),
        lambda text: f'q=0.9, "{text}"; {text}={text}',
        lambda text: base64.b64encode(f"user:{text}".encode("utf-8", "surrogatepass")).decode(),
    ]
)
names = st.one_of(st.sampled_from(sorted(harmless.NAMES)), characters(URLSAFE, 8, 20), st.just(""))


def pieces(credential: str) -> set[str]:
    """Every part of eight characters, as it is and as each encoding writes it."""
    written = {credential, quote(credential, safe=""), quote_plus(credential), json.dumps(credential)[1:-1]}
    written.add(base64.b64encode(credential.encode("utf-8", "surrogatepass")).decode())
    return {text[i : i + PIECE] for text in written for i in range(len(text) - PIECE + 1)}


def strings(kept: Any) -> list[str]:
    """Every text and number in the structure, keys as well."""
    if isinstance(kept, dict):
        return [text for key, item in kept.items() for text in (key, *strings(item))]
    if isinstance(kept, list):
        return [text for item in kept for text in strings(item)]
    return [str(kept)]


def request_with(name: str, value: str, place: str) -> RequestParts:
    """The same request, with a value under a name in one place of it."""
    plain: dict[str, Any] = {
        "method": "POST", "path": "/jwt/api/token/", "query": "next=/sessions/",
        "headers": [("Accept", "text/html"), ("Host", "testserver")], "cookies": [("oauth_provider", "github")],
        "content_type": "application/json", "content": b'{"detail": null}', "size": 20,
    }  # fmt: skip
    form = "application/x-www-form-urlencoded"
    changes: dict[str, dict[str, Any]] = {
        "method": {"method": value},
        "path": {"path": f"/oauth/{value}/x"},
        "query": {"query": urlencode([(name, value)], errors="replace")},
        "raw query": {"query": f"{name}={value}"},
        "bare query": {"query": value},
        "query name": {"query": urlencode([(value, "1")], errors="replace")},
        "header": {"headers": [(name, value)]},
        "header name": {"headers": [(value, "1")]},
        "referer": {"headers": [("Referer", f"http://testserver/{value}?{name}={value}")]},
        "cookie": {"cookies": [(name, value)]},
        "cookie name": {"cookies": [(value, "1")]},
        "form": {"content_type": form, "content": urlencode([(name, value)], errors="replace").encode()},
        "raw form": {"content_type": form, "content": f"{name}={value}".encode("utf-8", "replace")},
        "multipart": {"content_type": "multipart/form-data", "fields": [(name, value)]},
        "content type": {"content_type": value},
        "json": {"content": json.dumps({name: value}).encode()},
        "json name": {"content": json.dumps({value: 1}).encode()},
        "json deep": {"content": json.dumps({"user": [{"checks": {name: [value, {"x": value}]}}]}).encode()},
        "json text": {"content": json.dumps(value).encode()},
        "no json": {"content": value.encode("utf-8", "replace")},
    }
    return RequestParts(**plain | changes[place])


def response_with(name: str, value: str, place: str) -> ResponseParts:
    cookies = SimpleCookie()
    cookies["authdemo_session"] = "x"
    plain: dict[str, Any] = {
        "status": 200, "headers": [("Content-Type", "application/json")], "cookies": cookies.values(),
        "content_type": "application/json", "content": b"{}", "size": 2,
    }  # fmt: skip
    if place == "attribute":
        cookies["authdemo_session"].update({"path": f"/{value}", "domain": value, "samesite": value, "max-age": value})
    if place == "set-cookie":
        cookies["authdemo_session"].set("authdemo_session", value, f'"{value}"')
    changes: dict[str, dict[str, Any]] = {
        "header": {"headers": [(name, value)]},
        "location": {"headers": [("Location", f"https://github.com/login/oauth/authorize?{name}={quote(value)}")]},
        "json": {"content": json.dumps({name: {"errors": [value]}}).encode()},
        "error message": {"content": json.dumps({"detail": f"Cannot read {value}.", "code": value}).encode()},
        "attribute": {},
        "set-cookie": {},
    }
    return ResponseParts(**plain | changes[place])


REQUEST_PLACES = [
    "method", "path", "query", "raw query", "bare query", "query name", "header", "header name", "referer", "cookie",
    "cookie name", "form", "raw form", "multipart", "content type", "json", "json name", "json deep", "json text",
    "no json",
]  # fmt: skip
RESPONSE_PLACES = ["header", "location", "json", "error message", "attribute", "set-cookie"]


def nothing_kept(kept: Any, credential: str) -> None:
    text = "\x00".join(strings(kept))
    found = sorted(piece for piece in pieces(credential) if piece in text)
    assert not found, (found[:3], kept)
    json.dumps(kept, allow_nan=False).encode()  # and a database can hold it


@pytest.mark.parametrize("place", REQUEST_PLACES)
@UNHURRIED
@given(credential=credentials, encode=encodings, name=names)
def test_nothing_of_a_credential_in_a_request_is_kept(place, credential, encode, name):
    kept = redaction.redact_request(request_with(name, encode(credential), place), KNOWN)
    nothing_kept([kept, redaction.carried(kept)], credential)


@pytest.mark.parametrize("place", RESPONSE_PLACES)
@UNHURRIED
@given(credential=credentials, encode=encodings, name=names)
def test_nothing_of_a_credential_in_a_response_is_kept(place, credential, encode, name):
    nothing_kept(redaction.redact_response(response_with(name, encode(credential), place), KNOWN), credential)


@UNHURRIED
@given(credential=credentials)
@example(credential="it's 'quoted' twice and long")
def test_nothing_of_a_literal_in_a_statement_is_kept(credential):
    literal = credential.replace("'", "''")
    nothing_kept(redaction.sql(f"... FROM django_session WHERE session_key = '{literal}' LIMIT 1"), credential)


@pytest.mark.parametrize("place", REQUEST_PLACES)
@UNHURRIED
@given(name=st.sampled_from(["password", "old_password", "client_secret", "username"]))
def test_a_short_password_is_not_kept_either(place, name):
    kept = redaction.redact_request(request_with(name, "hunter2", place), KNOWN)
    assert "hunter2" not in "\x00".join(strings(kept))


# ---- What is kept


def fields(pairs: list[Any]) -> dict[str, Any]:
    return dict(pairs)


def kept(**changes: Any) -> dict[str, Any]:
    plain: dict[str, Any] = {"method": "GET", "path": "/", "query": "", "headers": [], "cookies": []}
    return redaction.redact_request(RequestParts(**plain | changes), KNOWN)


def test_what_a_learner_has_to_see_is_kept():
    seen = kept(
        path="/sessions/devices/17/revoke/",
        query="next=%2Foauth%2Fconnections%2F%3Fconnect%3Dgithub&scope=openid+email&state=abcdefghijklmnopqrstuvwxyz",
        headers=[
            ("Host", "testserver"),
            ("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
            ("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/131.0.0.0 Safari/537.36"),
            ("Referer", "http://testserver/sessions/?a=b"),
            ("Content-Type", "multipart/form-data; boundary=----WebKitFormBoundaryAbCdEfGh"),
        ],
        cookies=[("authdemo_session", "abcdefghijklmnopqrstuvwxyz012345"), ("oauth_provider", "github")],
    )
    assert seen["path"] == "/sessions/devices/17/revoke/"
    query, headers, cookies = fields(seen["query"]), fields(seen["headers"]), fields(seen["cookies"])
    assert query["next"]["url"] == "/oauth/connections/"
    assert query["scope"] == "openid email"
    assert query["state"]["mask"] == "abcd…"
    assert headers["Host"] == "testserver"
    assert headers["Accept"].startswith("text/html,")
    assert headers["User-Agent"] == "Chrome/131 …"
    assert headers["Referer"]["url"] == "http://testserver/sessions/"
    assert headers["Content-Type"] == "multipart/form-data; …"
    assert cookies["oauth_provider"] == "github"
    mask = cookies["authdemo_session"]
    assert (mask["mask"], mask["kind"], mask["length"]) == ("abcd…", "session key", 32)


def test_a_bearer_token_shows_its_scheme_and_its_end():
    seen = kept(headers=[("Authorization", "Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abcdefghijklWXYZ")])
    [credential] = redaction.carried(seen)
    assert credential["mask"] == "…WXYZ"
    assert credential["kind"] == "access token"
    assert credential["place"] == "Header Authorization"
    assert fields(seen["headers"])["Authorization"]["scheme"] == "Bearer"


def test_the_same_credential_is_recognised_however_it_was_written():
    token = "abc.DEF+/=ghi~jkl mno%20pqr"
    in_cookie = kept(cookies=[("authdemo_session", token)])["cookies"][0][1]
    in_form = kept(content_type="application/x-www-form-urlencoded", content=urlencode({"refresh": token}).encode())
    in_path = kept(query="code=" + quote(quote(token, safe=""), safe=""))
    assert in_cookie["fingerprint"] == in_form["body"]["fields"][0][1]["fingerprint"]
    assert in_cookie["fingerprint"] == in_path["query"][0][1]["fingerprint"]
    assert in_cookie["fingerprint"] != redaction.fingerprint(token + "x")


def test_a_fingerprint_is_worthless_without_the_key_of_this_site(settings):  # pytest-django's
    before = redaction.fingerprint("a-session-key")
    settings.SECRET_KEY = "another"
    assert redaction.fingerprint("a-session-key") != before


def test_what_people_choose_leaves_neither_length_nor_fingerprint():
    seen = kept(content_type="application/json", content=b'{"username": "hunter2", "password": "correct horse"}')
    assert fields(seen["body"]["fields"]) == {
        "username": {"mask": "•••", "kind": "typed name"},
        "password": {"mask": "•••", "kind": "password"},
    }


def test_an_answer_in_json_shows_who_and_when_and_why():
    body = {"mechanism": "jwt", "user": {"id": "1", "username": "alice"}, "code": "token_reused", "revocable": False}
    body |= {"credential": {"kind": "access token", "expires_at": "2026-01-31T12:00:00Z", "issued_at": None}}
    response = ResponseParts(401, [("WWW-Authenticate", 'Bearer realm="api", error="invalid_token"')], [],
                             "application/json", json.dumps(body).encode(), 99)  # fmt: skip
    seen = redaction.redact_response(response, KNOWN)
    found = fields(seen["body"]["fields"])
    assert found["mechanism"] == "jwt"
    assert fields(found["user"]["fields"]) == {"id": "1", "username": "alice"}
    assert found["code"] == "token_reused"
    assert found["revocable"] is False
    assert fields(found["credential"]["fields"])["expires_at"] == "2026-01-31T12:00:00Z"
    assert fields(seen["headers"])["WWW-Authenticate"] == 'Bearer error="invalid_token" …'


@pytest.mark.parametrize(
    "text", ["http://[::1", "javascript:alert(1)", "http://evil.example@testserver/", "//evil.example/", "http:secret"]
)
def test_a_strange_address_is_masked(text):
    [[_, seen]] = kept(headers=[("Referer", text)])["headers"]
    assert "evil" not in json.dumps(seen)
    assert "secret" not in json.dumps(seen)


@pytest.mark.parametrize(
    ("name", "harmless_part", "whole"),
    [
        ("Server-Timing", "app;dur=1.00", "app;dur=1.00, x;dur=1;desc=a-secret-of-mine"),
        ("WWW-Authenticate", "Bearer", 'Bearer error="a_secret_of_mine"'),
        ("User-Agent", "curl/8", "curl/8.5 a-secret-of-mine"),
        ("Accept", "text/html", "text/html, a/secret-of-mine;q=0.5"),
        ("Accept-Language", "en", "en;q=a-secret-of-mine, de"),
        ("Content-Type", "multipart/form-data", "multipart/form-data; boundary=a-secret-of-mine"),
        ("Referer", "/sessions/", "http://a-secret-of-mine@testserver/sessions/#a-secret-of-mine"),
        ("Authorization", "Bearer", "Bearer a-secret-of-mine"),
        ("Cache-Control", "max-age=0", "max-age=0, a-secret-of-mine=1"),
    ],
)
def test_beside_what_is_harmless_nothing_else_is_kept(name, harmless_part, whole):
    text = json.dumps(kept(headers=[(name, whole)])["headers"])
    assert "secret" not in text
    if name != "Server-Timing":  # all of it is ours or none
        assert harmless_part in text


def test_cookies_are_shown_one_by_one_and_not_as_a_header():
    response = ResponseParts(200, [("Set-Cookie", "a=b")], [])
    assert kept(headers=[("Cookie", "a=b")])["headers"] == []
    assert redaction.redact_response(response, KNOWN)["headers"] == []


def test_much_and_deep_is_cut_short():
    deep: Any = "x"
    for _ in range(500):
        deep = {"user": deep}
    seen = kept(content_type="application/json", content=json.dumps([deep] * 500).encode())
    assert len(seen["body"]["items"]) <= redaction.MANY
    many = kept(query="&".join(f"a{i}=1" for i in range(5000)))
    assert len(many["query"]) <= redaction.MANY
    brackets = kept(content_type="application/json", content=b"[" * 60_000)
    assert brackets["body"]["length"] == 60_000
