"""The provider hangs, breaks or talks nonsense: a page says so, nobody is signed in, nothing is made."""

from __future__ import annotations

import contextlib
import gzip
import re
import socket
import threading
import time
from functools import partial
from itertools import takewhile
from typing import Any
from urllib.parse import unquote_plus

import pytest
import requests
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import get_user_model

from oauth_app.client import views
from oauth_app.client.endpoints import GitHubAdapter
from oauth_app.client.transport import MAX_ANSWER, ProviderSession, answers, trouble_at

from .conftest import DISCOVERY, JWKS, LEGS, PROVIDERS, TOKEN, WHO, answer, drip, hang_up, silence

at_each_leg = pytest.mark.parametrize(
    ("provider", "path"),
    [
        pytest.param(provider, LEGS[provider][leg], id=f"{provider}-{leg}")
        for provider in LEGS
        for leg in LEGS[provider]
    ],
)
NONSENSE = {
    "empty": answer(""),
    "text": answer("<html>Sorry</html>", kind="text/html"),
    "no content type": answer('{"access_token": 5}', kind=""),
    "half of it": answer('{"id": 1001, "sub": "10'),
    "list": answer([1, 2]),
    "null": answer("null"),
    "number": answer("17"),
    "text in quotes": answer('"17"'),
    "empty object": answer({}),
    "not utf-8": answer(b'{"id": "\xff\xfe"}'),
    "a strange charset": answer(b"\xff", kind="text/plain; charset=no-such"),
    "nested deep": answer("[" * 200_000),
    "a number of 5000 digits": answer('{"id": ' + "9" * 5000 + "}"),
    "redirect": answer("", status=302),
    "too large": answer(b" " * (MAX_ANSWER + 1)),
}
NAMES: dict[str, dict[str, Any]] = {
    "no id": {"id": None, "sub": None},
    "id is a list": {"id": [1], "sub": ["1"]},
    "id is true": {"id": True, "sub": True},
    "id is empty": {"id": "", "sub": ""},
    "id is too long": {"id": 10**250, "sub": "9" * 250},
    "name with NUL": {"name": "A\0lice", "given_name": "A\0lice"},
    "half a surrogate": {"name": "\ud800", "given_name": "\ud800"},
    "name is a number": {"name": 5, "given_name": 5},
    "not a number": {"extra": float("nan")},
}


def assert_refused(visitor, response, *statuses):
    page = response.content.decode()
    assert response.status_code in statuses, page
    assert "did not work" in page
    assert "Nobody was signed in here." in page
    assert "Traceback" not in page
    assert "provider-token" not in page
    assert "secret" not in page
    assert visitor.username() is None
    assert [model.objects.count() for model in (get_user_model(), SocialAccount, EmailAddress)] == [0, 0, 0]


def come_back_to(visitor, provider, path, spoiled):
    """Sign in with a provider that spoils one leg, after the browser has left; the site has asked for that leg."""
    state = visitor.state(provider)
    visitor.company.calls.clear()
    visitor.company.spoiled[path] = spoiled
    response = visitor.come_back(provider, code="a-code", state=state)
    assert path in [call[0] for call in visitor.company.calls]
    return response


@at_each_leg
@pytest.mark.parametrize("nonsense", NONSENSE)
def test_nonsense(visitor, provider, path, nonsense):
    assert_refused(visitor, come_back_to(visitor, provider, path, NONSENSE[nonsense]), 502)


ASKED_FOR = {
    "token": "the token", "user": "who you are", "emails": "your addresses", "keys": "its keys",
    "discovery": "its discovery page", "user-info": "user-info",
}  # fmt: skip


@at_each_leg
@pytest.mark.parametrize(("spoiled", "status"), [(answer("[]", 500), 502), (answer("["), 502), (silence(1), 504)])
def test_the_page_says_what_was_asked_for(visitor, settings, provider, path, spoiled, status):
    state = visitor.state(provider)
    settings.SOCIALACCOUNT_REQUESTS_TIMEOUT = 0.4
    visitor.company.spoiled[path] = spoiled
    response = visitor.come_back(provider, code="a-code", state=state)
    assert_refused(visitor, response, status)
    [leg] = [leg for leg, its_path in LEGS[provider].items() if its_path == path]
    assert f"It happened when this site asked it for {ASKED_FOR[leg]}." in response.content.decode()


@at_each_leg
@pytest.mark.parametrize("status", [400, 401, 404, 500, 503])
def test_an_error_of_the_provider(visitor, provider, path, status):
    if (path, status) == (LEGS["github"]["emails"], 404):
        return  # GitHub's way to say that there are none: see below
    response = come_back_to(visitor, provider, path, answer({"error": "invalid_grant"}, status=status))
    assert_refused(visitor, response, 502)


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize(
    ("spoiled", "sentence"),
    [
        (answer({"error": "invalid_grant"}, 400), "It did not accept the code."),
        (answer({"error_description": "Expired", "error": "invalid_grant"}, 400), "It did not accept the code."),
        (
            answer("error=bad_verification_code&error_description=x", kind="application/x-www-form-urlencoded"),
            "It did not accept the code.",
        ),
        (answer({"error": "invalid_client"}, 401), "It gave no token: it answered with the error invalid_client."),
        (answer({"error": "<b>secret</b>"}, 400), "It gave no token."),
        (answer({"error_description": "invalid_grant"}, 400), "It gave no token."),
        (answer("", 500), "It gave no token."),
        (answer({"token_type": "Bearer"}), "It gave no token."),
    ],
)
def test_no_token_came_and_why(visitor, provider, spoiled, sentence):
    response = come_back_to(visitor, provider, TOKEN[provider], spoiled)
    assert_refused(visitor, response, 502)
    assert f"<p>{sentence}</p>" in response.content.decode()


@at_each_leg
@pytest.mark.parametrize("slow", [silence(1), drip(20, 0.1)], ids=["silence", "drip"])
def test_a_provider_that_hangs(visitor, settings, provider, path, slow):
    state = visitor.state(provider)
    settings.SOCIALACCOUNT_REQUESTS_TIMEOUT = 0.4
    visitor.company.spoiled[path] = slow
    assert_refused(visitor, visitor.come_back(provider, code="a-code", state=state), 504)
    assert path == visitor.company.calls[-1][0]


@at_each_leg
def test_a_provider_that_hangs_up(visitor, provider, path):
    assert_refused(visitor, come_back_to(visitor, provider, path, hang_up), 503)


@at_each_leg
def test_a_provider_that_is_stopped_in_the_middle(visitor, provider, path):
    """It answers the leg before this one, then nobody listens any more."""
    state = visitor.state(provider)
    visitor.company.calls.clear()
    before = list(takewhile(lambda leg: leg != path, LEGS[provider].values()))
    visitor.company.last = before[-1] if before else ""
    if not before:
        visitor.company.stop()
    assert_refused(visitor, visitor.come_back(provider, code="a-code", state=state), 503)
    assert [call[0] for call in visitor.company.calls] == before


NO_KEYS: dict[str, Any] = {
    "a number": 5,
    "null": None,
    "none": [],
    "numbers": [5],
    "texts": ["key-1"],
    "empty": [{}],
    "another kind": [{"kty": "XYZ", "kid": "key-1"}],
    "no numbers in it": [{"kty": "RSA", "kid": "key-1"}],
    "numbers of another type": [{"kty": "RSA", "kid": "key-1", "n": 5, "e": 5}],
    "a modulus that is none": [JWKS["keys"][0] | {"n": "!"}],
    "a modulus of a megabit": [JWKS["keys"][0] | {"n": "_" * 175_000}],
    "a shared secret": [{"kty": "oct", "kid": "key-1", "alg": "HS256", "k": "c2VjcmV0"}],
    "for encryption": [JWKS["keys"][0] | {"use": "enc"}],
    "another name": [JWKS["keys"][0] | {"kid": "key-2"}],
    "a name that is a list": [JWKS["keys"][0] | {"kid": ["key-1"]}],
    "an algorithm that is a number": [JWKS["keys"][0] | {"alg": 256}],
    "a thousand of another name": [JWKS["keys"][0] | {"kid": "key-2"}] * 1000,
}


@pytest.mark.parametrize("provider", ["google", "outside"])
@pytest.mark.parametrize("keys", NO_KEYS)
def test_keys_that_cannot_be(visitor, provider, keys):
    response = come_back_to(visitor, provider, LEGS[provider]["keys"], answer({"keys": NO_KEYS[keys]}))
    assert_refused(visitor, response, 502)


@pytest.mark.parametrize("name", NAMES)
def test_github_says_who_it_is_in_a_way_that_cannot_be(visitor, name):
    visitor.company.spoiled[WHO["github"]] = answer({"id": 1001, "login": "alice", "name": "A"} | NAMES[name])
    assert_refused(visitor, visitor.sign_in("github"), 502)


@pytest.mark.parametrize("name", NAMES)
def test_the_openid_provider_says_who_it_is_in_a_way_that_cannot_be(visitor, name):
    visitor.company.spoiled[WHO["outside"]] = answer({"sub": "1001", "given_name": "A"} | NAMES[name])
    assert_refused(visitor, visitor.sign_in("outside"), 502)


@pytest.mark.parametrize(
    "token",
    [
        {"access_token": None},
        {"access_token": {}},
        {"access_token": "ok", "expires_in": "soon"},
        {"access_token": "ok", "expires_in": 10**30},
        {"access_token": "line\nbreak"},
        {"access_token": "\u2603"},
        {"access_token": "ok", "id_token": 17},
        {"access_token": "ok", "id_token": "not.a.jwt"},
    ],
)
def test_a_token_answer_that_cannot_be(visitor, token):
    visitor.company.spoiled[TOKEN["outside"]] = answer(token)
    assert_refused(visitor, visitor.sign_in("outside"), 502)


@pytest.mark.parametrize("claim", [{"aud": "somebody-else"}, {"iss": "http://evil.example"}, {"exp": 1}])
@pytest.mark.parametrize("provider", ["google", "outside"])
def test_an_id_token_that_is_not_for_us(visitor, settings, provider, claim):
    issuer = {
        "google": settings.SOCIALACCOUNT_PROVIDERS["google"]["ID_TOKEN_ISSUER"],
        "outside": f"{visitor.company.url}/oidc",
    }[provider]
    audience = {"google": "authdemo-google", "outside": "authdemo-oidc"}[provider]
    id_token = visitor.company.id_token(**(visitor.company.claims(issuer, audience) | claim))
    visitor.company.spoiled[TOKEN[provider]] = answer({"access_token": "t", "id_token": id_token})
    assert_refused(visitor, visitor.sign_in(provider), 502)


@pytest.mark.parametrize("nonsense", NONSENSE)
def test_discovery_is_nonsense_at_the_start(visitor, nonsense):
    visitor.company.spoiled[DISCOVERY] = NONSENSE[nonsense]
    assert_refused(visitor, visitor.start("outside"), 502)


@pytest.mark.parametrize(
    "field", ["issuer", "authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"]
)
@pytest.mark.parametrize("value", [None, 5, "javascript:alert(1)", ""])
def test_discovery_names_an_endpoint_that_is_none(visitor, field, value):
    document = visitor.company.normal(DISCOVERY) | {field: value}
    visitor.company.spoiled[DISCOVERY] = answer(document)
    assert_refused(visitor, visitor.start("outside"), 502)


def test_discovery_goes_away_between_start_and_callback(visitor):
    state = visitor.state("outside")
    visitor.company.spoiled[DISCOVERY] = answer("", status=500)
    assert_refused(visitor, visitor.come_back("outside", code="c", state=state), 502)


def test_discovery_hangs(visitor, settings):
    settings.SOCIALACCOUNT_REQUESTS_TIMEOUT = 0.2
    visitor.company.spoiled[DISCOVERY] = silence(1)
    assert_refused(visitor, visitor.start("outside"), 504)


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("trouble", [answer("", status=500), hang_up, None], ids=["500", "hangs up", "not there"])
def test_a_stand_in_that_is_off_is_said_before_the_browser_leaves(visitor, provider, trouble):
    if trouble:
        visitor.company.spoiled["/healthz"] = trouble
    else:
        visitor.company.stop()
    response = visitor.start(provider)
    assert_refused(visitor, response, 503)
    assert "and it is not running." in response.content.decode()
    assert "<code>python manage.py demo --outside</code>" in response.content.decode()


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_stand_in_that_hangs_is_not_said_to_be_off(visitor, monkeypatch, provider):
    monkeypatch.setattr(views, "trouble_at", partial(trouble_at, timeout=0.4))  # seconds; two in earnest
    visitor.company.spoiled["/healthz"] = silence(2)
    response = visitor.start(provider)
    assert_refused(visitor, response, 504)
    page = response.content.decode()
    assert "It did not answer in time." in page
    assert "not running" not in page
    assert "manage.py demo --outside" not in page


def test_a_stand_in_that_stops_between_start_and_callback(visitor, monkeypatch):
    state = visitor.state()
    monkeypatch.setattr(GitHubAdapter, "access_token_url", "http://127.0.0.1:1/token")
    response = visitor.come_back(code="c", state=state)
    assert_refused(visitor, response, 503)
    assert "python manage.py demo --outside" in response.content.decode()


def test_a_real_provider_is_not_asked_for_its_health_and_not_to_be_started(visitor, settings, monkeypatch):
    monkeypatch.setitem(settings.SOCIALACCOUNT_PROVIDERS["github"]["APPS"][0], "settings", {})
    state = visitor.state()
    assert visitor.company.calls == []
    monkeypatch.setattr(GitHubAdapter, "access_token_url", "http://127.0.0.1:1/token")
    response = visitor.come_back(code="c", state=state)
    assert response.status_code == 503
    assert "manage.py" not in response.content.decode()


# ---- The same on the way to a connection


@pytest.fixture
def signed_in(visitor):
    bob = get_user_model().objects.create_user("bob", "bob@example.com", "a-password-of-bob")
    visitor.client.force_login(bob)
    return visitor


def assert_still_connecting(response):
    page = response.content.decode()
    assert response.status_code in {502, 503}, page
    assert "The connection with" in page
    assert "you are still signed in here as <b>bob</b>" in page
    assert '<input type="hidden" name="process" value="connect">' in page
    assert 'href="/oauth/connections/">Back to my connections' in page


@at_each_leg
def test_a_connection_that_fails_can_be_tried_again(signed_in, provider, path):
    state = signed_in.state(provider, process="connect")
    signed_in.company.spoiled[path] = answer("", status=500)
    assert_still_connecting(signed_in.come_back(provider, code="a-code", state=state))
    assert not SocialAccount.objects.exists()


MORE = {
    "github": "public_repo",
    "google": "https://www.googleapis.com/auth/calendar.readonly",
    "outside": "timetable",
}


def assert_asks_for_the_same(response, more):
    assert_still_connecting(response)
    assert f'<input type="hidden" name="more" value="{more}">' in response.content.decode()
    assert '<input type="hidden" name="next" value="/oauth/behalf/">' in response.content.decode()


@at_each_leg
def test_one_more_scope_that_fails_is_asked_for_again(signed_in, provider, path):
    asked = {"process": "connect", "more": MORE[provider], "next": "/oauth/behalf/"}
    state = signed_in.state(provider, **asked)
    signed_in.company.spoiled[path] = answer("", status=500)
    response = signed_in.come_back(provider, code="a-code", state=state)
    assert_asks_for_the_same(response, MORE[provider])
    signed_in.company.spoiled.clear()
    again = dict(re.findall(r'name="(process|more|next)" value="([^"]*)"', response.content.decode()))
    assert MORE[provider] in unquote_plus(signed_in.start(provider, **again)["Location"])


@pytest.mark.parametrize("provider", PROVIDERS)
def test_one_more_scope_of_a_stand_in_that_is_off_is_asked_for_again(signed_in, provider):
    signed_in.company.spoiled["/healthz"] = answer("", status=500)
    asked = {"process": "connect", "more": MORE[provider], "next": "/oauth/behalf/"}
    assert_asks_for_the_same(signed_in.start(provider, **asked), MORE[provider])


@pytest.mark.parametrize("provider", PROVIDERS)
def test_one_more_scope_that_was_denied_is_asked_for_again(signed_in, provider):
    state = signed_in.state(provider, process="connect", more=MORE[provider])
    page = signed_in.come_back(provider, error="access_denied", state=state).content.decode()
    assert f'<input type="hidden" name="more" value="{MORE[provider]}">' in page


@pytest.mark.parametrize("more", ["admin:org", '"><script>', ""])
def test_a_scope_that_is_not_on_our_list_is_not_repeated(signed_in, more):
    signed_in.company.spoiled["/healthz"] = answer("", status=500)
    page = signed_in.start("github", process="connect", more=more).content.decode()
    assert 'name="more"' not in page
    assert "admin:org" not in page


def test_who_signs_in_is_not_taken_for_who_connects(signed_in):
    """Signed in in another tab meanwhile; what began was a sign-in."""
    signed_in.client.logout()
    state = signed_in.state("outside", next="/workshop/")
    signed_in.client.force_login(get_user_model().objects.get())
    signed_in.company.spoiled[DISCOVERY] = answer("", status=500)
    page = signed_in.come_back("outside", code="a-code", state=state).content.decode()
    assert "The sign-in with" in page
    assert 'name="process"' not in page
    assert '<input type="hidden" name="next" value="/workshop/">' in page


def test_a_connection_sent_back_with_an_error(signed_in):
    state = signed_in.state(process="connect")
    assert_still_connecting(signed_in.come_back(error="server_error", state=state))


def test_a_connection_to_a_stand_in_that_is_off(signed_in):
    signed_in.company.spoiled["/healthz"] = answer("", status=500)
    assert_still_connecting(signed_in.start("github", process="connect"))


def test_discovery_fails_on_the_way_to_a_connection_and_on_the_way_back(signed_in):
    state = signed_in.state("outside", process="connect")
    signed_in.company.spoiled[DISCOVERY] = answer("", status=500)
    assert_still_connecting(signed_in.start("outside", process="connect"))
    assert_still_connecting(signed_in.come_back("outside", code="c", state=state))


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ({"error": "server_error"}, 502, "It said: server_error."),
        ({"error": "temporarily_unavailable"}, 502, "It said: temporarily_unavailable."),
        ({"error": "<b>call 0900-EVIL</b>", "error_description": "EVIL"}, 502, "sent you back without a code"),
        ({}, 400, "sent you back without a code"),
    ],
)
def test_the_provider_sends_an_error_back(visitor, query, status, said):
    response = visitor.come_back(state=visitor.state(), **query)
    assert_refused(visitor, response, status)
    assert said in response.content.decode()
    assert "EVIL" not in response.content.decode()


def test_emails_may_be_missing_at_github(visitor):
    visitor.company.spoiled["/github/api/v3/user/emails"] = answer({"message": "Not Found"}, status=404)
    visitor.sign_in()
    assert get_user_model().objects.get().email == ""


def test_the_log_names_the_trouble_and_not_the_answer(visitor, caplog):
    visitor.company.spoiled[WHO["github"]] = answer({"id": None, "login": "PRIVATE"})
    visitor.sign_in()
    assert "github sent an answer that cannot be used: TypeError" in caplog.text
    assert "PRIVATE" not in caplog.text
    assert "provider-token" not in caplog.text


# ---- The session that makes the calls


class Line:
    """A server that answers each request with these bytes, one at a time, for as long as somebody listens."""

    def __init__(self, answer: bytes, pause: float, tls: bool = False) -> None:
        self.answer, self.pause, self.sent = answer, pause, 0
        self.server = socket.create_server(("127.0.0.1", 0))
        self.url = f"http{'s' if tls else ''}://127.0.0.1:{self.server.getsockname()[1]}/"
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self) -> None:
        while not self.over.is_set():
            try:
                line, _ = self.server.accept()
            except OSError:
                return
            with line, contextlib.suppress(OSError):
                line.recv(65536)
                for number in range(len(self.answer)):
                    line.sendall(self.answer[number : number + 1])
                    self.sent += 1
                    if self.over.wait(self.pause):
                        return

    def __enter__(self) -> Line:
        return self

    def __exit__(self, *error: object) -> None:
        self.over.set()
        self.server.close()
        self.thread.join(10)


HEAD = b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 400 + b"\r\n"
DRIPPED = {
    "status line": (b"H" * 400, False),
    "header": (HEAD, False),
    "many headers": (b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 80, False),
    "TLS": (b"\x16\x03\x03\x3f\xff\x02" + b"\0" * 400, True),
}


@pytest.mark.parametrize("part", DRIPPED)
def test_the_timeout_is_for_the_whole_whatever_drips(part):
    """Each byte comes in time: without a limit of the whole this takes twenty seconds."""
    dripped, tls = DRIPPED[part]
    with Line(dripped, 0.05, tls) as server, ProviderSession(0.6) as session:
        began = time.monotonic()
        with pytest.raises(requests.Timeout):
            session.get(server.url)
        assert 0.5 < time.monotonic() - began < 2
        assert server.sent > 3  # it was really under way


def test_a_proxy_that_drips_is_given_up_as_well(monkeypatch):
    dripped, _ = DRIPPED["header"]
    with Line(dripped, 0.05) as server, ProviderSession(0.6) as session:
        for name in ("HTTP_PROXY", "http_proxy"):
            monkeypatch.setenv(name, server.url)
        began = time.monotonic()
        with pytest.raises(requests.Timeout):
            session.get("http://provider.example/")
        assert 0.5 < time.monotonic() - began < 2
        assert server.sent > 3


def test_what_has_answered_leaves_no_clock_behind(company):
    def clocks() -> list[threading.Thread]:
        return [one for one in threading.enumerate() if isinstance(one, threading.Timer)]

    before = clocks()
    with ProviderSession(60) as session:
        for _ in range(5):
            session.get(f"{company.url}/healthz")
    left = [one for one in clocks() if one not in before]
    for one in left:
        one.join(10)
    assert not [one for one in left if one.is_alive()]


def test_a_session_may_be_used_for_longer_than_its_timeout(company):
    """The limit is that of one call."""
    with ProviderSession(2) as session:
        end = time.monotonic() + 3
        while time.monotonic() < end:
            assert session.get(f"{company.url}/healthz").ok


def half_a_body(rest: float) -> Any:
    """Promise a body, send half of it, then wait or hang up."""

    def send(request: Any) -> None:
        request.send_response(200)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", "1000")
        request.end_headers()
        request.wfile.write(b'{"id": 1001')
        request.wfile.flush()
        time.sleep(rest)
        request.close_connection = True

    return send


@pytest.mark.parametrize(("rest", "status"), [(0, 502), (1, 504)], ids=["hang up", "wait"])
def test_half_a_body(visitor, settings, rest, status):
    settings.SOCIALACCOUNT_REQUESTS_TIMEOUT = 0.3
    visitor.company.spoiled[WHO["github"]] = half_a_body(rest)
    assert_refused(visitor, visitor.sign_in("github"), status)


def test_a_body_that_is_not_packed_as_it_says(visitor):
    def send(request: Any) -> None:
        request.send_response(200)
        request.send_header("Content-Encoding", "gzip")
        request.send_header("Content-Length", "5")
        request.end_headers()
        request.wfile.write(b"plain")

    visitor.company.spoiled[WHO["github"]] = send
    assert_refused(visitor, visitor.sign_in("github"), 502)


def test_a_small_body_that_unpacks_into_a_huge_one(company):
    def send(request: Any) -> None:
        body = gzip.compress(b" " * (64 * MAX_ANSWER))
        request.send_response(200)
        request.send_header("Content-Encoding", "gzip")
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    company.spoiled["/bomb"] = send
    with pytest.raises(requests.RequestException, match="too large"):
        ProviderSession(5).get(f"{company.url}/bomb")


def test_a_redirect_is_not_followed(company):
    def redirect(request):
        request.send_response(307)
        request.send_header("Location", f"{company.url}/stolen")
        request.send_header("Content-Length", "0")
        request.end_headers()

    company.spoiled["/token"] = redirect
    response = ProviderSession(2).post(f"{company.url}/token", data={"client_secret": "s"})
    assert response.status_code == 307
    assert [call[0] for call in company.calls] == ["/token"]


def test_a_proxy_of_the_machine_is_not_asked_for_the_machine_itself(company, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert ProviderSession(2).get(f"{company.url}/healthz").json() == {"status": "ok"}


def test_answers_says_whether_somebody_is_well(company):
    assert answers(f"{company.url}/healthz")
    company.spoiled["/healthz"] = answer("", status=503)
    assert not answers(f"{company.url}/healthz")
    company.spoiled["/healthz"] = silence(1)
    assert not answers(f"{company.url}/healthz", timeout=0.1)
    assert not answers("http://127.0.0.1:1/")


def test_the_operators_netrc_does_not_take_the_place_of_the_users_token(company, monkeypatch, tmp_path):
    """`requests` reads it for any host that is not this machine; so for once this one is not."""
    file = tmp_path / "netrc"
    file.write_text("machine 127.0.0.1 login operator password secret-of-the-operator\n")
    file.chmod(0o600)
    monkeypatch.setenv("NETRC", str(file))
    monkeypatch.setattr("oauth_app.client.transport.LOOPBACK", ())
    with ProviderSession(2) as session:
        session.get(f"{company.url}/healthz", headers={"Authorization": "token of-alice"})
        session.get(f"{company.url}/healthz", auth=("us", "ours"))
    assert company.calls[-2][2]["Authorization"] == "token of-alice"
    assert company.calls[-1][2]["Authorization"].startswith("Basic ")
