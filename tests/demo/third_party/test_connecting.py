"""The way to the site and back, and all that can be wrong with what comes back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa

from .conftest import App, Visitor
from .fake_site import NOTES

pytestmark = pytest.mark.live


def kept(app: App) -> list[tuple[object, ...]]:
    return app.sql("SELECT * FROM paper_connection WHERE access_token != ''")


@pytest.fixture(autouse=True)
def _nothing_kept(app):
    app.sql("DELETE FROM paper_connection")


def test_it_asks_for_what_it_needs_and_no_more(visitor, app):
    asked = visitor.set_out()
    assert asked["scope"] == "openid profile notes:read"
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert asked["redirect_uri"] == f"{app.url}/callback/"
    assert len(asked["code_challenge"]) == 43
    assert all(len(asked[name]) >= 20 for name in ("state", "nonce"))
    assert set(visitor.cookies.keys()) == {"paper_session", "paper_csrf"}


def test_the_code_is_changed_by_the_server_and_its_address_is_left_at_once(visitor, app):
    asked = visitor.set_out()
    answer = visitor.come_back(asked["state"])
    assert (answer.status_code, answer.headers["Location"]) == (302, "/notes/")
    [call] = app.site.asked("/token")
    assert call.form.keys() == {"grant_type", "code", "redirect_uri", "code_verifier"}
    assert call.authorization.startswith("Basic ")
    page = visitor.follow(answer)
    assert "Notes of alice" in page.text
    assert "Buy ink" in page.text
    assert app.site.asked(NOTES)[0].authorization.startswith("Bearer access-token-number-")


def test_who_planted_the_cookie_of_before_sees_nothing(visitor, another):
    asked = visitor.set_out()
    thief = another()
    thief.cookies.update(visitor.cookies)
    visitor.follow(visitor.come_back(asked["state"]))
    assert thief.get("/notes/").status_code == 403
    assert visitor.get("/notes/").status_code == 200


@pytest.mark.parametrize("path", ["/", "/notes/", "/callback/", "/denied/", "/television/", "/export/", "/nothing/"])
def test_headers(app, path):
    answer = requests.get(app.url + path, timeout=20)
    assert "Traceback" not in answer.text
    policy = answer.headers["Content-Security-Policy"].split("; ")
    assert {"default-src 'self'", "frame-ancestors 'none'", f"form-action 'self' {app.site.url}"} <= set(policy)
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    is_trouble = path in {"/callback/", "/notes/"}
    assert answer.headers["Referrer-Policy"] == ("no-referrer" if is_trouble else "same-origin")


def test_strange_requests(app):
    assert requests.get(f"{app.url}/", headers={"Host": "evil.example"}, timeout=20).status_code == 400
    assert requests.get(f"{app.url}/connect/", timeout=20).status_code == 405
    assert requests.head(f"{app.url}/callback/", timeout=20).status_code == 405
    assert requests.get(f"{app.url}/", headers={"Content-Type": "x/y; charset=zlib"}, timeout=20).status_code == 415


@pytest.mark.parametrize(
    "path", ["/connect/", "/notes/add/", "/renew/", "/disconnect/", "/television/on/", "/television/off/", "/export/"]
)
def test_no_form_of_another_site_does_anything(visitor, app, path):
    visitor.connect()
    app.site.calls.clear()
    answer = visitor.post(path, data={"text": "x"}, headers={"Origin": "http://evil.example"})
    assert answer.status_code == 403
    assert "That was not sent from here" in answer.text
    assert app.site.calls == []
    assert len(kept(app)) == 1


# ---- An answer that nobody has asked for


@pytest.mark.parametrize(
    "query",
    ["", "code=a", "code=a&state=", "code=a&state=abc", "error=access_denied", "error=access_denied&state=abc",
     "code=a&state=abc&state=abc", "state=" + "a" * 3000, "state=%00", "code=%ff&state=%ff"],
)  # fmt: skip
def test_an_answer_without_a_question(visitor, app, query):
    answer = visitor.get(f"/callback/?{query}")
    assert answer.status_code == 400
    assert app.site.asked("/token") == []


def test_the_answer_to_somebody_else(visitor, another, app):
    state = visitor.set_out()["state"]
    victim = another()
    victim.set_out()
    answer = victim.come_back(state)
    assert answer.status_code == 400
    assert "We did not ask for this" in answer.text
    assert app.site.asked("/token") == []


def test_an_answer_that_took_too_long(visitor, app):
    state = visitor.set_out()["state"]
    app.shell(
        "from django.contrib.sessions.backends.db import SessionStore\n"
        f"session = SessionStore({visitor.cookies['paper_session']!r})\n"
        f"session['_state_paper-and-ink_{state}']['exp'] -= 601\n"
        "session.save()"
    )
    assert visitor.come_back(state).status_code == 400
    assert app.site.asked("/token") == []


def test_an_answer_that_comes_twice(visitor, app):
    state = visitor.set_out()["state"]
    visitor.come_back(state)
    assert visitor.come_back(state).status_code == 400
    assert len(app.site.asked("/token")) == 1
    assert visitor.get("/notes/").status_code == 200


def test_an_answer_that_comes_ten_times_at_once(visitor, app):
    state = visitor.set_out()["state"]
    with ThreadPoolExecutor(10) as pool:
        address = f"{app.url}/callback/?{urlencode({'code': 'c' * 20, 'state': state, 'iss': app.site.url})}"
        cookies = dict(visitor.cookies)
        answers = list(
            pool.map(lambda _: requests.get(address, cookies=cookies, timeout=30, allow_redirects=False), range(10))
        )
    assert sorted(answer.status_code for answer in answers) == [302] + 9 * [400]
    assert len(app.site.asked("/token")) == 1


def test_two_tabs_of_a_browser_come_back_at_once(visitor, app):
    """Both are answers to a question of this browser. What one of them has brought is given back."""
    trips = {f"code-of-tab-{number}": visitor.set_out() for number in range(2)}

    def tokens(call):
        answer = app.site.tokens()
        id_token = app.site.id_token(answer["access_token"], nonce=trips[call.form["code"]]["nonce"])
        return (200, answer | {"id_token": id_token})

    app.site.answers["/token"] = tokens
    cookies = dict(visitor.cookies)

    def come_back(code: str) -> requests.Response:
        query = urlencode({"code": code, "state": trips[code]["state"], "iss": app.site.url})
        return requests.get(f"{app.url}/callback/?{query}", cookies=cookies, timeout=30, allow_redirects=False)

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(come_back, trips))
    assert [answer.status_code for answer in answers] == [302, 302]
    [row] = app.sql("SELECT refresh_token FROM paper_connection")
    [given_back] = [call.form["token"] for call in app.site.asked("/revoke")]
    assert {row[0], given_back} == {f"refresh-token-number-{app.site.number - less}" for less in range(2)}
    for answer in answers:
        page = requests.get(f"{app.url}/notes/", cookies=dict(answer.cookies), timeout=30)
        assert "Buy ink" in page.text


@pytest.mark.parametrize("changes", [{"iss": None}, {"iss": "https://evil.example"}, {"iss": ""}], ids=str)
def test_an_answer_of_another_server(visitor, app, changes):
    answer = visitor.come_back(visitor.set_out()["state"], **changes)
    assert answer.status_code == 400
    assert "Somebody else answered" in answer.text
    assert app.site.asked("/token") == []


def test_both_a_code_and_an_error_is_an_error(visitor, app):
    assert visitor.come_back(visitor.set_out()["state"], error="server_error").status_code == 502
    assert app.site.asked("/token") == []


# ---- The user, or the site, says no


def test_no_is_no(visitor, app):
    answer = visitor.come_back(visitor.set_out()["state"], code=None, error="access_denied")
    assert answer.headers["Location"] == "/denied/"
    page = visitor.follow(answer)
    assert (page.status_code, "You said no" in page.text) == (200, True)
    assert kept(app) == []
    assert visitor.get("/notes/").status_code == 403


def test_no_to_more_leaves_what_there_is(visitor, app):
    visitor.connect()
    challenge = {"WWW-Authenticate": 'Bearer realm="api", error="insufficient_scope", scope="notes:write"'}
    app.site.answers[NOTES] = answered(403, {}, **challenge)
    asked = visitor.set_out("Ask for notes:write", page="/notes/")
    assert asked["scope"] == "openid profile notes:read notes:write"
    page = visitor.follow(visitor.come_back(asked["state"], code=None, error="access_denied"))
    assert "What you had allowed before stays as it was" in page.text
    app.site.good()
    assert visitor.get("/notes/").status_code == 200


@pytest.mark.parametrize(
    ("error", "status"),
    [("server_error", 502), ("temporarily_unavailable", 503), ("invalid_scope", 502), ("", 502),
     ("<script>alert(1)</script>", 502), ("e" * 1999, 502), ("\x00", 502), ("access_denied ", 502)],
)  # fmt: skip
def test_errors_are_told_and_not_repeated(visitor, app, error, status):
    state = visitor.set_out()["state"]
    answer = visitor.come_back(state, code=None, error=error, error_description="<b>Pay here</b>")
    assert answer.status_code == status
    assert "<script>alert" not in answer.text
    assert "Pay here" not in answer.text
    assert visitor.come_back(state).status_code == 400  # it is used up
    assert kept(app) == []


# ---- Changing the code


def answered(status: int, body: object, **headers: str):
    return lambda call: (status, body, headers)


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (answered(400, {"error": "invalid_grant"}), 400),
        (answered(401, {"error": "invalid_client"}), 502),
        (answered(400, {"error": ["odd"]}), 502),
        (answered(200, {"error": "invalid_grant"}), 400),
        (answered(500, "<h1>Oops</h1>"), 502),
        (answered(429, "<h1>Later</h1>"), 502),
        (answered(200, "<h1>Hello</h1>"), 502),
        (answered(200, []), 502),
        (answered(200, {}), 502),
        (answered(200, {"access_token": "a", "expires_in": "soon"}), 502),
        (answered(200, "[" * 100_000), 502),
        (answered(200, "x" * 1_100_000), 502),
        (answered(200, "\udcff".encode("utf-8", "surrogatepass").decode("latin1")), 502),
        (answered(307, "", Location="/elsewhere"), 502),
        (lambda call: b"no HTTP at all\r\n\r\n", 502),
        (lambda call: b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n{", 502),
        (lambda call: b"", 502),
    ],
)
def test_what_a_token_endpoint_may_say_instead_of_tokens(visitor, app, said, status):
    app.site.answers["/token"] = said
    answer = visitor.come_back(visitor.set_out()["state"])
    assert answer.status_code == status, answer.text
    assert kept(app) == []
    assert app.site.asked("/elsewhere") == []


@pytest.mark.parametrize(
    "changes",
    [{"access_token": None}, {"access_token": 7}, {"token_type": None}, {"token_type": "mac"},
     {"refresh_token": ["x"]},
     {"expires_in": -1}, {"expires_in": 1e30}, {"scope": ["a"]}, {"scope": "a" * 501}],
    ids=str,
)  # fmt: skip
def test_tokens_that_cannot_be_used(visitor, app, changes):
    app.site.answers["/token"] = lambda call: (200, app.site.tokens(**changes))
    assert visitor.come_back(visitor.set_out()["state"]).status_code == 502
    assert kept(app) == []
    assert len(app.site.asked("/revoke")) == 1


def test_without_a_refresh_token_or_an_end(visitor, app):
    app.site.answers["/token"] = lambda call: (200, app.site.tokens(refresh_token=None, expires_in=None, scope=None))
    page = visitor.connect()
    assert "notes:read" in page.text
    app.site.answers[NOTES] = answered(401, {})
    page = visitor.get("/notes/")
    assert page.status_code == 403
    assert "no refresh token" in page.text


STRANGER = rsa.generate_private_key(65537, 2048)
ID_TOKENS = {
    "missing": lambda site, access: None,
    "none": lambda site, access: jwt.encode({"sub": "7", "aud": "paper-and-ink"}, "", "none"),
    "another key": lambda site, access: site.id_token(access, STRANGER),
    "a secret of ours": lambda site, access: site.id_token(access, "outside-paper-secret" * 2, "HS256"),
    "another issuer": lambda site, access: site.id_token(access, iss="https://evil.example"),
    "another audience": lambda site, access: site.id_token(access, aud="glue-and-scissors"),
    "another audience, and our azp": lambda site, access: site.id_token(access, aud="glue", azp="paper-and-ink"),
    "another nonce": lambda site, access: site.id_token(access, nonce="n" * 20),
    "no nonce": lambda site, access: site.id_token(access, nonce=None),
    "expired": lambda site, access: site.id_token(access, exp=1_000_000_000),
    "no end": lambda site, access: site.id_token(access, exp=None),
    "no subject": lambda site, access: site.id_token(access, sub=None),
    "another token's": lambda site, access: site.id_token("another-access-token"),
    "no JWT": lambda site, access: "a.b.c",
    "not even text": lambda site, access: 7,
}


@pytest.mark.parametrize("wrong", ID_TOKENS)
def test_an_id_token_that_is_not_believed(visitor, app, wrong):
    def tokens(call):
        answer = app.site.tokens()
        changed = ID_TOKENS[wrong](app.site, answer["access_token"])
        return (200, {name: value for name, value in (answer | {"id_token": changed}).items() if value is not None})

    app.site.answers["/token"] = tokens
    answer = visitor.come_back(visitor.set_out()["state"])
    assert answer.status_code == 502
    assert "We cannot believe who that was" in answer.text or wrong in {"no JWT", "not even text"}
    assert kept(app) == []
    assert app.site.asked("/revoke")[0].form["token"].startswith("refresh-token-number-")


# ---- Down, and slow


def test_a_site_that_hangs(visitor, app):
    state = visitor.set_out()["state"]
    app.site.answers["/token"] = app.site.hang
    answer = visitor.come_back(state)
    assert (answer.status_code, "The site is too slow" in answer.text) == (504, True)
    assert answer.elapsed.total_seconds() < 9


def test_discovery_that_cannot_be_believed_and_is_asked_again(fresh_app):
    visitor, site = Visitor(fresh_app), fresh_app.site

    def press():
        return visitor.press(visitor.get("/"), "Connect my notes")

    good = site.metadata()
    for said, status in (
        (answered(500, "Oops"), 502),
        (answered(404, {}), 502),
        (answered(200, "<h1>Hello</h1>"), 502),
        (answered(200, []), 502),
        (answered(200, {}), 502),
        (answered(302, "", Location="/other"), 502),
        (answered(200, good | {"issuer": "https://evil.example"}), 502),
        (answered(200, good | {"issuer": f"{site.url}/"}), 502),
        (answered(200, good | {"authorization_endpoint": "javascript:alert(1)"}), 502),
        (answered(200, good | {"token_endpoint": ["x"]}), 502),
        (site.hang, 504),
    ):
        site.answers["/.well-known/openid-configuration"] = said
        answer = press()
        assert answer.status_code == status, answer.text
        assert "javascript:" not in answer.text
    site.released.set()
    site.good()
    assert press().status_code == 303
    visitor.connect()
    site.stop()
    assert visitor.get("/notes/").status_code == 502
    assert visitor.get("/").status_code == 200
    assert visitor.get("/healthz").json()["status"] == "ok"


@pytest.mark.parametrize("where", ["headers", "body"])
def test_a_site_that_drips(visitor, app, where):
    """A byte now and then keeps each read alive. The call ends all the same."""
    state = visitor.set_out()["state"]
    app.site.answers["/token"] = app.site.drip(where)
    answer = visitor.come_back(state)
    assert (answer.status_code, "The site is too slow" in answer.text) == (504, True)
    assert answer.elapsed.total_seconds() < 9
