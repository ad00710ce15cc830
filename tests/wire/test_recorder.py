"""What is kept, for whom, for how long; and what is never kept."""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from django.contrib.sessions.models import Session
from django.core import signing
from django.db import DatabaseError, connection
from django.http import StreamingHttpResponse
from django.test import Client
from django.urls import path
from django.utils import timezone

from authdemo.accounts.models import User
from authdemo.urls import urlpatterns as site_urls
from authdemo.wire.browser import COOKIE, HEADER
from authdemo.wire.models import KEPT_PER_BROWSER, Exchange
from tests.oauth_app.conftest import Visitor, company, visitor  # noqa: F401  fixtures

PASSWORD = "correct horse battery"
pytestmark = pytest.mark.django_db


@pytest.fixture
def alice(db: None) -> User:
    return User.objects.create_user("alice", "alice@example.com", PASSWORD)


def watched(client: Client | None = None) -> Client:
    """A browser with its panel open."""
    client = client or Client()
    assert client.post("/wire/open/").status_code == 302
    return client


def sign_in(client: Client, password: str = PASSWORD) -> Any:
    return client.post("/sessions/login/", {"username": "alice", "password": password})


def header_of(client: Client) -> str:
    """What the panel's script sends with calls that have no cookies."""
    page = client.get("/wire/").content.decode()
    return page.split('data-header="')[1].split('"')[0]


def last() -> Exchange:
    exchange = Exchange.objects.first()
    assert exchange is not None
    return exchange


# ---- When


def test_nothing_is_kept_while_the_panel_is_closed(client, alice):
    sign_in(client)
    client.get("/")
    assert not Exchange.objects.exists()
    watched(client)
    client.get("/")
    assert Exchange.objects.count() == 1
    client.post("/wire/close/")
    client.get("/sessions/")
    assert Exchange.objects.count() == 1


@pytest.mark.parametrize("path", ["/healthz", "/static/css/wire.css", "/wire/", "/wire/cards/", "/favicon.ico"])
def test_what_is_no_part_of_the_story_is_not_kept(path):
    watched().get(path).close()
    assert not Exchange.objects.exists()


@pytest.mark.parametrize(
    "value",
    [
        "", "x", "a.open", ":::", "a" * 5000,
        signing.TimestampSigner(salt="authdemo.wire.header").sign("a.open"),
        signing.TimestampSigner(salt="authdemo.wire.cookie", key="not-ours").sign("a.open"),
    ],
    ids=["empty", "x", "unsigned", "colons", "long", "signed for the header", "signed by another key"],
)  # fmt: skip
def test_a_cookie_that_we_did_not_make_opens_nothing(client, value):
    client.cookies[COOKIE] = value
    assert client.get("/").status_code == 200
    assert client.get("/wire/").status_code == 200
    assert not Exchange.objects.exists()


def test_the_cookie_is_kept_from_scripts_and_from_other_sites(client):
    morsel = client.post("/wire/open/").cookies[COOKIE]
    assert (morsel["httponly"], morsel["samesite"]) == (True, "Lax")


def test_the_panel_opens_by_a_post_of_our_own_page_only():
    strict = Client(enforce_csrf_checks=True)
    for name in ("open", "close", "clear"):
        assert strict.get(f"/wire/{name}/").status_code == 405
        assert strict.post(f"/wire/{name}/").status_code == 403


def test_a_call_without_cookies_is_kept_by_its_header(alice):
    browser = watched()
    program = Client(headers={HEADER: header_of(browser)})
    program.post("/jwt/api/token/", {"username": "alice", "password": PASSWORD}, "application/json")
    assert last().path == "/jwt/api/token/"
    assert paths(browser) == ["/jwt/api/token/"]
    # It can only add to the list: it is no key to it.
    assert paths(program) == []
    thief = Client()
    thief.cookies[COOKIE] = header_of(browser)
    assert paths(thief) == []


# ---- Whose


def test_two_browsers_never_see_each_others(alice):
    one, two = watched(), watched()
    one.get("/compare-one/")
    sign_in(one)
    two.get("/oauth/")
    assert "/oauth/" not in paths(one)
    assert paths(two) == ["/oauth/"]
    theirs = Exchange.objects.get(path="/sessions/login/")
    assert two.post(f"/wire/reveal/{theirs.pk}/", {"fingerprint": "0"}).status_code == 404
    assert Client().post(f"/wire/reveal/{theirs.pk}/", {"fingerprint": "0"}).status_code == 404
    two.post("/wire/clear/")
    assert paths(two) == []
    assert len(paths(one)) == 2
    nobody = Client()
    assert paths(nobody) == []
    assert nobody.get("/wire/cards/").status_code == 286


def paths(client: Client) -> list[str]:
    """The paths on the page, the newest first."""
    cards = client.get("/wire/").content.decode().split("<h3><code>")[1:]
    return [card.split("</code>")[0].split(" ")[1] for card in cards]


# ---- How long, how many


def test_an_hour_later_it_is_gone():
    one, other = watched(), watched()
    one.get("/")
    other.get("/")
    Exchange.objects.update(at=timezone.now() - timedelta(minutes=59))
    assert len(paths(one)) == 1
    Exchange.objects.update(at=timezone.now() - timedelta(minutes=61))
    assert paths(one) == []
    other.get("/")  # whoever comes next clears away what is old, of all
    assert Exchange.objects.count() == 1


def test_sixty_are_kept_of_each_browser():
    one, other = watched(), watched()
    other.get("/")
    one.get("/oauth/")
    for _ in range(KEPT_PER_BROWSER):
        one.get("/jwt/.well-known/jwks.json")
    assert Exchange.objects.count() == KEPT_PER_BROWSER + 1
    assert not Exchange.objects.filter(path="/oauth/").exists()


# ---- What


def test_a_session_says_who_and_what_it_cost(alice):
    browser = watched()
    sign_in(browser)
    before = last()
    assert (before.username, before.became, before.mechanism) == ("", "alice", "")
    browser.get("/sessions/api/whoami/")
    seen = last()
    assert (seen.username, seen.became, seen.mechanism, seen.status) == ("alice", None, "session", 200)
    assert seen.statement_count == len(seen.statements) == 2
    assert "django_session" in seen.statements[0]["sql"]
    assert seen.carried[0]["kind"] == "session key"
    assert seen.microseconds > seen.sql_microseconds > 0
    assert seen.response_bytes == len(browser.get("/sessions/api/whoami/").content)
    browser.post("/sessions/logout/")
    assert (last().username, last().became) == ("alice", "")


def test_a_token_says_who_with_no_statement(alice):
    browser = watched()
    token = browser.post("/jwt/api/token/", {"username": "alice", "password": PASSWORD}, "application/json").json()
    assert {one["kind"] for one in last().carried} == {"password"}
    browser.get("/jwt/api/whoami/", headers={"Authorization": f"Bearer {token['access']}"})
    seen = last()
    assert (seen.username, seen.mechanism, seen.statement_count, seen.cache_count) == ("alice", "jwt", 0, 0)
    assert seen.carried[0]["mask"] == "…" + token["access"][-4:]
    browser.get("/jwt/api/whoami/", headers={"Authorization": "Bearer x.y.z"})
    assert (last().username, last().mechanism, last().status) == ("", "", 401)


@pytest.mark.parametrize("path", ["/jwt/.well-known/jwks.json", "/oauth/status/"])
def test_where_nobody_asks_who_it_is_nobody_is_looked_up(alice, path):
    browser = watched()
    sign_in(browser)
    browser.get(path)
    assert last().path == path
    assert not last().asked
    assert not [one for one in last().statements if "accounts_user" in one["sql"]]
    assert "Nobody asked." in browser.get("/wire/").content.decode()


def test_the_panel_itself_costs_no_statement_that_would_be_counted(client):
    def count(client: Client) -> str:
        return str(client.get("/oauth/")["Server-Timing"].split("sql;")[1].split('desc="')[1].split('"')[0])

    closed = count(client)
    assert count(watched(client)) == closed


def test_a_body_that_is_too_large_or_no_form_is_not_kept(alice, settings):
    browser = watched()
    browser.post("/jwt/api/token/", json.dumps({"username": "x" * 70_000}), "application/json")
    assert last().request["body"] == ""
    assert last().request_bytes > 70_000
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    answer = browser.post("/jwt/api/token/", {"username": "alice"}, "application/json")
    assert (answer.status_code, last().status, last().request["body"]) == (413, 413, "")
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    multipart = "multipart/form-data; boundary=B"
    browser.generic("POST", "/jwt/api/token/", b"--B\r\nno form", content_type=multipart)
    assert last().path == "/jwt/api/token/"
    browser.post("/sessions/login/", {"username": "alice", "password": "wrong", "file": b"x"})
    assert ["password", {"mask": "•••", "kind": "password"}] in last().request["body"]["fields"]


def stream(request: Any) -> StreamingHttpResponse:
    def chunks():
        yield b"one"
        Session.objects.count()
        yield b"two"

    return StreamingHttpResponse(chunks())


urlpatterns = [path("stream/", stream), *site_urls]


@pytest.mark.urls(__name__)
def test_a_stream_is_kept_when_it_has_ended():
    browser = watched()
    response = browser.get("/stream/")
    assert not Exchange.objects.exists()
    assert b"".join(response) == b"onetwo"  # type: ignore[call-overload]
    response.close()
    assert last().statement_count == 1
    assert last().response_bytes is None


# ---- Failure


def test_a_database_that_refuses_is_not_felt(caplog):
    browser = watched()
    logging.getLogger("authdemo.wire").addHandler(caplog.handler)

    def refuse(execute, sql, params, many, context):
        if "wire_exchange" in sql:
            raise DatabaseError("disk full near SECRET")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse):
        response = browser.get("/oauth/")
    assert response.status_code == 200
    assert not Exchange.objects.exists()
    assert "an exchange was not kept: DatabaseError" in caplog.text
    assert "SECRET" not in caplog.text
    browser.get("/oauth/")
    assert Exchange.objects.count() == 1


@pytest.mark.parametrize(
    ("path", "extra"),
    [
        ("/%00/%ff/%ed%a0%80", {}),
        ("/?" + "a=1&" * 3000, {}),
        ("/oauth/", {"HTTP_COOKIE_2": "\udcff", "HTTP_REFERER": "http://[::1"}),
        ("/" + "a/" * 2000, {}),
        ("/jwt/api/whoami/", {"HTTP_AUTHORIZATION": "Bearer " + "x" * 60_000}),
    ],
)
def test_a_strange_request_is_kept_or_not_but_answered(path, extra, caplog):
    logging.getLogger("authdemo.wire").addHandler(caplog.handler)
    browser = watched()
    assert browser.generic("GET", path, **extra).status_code < 500
    assert "not kept" not in caplog.text
    assert Exchange.objects.count() == 1


# ---- No credential in any column


def everything() -> str:
    """All that the table holds, as text."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM wire_exchange")
        return "\n".join(str(value) for row in cursor.fetchall() for value in row)


def assert_no_trace(*secrets: str) -> None:
    text = everything()
    for secret in secrets:
        assert len(secret) > 5
        for written in {secret, quote(secret, safe=""), json.dumps(secret)[1:-1]}:
            pieces = [written[i : i + 8] for i in range(max(1, len(written) - 7))]
            # The header of every token is the same, and says nothing.
            assert not [piece for piece in pieces if piece in text], secret[:3]


def test_a_session_from_beginning_to_end_leaves_no_credential(alice):
    browser = watched()
    browser.get("/sessions/login/?next=/sessions/")
    sign_in(browser, "wrong-pässword-123")
    sign_in(browser)
    session, csrf = browser.cookies["authdemo_session"].value, browser.cookies["authdemo_csrf"].value
    form_token = browser.get("/sessions/").content.decode().split('csrfmiddlewaretoken" value="')[1].split('"')[0]
    browser.get("/sessions/devices/")
    browser.post("/sessions/logout/", {"csrfmiddlewaretoken": form_token})
    assert Exchange.objects.count() >= 6
    wire = browser.cookies[COOKIE].value
    assert_no_trace(session, csrf, form_token, PASSWORD, "wrong-pässword-123", wire.split(".")[0], wire.split(":")[-1])


def test_a_token_from_beginning_to_end_leaves_no_credential(alice):
    browser = watched()

    def post(name: str, **body: str) -> dict[str, Any]:
        answer = browser.post(f"/jwt/api/{name}/", body, "application/json")
        found: dict[str, Any] = answer.json() if answer.content else {}
        return found

    first = post("token", username="alice", password=PASSWORD)
    for name in ("whoami", "me"):
        browser.get(f"/jwt/api/{name}/", headers={"Authorization": f"Bearer {first['access']}"})
    second = post("token/refresh", refresh=first["refresh"])
    post("token/verify", token=second["access"])
    post("token/refresh", refresh=first["refresh"])
    post("token/blacklist", refresh=second["refresh"])
    browser.get("/jwt/api/whoami/?access_token=" + second["access"])
    browser.get("/jwt/" + second["access"] + "/")
    assert Exchange.objects.count() == 9
    signed = [token.split(".")[part] for token in (*first.values(), *second.values()) for part in (1, 2)]
    assert_no_trace(PASSWORD, *signed)


@pytest.mark.parametrize("provider", ["github", "google", "outside"])
def test_a_social_sign_in_leaves_no_credential(visitor: Visitor, provider):  # noqa: F811
    watched(visitor.client)
    location = visitor.start(provider)["Location"]
    sent = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
    visitor.come_back(provider, code="a-code-of-the-provider", state=sent["state"])
    visitor.come_back(provider, code="a-code-of-the-provider", state=sent["state"])
    visitor.client.get("/oauth/signed-in/")
    seen = Exchange.objects.filter(path__endswith="/callback/").last()
    assert seen is not None
    assert seen.became == visitor.username()
    assert [one["kind"] for one in seen.carried] == ["session key", "authorization code"]
    verifiers = [call[1]["code_verifier"] for call in visitor.company.calls if "code_verifier" in call[1]]
    assert verifiers
    secrets = [sent["state"], sent["code_challenge"], sent.get("nonce", ""), "a-code-of-the-", *verifiers]
    session = visitor.client.cookies["authdemo_session"].value
    assert_no_trace(session, "der-token", *(secret for secret in secrets if secret))
