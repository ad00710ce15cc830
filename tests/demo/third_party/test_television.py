"""The television: a code, and each answer of RFC 8628 §3.5. And the nightly export, which has no user."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from .fake_site import NOTES, WHOAMI

pytestmark = pytest.mark.live
PAGE = "/television/"
TIME = "UPDATE paper_screen SET next_at = '2020-01-01 00:00:00'"
SCREEN = "SELECT state, interval, device_code FROM paper_screen ORDER BY id DESC LIMIT 1"
GRANT = "urn:ietf:params:oauth:grant-type:device_code"


def said(error: str):
    return lambda call: (400, {"error": error})


def code(app, **changes: object) -> dict[str, object]:
    answer: dict[str, object] = {
        "device_code": "a-device-code", "user_code": "WDJB-MJHT", "verification_uri": f"{app.site.url}/device",
        "verification_uri_complete": f"{app.site.url}/device?user_code=WDJB-MJHT", "expires_in": 600, "interval": 5,
    }  # fmt: skip
    return {name: value for name, value in (answer | changes).items() if value is not None}


@pytest.fixture
def on(visitor, app):
    """Switch it on, and return its first page."""
    app.site.answers["/device/code"] = lambda call: (200, code(app))
    app.site.answers["/token"] = said("authorization_pending")
    return visitor.follow(visitor.press(visitor.get(PAGE), "Switch on"))


def polls(app) -> int:
    return sum(call.form["grant_type"] == GRANT for call in app.site.asked("/token"))


def test_it_shows_the_code_and_asks_for_no_more_than_it_needs(visitor, app, on):
    assert "WDJB-MJHT" in on.text
    assert f"{app.site.url}/device" in on.text
    [call] = app.site.asked("/device/code")
    assert call.form == {"client_id": "paper-tv", "scope": "profile notes:read"}
    assert call.authorization == ""


def test_who_planted_the_cookie_of_before_sees_nothing(visitor, another, app):
    app.site.answers["/device/code"] = lambda call: (200, code(app))
    thief = another()
    page = visitor.get(PAGE)
    visitor.press(page, "Switch on")
    visitor.press(visitor.get(PAGE), "Switch off")
    thief.cookies.update(visitor.cookies)
    visitor.press(visitor.get(PAGE), "Switch on")
    assert "WDJB-MJHT" not in thief.get(PAGE).text
    assert "WDJB-MJHT" in visitor.get(PAGE).text


def test_it_asks_when_it_is_time_and_not_before(visitor, app, on):
    for _ in range(3):
        visitor.get(PAGE)
    assert polls(app) == 0
    app.sql(TIME)
    page = visitor.get(PAGE)
    assert "The site says: not yet." in page.text
    visitor.get(PAGE)
    assert polls(app) == 1
    [call] = app.site.asked("/token")
    assert call.form == {"grant_type": GRANT, "device_code": "a-device-code", "client_id": "paper-tv"}


def test_many_tabs_ask_once(visitor, app, on):
    app.sql(TIME)
    with ThreadPoolExecutor(8) as pool:
        cookies = dict(visitor.cookies)
        answers = list(pool.map(lambda _: requests.get(app.url + PAGE, cookies=cookies, timeout=30), range(8)))
    assert {answer.status_code for answer in answers} == {200}
    assert polls(app) == 1


def test_slower_it_is_asked_to_be_and_slower_it_is(visitor, app, on):
    app.site.answers["/token"] = said("slow_down")
    for interval in (10, 15):
        app.sql(TIME)
        page = visitor.get(PAGE)
        assert f"We ask it every {interval} seconds" in page.text
        assert "slow_down" in page.text
        visitor.get(PAGE)
    assert polls(app) == 2


def test_then_it_shows_the_notes(visitor, app, on):
    app.site.answers["/token"] = lambda call: (200, app.site.tokens(id_token=None))
    app.sql(TIME)
    page = visitor.get(PAGE)
    assert "Notes of alice" in page.text
    assert "Buy ink" in page.text
    assert app.sql(SCREEN) == [("done", 5, "")]
    visitor.get(PAGE)
    assert polls(app) == 1
    assert visitor.get("/notes/").status_code == 403  # the television's token is the television's
    visitor.press(visitor.get(PAGE), "Switch off")
    assert app.site.asked("/revoke")[0].form["client_id"] == "paper-tv"
    assert "Switch on" in visitor.get(PAGE).text


@pytest.mark.parametrize("name", [(403, {}), (200, []), (200, {"user": None}), (500, "")])
def test_without_a_name(visitor, app, on, name):
    app.site.answers["/token"] = lambda call: (200, app.site.tokens(id_token=None))
    app.site.answers[WHOAMI] = lambda call: name
    app.sql(TIME)
    assert "Buy ink" in visitor.get(PAGE).text


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        ("access_denied", "You said no"),
        ("expired_token", "The code is too old"),
        ("invalid_grant", "The code is too old"),
    ],
)
def test_it_is_over(visitor, app, on, error, sentence):
    app.site.answers["/token"] = said(error)
    app.sql(TIME)
    assert sentence in visitor.get(PAGE).text
    visitor.get(PAGE)
    assert polls(app) == 1
    assert app.sql(SCREEN)[0][2] == ""
    assert "WDJB-MJHT" in visitor.follow(visitor.press(visitor.get(PAGE), "A new code")).text


def test_too_old_by_our_clock(visitor, app, on):
    app.sql("UPDATE paper_screen SET expires_at = '2020-01-01 00:00:00'")
    assert "The code is too old" in visitor.get(PAGE).text
    assert polls(app) == 0


@pytest.mark.parametrize("answer", [(500, "Oops"), (503, ""), b""])
def test_where_no_answer_comes_it_asks_less_often(visitor, app, on, answer):
    app.site.answers["/token"] = lambda call: answer
    app.sql(TIME)
    page = visitor.get(PAGE)
    assert page.status_code == 200
    assert "We ask it every 10 seconds" in page.text


@pytest.mark.parametrize(
    "answer", [(200, []), (200, "x"), (400, {"error": "<b>odd</b>"}), (401, {"error": "invalid_client"})]
)
def test_strange_answers(visitor, app, on, answer):
    app.site.answers["/token"] = lambda call: answer
    app.sql(TIME)
    page = visitor.get(PAGE)
    assert page.status_code == 502
    assert "<b>odd" not in page.text


@pytest.mark.parametrize(
    "changes",
    [{"device_code": None}, {"device_code": ["x"]},
     {"user_code": None}, {"user_code": "a" * 41}, {"user_code": "a\nb"},
     {"verification_uri": "javascript:alert(1)"}, {"verification_uri": None}, {"expires_in": None}, {"expires_in": 0},
     {"interval": -1}, {"interval": 9999}, {"interval": "x"}, {"verification_uri_complete": "data:text/html,x"}],
    ids=str,
)  # fmt: skip
def test_a_code_that_is_none(visitor, app, changes):
    app.site.answers["/device/code"] = lambda call: (200, code(app, **changes))
    page = visitor.press(visitor.get(PAGE), "Switch on")
    assert page.status_code == 502
    assert "javascript:" not in page.text
    assert "Switch on" in visitor.get(PAGE).text


@pytest.mark.parametrize(("answer", "status"), [((404, {}), 502), ((200, []), 502), ((400, {"error": "x"}), 502)])
def test_no_code_to_be_had(visitor, app, answer, status):
    app.site.answers["/device/code"] = lambda call: answer
    assert visitor.press(visitor.get(PAGE), "Switch on").status_code == status


def test_five_seconds_where_the_site_says_nothing(visitor, app):
    app.site.answers["/device/code"] = lambda call: (200, code(app, interval=None, verification_uri_complete=None))
    assert "We ask it every 5 seconds" in visitor.follow(visitor.press(visitor.get(PAGE), "Switch on")).text


def test_taken_back(visitor, app, on):
    app.site.answers["/token"] = lambda call: (200, app.site.tokens(id_token=None))
    app.sql(TIME)
    visitor.get(PAGE)
    app.site.answers[NOTES] = lambda call: (401, {})
    app.site.answers["/token"] = said("invalid_grant")
    page = visitor.get(PAGE)
    assert (page.status_code, "so our access has ended" in page.text) == (403, True)


DONE_WITHOUT_TOKENS = """CREATE TRIGGER done_without_tokens BEFORE UPDATE OF state ON paper_screen
WHEN NEW.state = 'done' AND NOT EXISTS (SELECT 1 FROM paper_connection WHERE browser = NEW.browser)
BEGIN SELECT RAISE(ABORT, 'another tab would find no tokens now'); END"""


def test_at_no_moment_it_is_done_without_its_tokens(visitor, app, on):
    """Another tab that looks just then would say that no notes are connected."""
    app.site.answers["/token"] = lambda call: (200, app.site.tokens(id_token=None))
    app.sql(TIME)
    app.sql(DONE_WITHOUT_TOKENS)
    try:
        assert "Notes of alice" in visitor.get(PAGE).text
    finally:
        app.sql("DROP TRIGGER done_without_tokens")


@pytest.mark.parametrize("changes", [{"scope": "x" * 501}, {"expires_in": -1}, {"token_type": "mac"}], ids=list)
def test_tokens_that_cannot_be_kept_are_given_back(visitor, app, on, changes):
    app.site.answers["/token"] = lambda call: (200, app.site.tokens(id_token=None, **changes))
    app.sql(TIME)
    assert visitor.get(PAGE).status_code == 502
    [call] = app.site.asked("/revoke")
    assert call.form["token"].startswith("refresh-token-number-")
    app.site.answers["/token"] = said("invalid_grant")  # the code was good once
    app.sql(TIME)
    assert "A new code" in visitor.get(PAGE).text


def test_switched_off_in_that_moment(visitor, app, on):
    def off(call):
        app.sql("DELETE FROM paper_screen")
        return 200, app.site.tokens(id_token=None)

    app.site.answers["/token"] = off
    app.sql(TIME)
    connections = app.sql("SELECT count(*) FROM paper_connection")
    assert "Switch on" in visitor.get(PAGE).text
    assert app.sql("SELECT count(*) FROM paper_connection") == connections
    assert len(app.site.asked("/revoke")) == 1


def test_the_time_that_is_left_does_not_begin_again_below_nothing(visitor, app, on):
    def late(call):
        app.sql("UPDATE paper_screen SET expires_at = datetime('now', '-5 seconds')")
        return 400, {"error": "authorization_pending"}

    app.site.answers["/token"] = late
    app.sql(TIME)
    assert "good for 0 minutes more" in visitor.get(PAGE).text


# ---- The nightly export


def export(visitor):
    return visitor.press(visitor.get("/export/"), "Run it now")


def test_an_export_asks_nobody_and_keeps_nothing(visitor, app):
    app.site.answers["/token"] = lambda call: (200, app.site.tokens(id_token=None, refresh_token=None))
    app.site.answers["/oauth/api/export/"] = lambda call: (200, {"users": 3, "notes": 7})
    app.site.answers[WHOAMI] = lambda call: (200, {"user": None})
    app.site.answers[NOTES] = lambda call: (403, {"code": "insufficient_scope"})
    page = visitor.follow(export(visitor))
    assert "&quot;notes&quot;: 7" in page.text
    assert "&quot;user&quot;: null" in page.text
    assert "403 Forbidden" in page.text
    assert "The token was given back" in page.text
    [call] = app.site.asked("/token")
    assert call.form == {"grant_type": "client_credentials", "scope": "notes:export"}
    assert app.site.asked("/revoke")[0].form["token"].startswith("access-token-number-")


@pytest.mark.parametrize(
    "answer", [(400, {"error": "invalid_scope"}), (401, {"error": "invalid_client"}), (200, {}), b""]
)
def test_an_export_that_is_refused(visitor, app, answer):
    app.site.answers["/token"] = lambda call: answer
    assert export(visitor).status_code == 502


def test_an_export_whose_answer_is_none_gives_the_token_back(visitor, app):
    app.site.answers["/oauth/api/export/"] = lambda call: (200, "<h1>Hello</h1>")
    assert export(visitor).status_code == 502
    assert len(app.site.asked("/revoke")) == 1
