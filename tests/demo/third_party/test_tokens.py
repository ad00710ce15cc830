"""What the app does with its tokens: use them, fetch the next ones once, lose them, give them back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from .fake_site import NOTES

pytestmark = pytest.mark.live
OVER = "UPDATE paper_connection SET expires_at = '2020-01-01 00:00:00'"
OVER_LAST = f"{OVER} WHERE id = (SELECT max(id) FROM paper_connection)"  # noqa: S608
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="api", error="invalid_token"'}


def tabs(visitor, path: str, many: int = 8) -> list[requests.Response]:
    """Open so many tabs of one browser at the same moment."""
    url, cookies = visitor.app.url + path, dict(visitor.cookies)
    with ThreadPoolExecutor(many) as pool:
        return list(pool.map(lambda _: requests.get(url, cookies=cookies, timeout=60), range(many)))


def refreshes(app) -> list[str]:
    return [c.form["refresh_token"] for c in app.site.asked("/token") if c.form["grant_type"] == "refresh_token"]


@pytest.fixture
def strict(app):
    """Make the site take each refresh token once: a used one ends everything, as at the real one."""
    used: set[str] = set()
    over: list[bool] = []

    def token(call):
        value = call.form.get("refresh_token")
        if value is None:
            return (200, app.site.tokens())
        with app.site.lock:
            if value in used:
                over.append(True)
            used.add(value)
        return (400, {"error": "invalid_grant"}) if over else (200, app.site.tokens())

    app.site.answers["/token"] = token
    app.site.answers[NOTES] = lambda call: (401, {}, CHALLENGE) if over else (200, {"notes": app.site.notes()})
    return over


def test_a_token_that_is_over_by_our_clock_is_renewed_and_that_is_said(visitor, app):
    visitor.connect()
    app.sql(OVER)
    page = visitor.get("/notes/")
    assert page.status_code == 200
    assert "By our clock the access token was over." in page.text
    assert "The refresh token was exchanged for new tokens." in page.text
    [call] = [call for call in app.site.asked("/token") if call.form["grant_type"] == "refresh_token"]
    assert call.form.keys() == {"grant_type", "refresh_token"}  # no scope: what the user has allowed, whatever that is
    assert "exchanged" not in visitor.get("/notes/").text


def test_a_token_that_is_over_by_the_sites_clock_is_renewed_once(visitor, app):
    visitor.connect()
    first = app.site.asked("/token")[0]
    assert first.form["grant_type"] == "authorization_code"
    old = app.sql("SELECT access_token FROM paper_connection ORDER BY id DESC LIMIT 1")[0][0]
    app.site.answers[NOTES] = lambda call: (
        (401, {}, CHALLENGE) if call.authorization == f"Bearer {old}" else (200, {"notes": []})
    )
    page = visitor.get("/notes/")
    assert page.status_code == 200
    assert "was answered 401 Unauthorized" in page.text
    assert len(refreshes(app)) == 1


def test_many_tabs_at_once_fetch_new_tokens_once(visitor, app, strict):
    visitor.connect()
    app.sql(OVER)
    answers = tabs(visitor, "/notes/")
    assert [answer.status_code for answer in answers] == [200] * 8
    assert len(refreshes(app)) == 1
    assert strict == []
    others = [answer for answer in answers if "Another tab has just fetched new tokens" in answer.text]
    assert len(others) == sum("By our clock" in answer.text for answer in answers) - 1


def test_a_slow_exchange_holds_up_the_tabs_of_one_browser_only(visitor, another, app):
    other = another()
    other.connect()
    visitor.connect()
    mine = visitor.cookies["paper_session"]
    app.sql(OVER_LAST)
    good = app.site.answers["/token"]
    app.site.answers["/token"] = lambda call: (app.site.released.wait(30), good(call))[1]
    with ThreadPoolExecutor(2) as pool:
        cookie = {"paper_session": mine}
        waiting = [pool.submit(requests.get, f"{app.url}/notes/", cookies=cookie, timeout=60) for _ in range(2)]
        while not refreshes(app):
            assert not waiting[0].done()
        assert other.get("/notes/").status_code == 200
        assert other.press(other.get("/"), "Disconnect").status_code == 302  # writes into the same database
        app.site.released.set()
        assert [tab.result().status_code for tab in waiting] == [200, 200]
    assert len(refreshes(app)) == 1


def test_while_the_site_is_slow_everybody_is_told_and_nothing_is_lost(visitor, app):
    visitor.connect()
    app.sql(OVER)
    app.site.answers["/token"] = app.site.hang
    assert {answer.status_code for answer in tabs(visitor, "/notes/", 3)} <= {502, 504}
    assert len(refreshes(app)) == 1
    app.site.released.set()
    app.site.good()
    assert visitor.get("/notes/").status_code == 200


@pytest.mark.parametrize(
    "said", [(500, "Oops"), (200, []), (200, {"access_token": "x"}), (401, {"error": "invalid_client"})]
)
def test_a_refresh_that_fails_otherwise_keeps_what_there_is(visitor, app, said):
    visitor.connect()
    app.sql(OVER)
    app.site.answers["/token"] = lambda call: said
    assert visitor.get("/notes/").status_code == 502
    app.site.good()
    assert visitor.get("/notes/").status_code == 200


def test_taken_back_at_the_site(visitor, app):
    visitor.connect()
    app.site.answers[NOTES] = lambda call: (401, {}, CHALLENGE)
    app.site.answers["/token"] = lambda call: (400, {"error": "invalid_grant"})
    page = visitor.get("/notes/")
    assert page.status_code == 403
    assert "The site does not let us in any more" in page.text
    assert "Signing out at the site is <b>not</b> the reason" in page.text
    assert "invalid_grant" in page.text
    assert app.sql("SELECT access_token, refresh_token FROM paper_connection ORDER BY id DESC LIMIT 1") == [("", "")]
    app.site.calls.clear()
    assert visitor.get("/notes/").status_code == 403
    assert visitor.press(visitor.get("/notes/"), "Forget it").status_code == 302
    assert app.site.calls == []  # there is nothing to ask with any more
    app.site.good()
    assert "Buy ink" in visitor.connect().text


def test_refused_with_new_tokens_as_well(visitor, app):
    visitor.connect()
    app.site.answers[NOTES] = lambda call: (401, {}, CHALLENGE)
    assert visitor.get("/notes/").status_code == 403
    assert len(refreshes(app)) == 1


def test_a_used_refresh_token_shows_what_reuse_does(visitor, app, strict):
    """The rule that the one-at-a-time is for: told by the site that it was used, the app has lost everything."""
    visitor.connect()
    requests.post(f"{app.site.url}/token", data={"refresh_token": kept_refresh_token(app)}, timeout=20)
    app.sql(OVER)
    assert visitor.get("/notes/").status_code == 403


def kept_refresh_token(app) -> str:
    return str(app.sql("SELECT refresh_token FROM paper_connection ORDER BY id DESC LIMIT 1")[0][0])


# ---- More, less, and strange answers of the API


def test_a_403_of_another_kind(visitor, app):
    visitor.connect()
    app.site.answers[NOTES] = lambda call: (403, {})
    assert visitor.get("/notes/").status_code == 502


def test_a_scope_that_nobody_knows_is_not_repeated(visitor, app):
    visitor.connect()
    challenge = {"WWW-Authenticate": 'Bearer error="insufficient_scope", scope="<b>all</b>"'}
    app.site.answers[NOTES] = lambda call: (403, {}, challenge)
    page = visitor.get("/notes/")
    assert page.status_code == 403
    assert "<b>all</b>" not in page.text
    assert "Ask for" not in page.text


@pytest.mark.parametrize(
    "body",
    [
        "<h1>Notes</h1>",
        [],
        {},
        {"notes": None},
        {"notes": [{}]},
        {"notes": [{"text": "a", "created_at": 7}]},
        "[" * 9000,
    ],
    ids=lambda body: str(body)[:20],
)
def test_notes_that_are_none(visitor, app, body):
    visitor.connect()
    app.site.answers[NOTES] = lambda call: (200, body)
    assert visitor.get("/notes/").status_code == 502


def test_a_note_is_text(visitor, app):
    visitor.connect()
    note = {"text": "<script>alert(1)</script>\nnext & last", "created_at": "not a date"}
    app.site.answers[NOTES] = lambda call: (200, {"notes": [note]})
    page = visitor.get("/notes/")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;<br>next &amp; last" in page.text
    app.site.answers[NOTES] = lambda call: (500, "")
    assert visitor.get("/notes/").status_code == 502


@pytest.mark.parametrize("text", ["", " ", "a" * 501, "a\0b"])
def test_a_note_that_is_none_is_not_sent(visitor, app, text):
    page = visitor.connect()
    assert "has at least one character" in visitor.follow(visitor.press(page, "Add</button>", text=text)).text
    assert [call.method for call in app.site.asked(NOTES)] == ["GET", "GET"]


def test_what_the_first_answer_was_for_is_given_back_when_there_is_another(visitor, app):
    visitor.connect()
    first = kept_refresh_token(app)
    challenge = {"WWW-Authenticate": 'Bearer error="insufficient_scope", scope="notes:write"'}
    app.site.answers[NOTES] = lambda call: (403, {}, challenge)
    state = visitor.set_out("Ask for notes:write", page="/notes/")["state"]
    assert visitor.come_back(state).status_code == 302
    assert [call.form["token"] for call in app.site.asked("/revoke")] == [first]


# ---- The end


def test_disconnect_gives_the_tokens_back(visitor, app):
    visitor.connect()
    token = kept_refresh_token(app)
    page = visitor.follow(visitor.press(visitor.get("/notes/"), "Disconnect"))
    assert "Disconnected: our tokens have ended." in page.text
    assert "so connecting again asks nothing" in page.text
    assert f'<a href="{app.site.url}/oauth/apps/">take it back there</a>' in page.text
    [call] = app.site.asked("/revoke")
    assert call.form["token"] == token
    assert call.authorization.startswith("Basic ")
    assert visitor.get("/notes/").status_code == 403
    assert app.sql("SELECT * FROM paper_connection WHERE refresh_token = ?", token) == []


@pytest.mark.parametrize("said", [(503, ""), (400, {"error": "invalid_client"}), (302, "", {"Location": "/"})])
def test_disconnect_forgets_them_whatever_the_site_says(visitor, app, said):
    page = visitor.connect()
    app.site.answers["/revoke"] = lambda call: said
    page = visitor.follow(visitor.press(page, "Disconnect"))
    assert "the site did not confirm it" in page.text
    assert visitor.get("/notes/").status_code == 403


def test_what_comes_of_a_refresh_after_a_disconnect_is_given_back(visitor, app):
    visitor.connect()
    app.sql(OVER)
    good = app.site.answers["/token"]
    app.site.answers["/token"] = lambda call: (app.site.released.wait(30), good(call))[1]
    with ThreadPoolExecutor(1) as pool:
        cookies = dict(visitor.cookies)
        tab = pool.submit(requests.get, f"{app.url}/notes/", cookies=cookies, timeout=60)
        while not refreshes(app):
            assert not tab.done()
        visitor.press(visitor.get("/"), "Disconnect")
        app.site.released.set()
        assert tab.result().status_code == 403
    assert len(app.site.asked("/revoke")) == 2


def test_what_nobody_has_used_for_long_is_forgotten(visitor, another, app):
    app.sql("DELETE FROM paper_connection")
    for _ in range(3):
        another().connect()
    app.sql("UPDATE paper_connection SET connected_at = '2020-01-01 00:00:00'")
    (newest,) = app.sql("SELECT max(id) FROM paper_connection")[0]
    app.sql("UPDATE paper_connection SET refreshed_at = CURRENT_TIMESTAMP WHERE id = ?", str(newest))
    visitor.connect()
    assert len(app.sql("SELECT * FROM paper_connection")) == 2


def test_two_people_have_two_connections(visitor, another, app):
    visitor.connect()
    other = another()
    other.connect()
    visitor.press(visitor.get("/notes/"), "Disconnect")
    assert other.get("/notes/").status_code == 200
