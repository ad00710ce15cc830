"""Asking for more: what the user unticks is lost, what is typed waits, and another account is another account."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest

from .fake_site import NOTES

pytestmark = pytest.mark.live


@pytest.fixture
def allowed(app):
    """A site that remembers which scopes its last answer gave, and whose notes these are."""
    given = {"scope": "openid profile notes:read", "sub": "7", "preferred_username": "alice"}

    def token(call):
        answer = app.site.tokens(scope=given["scope"])
        who = {"sub": given["sub"], "preferred_username": given["preferred_username"]}
        return (200, answer | {"id_token": app.site.id_token(answer["access_token"], **who)})

    def notes(call):
        needed = "notes:write" if call.method == "POST" else "notes:read"
        if needed not in given["scope"]:
            return (403, {}, {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{needed}"'})
        return (201, {}) if call.method == "POST" else (200, {"notes": app.site.notes()})

    app.site.answers |= {"/token": token, NOTES: notes}
    return given


def typed(visitor, text: str) -> str:
    """Type a note that is not allowed yet, and return the page that says so."""
    page = visitor.press(visitor.get("/notes/"), "Add</button>", text=text)
    assert page.status_code == 403
    return str(page.text)


def ask(visitor, scope: str) -> dict[str, str]:
    page = visitor.get("/notes/")
    button = f"Ask for {scope}"
    answer = page if button in page.text else visitor.press(page, "Add</button>", text="A draft")
    assert button in answer.text
    return sent(visitor, visitor.press(answer, button))


def sent(visitor, answer) -> dict[str, str]:
    asked = dict(parse_qsl(urlsplit(answer.headers["Location"]).query))
    visitor.app.site.nonce = asked["nonce"]
    return asked


def test_what_is_unticked_is_lost_and_asked_for_once_more_with_all_the_rest(visitor, allowed):
    visitor.connect()
    asked = ask(visitor, "notes:write")
    assert asked["scope"] == "openid profile notes:read notes:write"
    allowed["scope"] = "openid profile notes:write"
    page = visitor.follow(visitor.come_back(asked["state"]))
    assert page.status_code == 403
    assert "What you unticked at the site, we have lost: we may not read your notes (notes:read)" in page.text
    assert "You have taken that back" in page.text
    assert "not allowed us that yet" not in page.text
    asked = ask(visitor, "notes:read")
    assert asked["scope"] == "openid profile notes:read notes:write"
    allowed["scope"] = asked["scope"]
    page = visitor.follow(visitor.come_back(asked["state"]))
    assert page.status_code == 200
    assert "we have lost" not in page.text
    assert "A draft</textarea>" in page.text
    added = visitor.follow(visitor.press(page, "Add</button>", text="A draft"))
    assert "Added at the site." in added.text


def test_what_was_never_allowed_was_not_lost(visitor, allowed):
    allowed["scope"] = "openid notes:read"
    visitor.connect()
    asked = ask(visitor, "notes:write")
    assert asked["scope"] == "openid notes:read notes:write"  # no question for what was left out on purpose
    page = visitor.follow(visitor.come_back(asked["state"]))
    assert "we have lost" not in page.text


def test_an_account_that_took_its_access_back_is_asked_for_the_least(visitor, app, allowed):
    allowed["scope"] = "openid profile notes:read notes:write"
    visitor.connect()
    app.site.answers[NOTES] = lambda call: (401, {})
    app.site.answers["/token"] = lambda call: (400, {"error": "invalid_grant"})
    page = visitor.get("/notes/")
    assert "our access has ended" in page.text
    assert sent(visitor, visitor.press(page, "Connect again"))["scope"] == "openid profile notes:read"
    page = visitor.follow(visitor.press(page, "Forget it"))
    assert "Forgotten: nothing of it is here any more." in page.text
    assert "asks nothing" not in page.text


def test_a_draft_is_of_one_account_and_another_account_is_named(visitor, allowed):
    visitor.connect()
    page = typed(visitor, "For the eyes of alice")
    assert "What you typed waits here" in page
    state = ask(visitor, "notes:write")["state"]
    allowed |= {"scope": "openid profile notes:read notes:write", "sub": "8", "preferred_username": "bob"}
    page = visitor.follow(visitor.come_back(state))
    assert "Notes of bob" in page.text
    assert (
        "These are bob’s notes now: that is who is signed in at the site. Before, you were connected as alice."
        in page.text
    )
    assert "A draft" not in page.text
    allowed |= {"sub": "7", "preferred_username": "alice"}
    state = sent(visitor, connect(visitor))["state"]
    page = visitor.follow(visitor.come_back(state))
    assert "These are alice’s notes now" in page.text
    assert "A draft" not in page.text


def connect(visitor):
    """Press the button in a tab that stood open before the connection."""
    token = visitor.cookies["paper_csrf"]
    return visitor.post("/connect/", data={"csrfmiddlewaretoken": token})


def test_a_draft_goes_with_a_no_and_with_a_disconnection(visitor, app, allowed):
    visitor.connect()
    state = ask(visitor, "notes:write")["state"]
    visitor.come_back(state, code=None, error="access_denied")
    assert "A draft" not in visitor.get("/notes/").text
    typed(visitor, "Another draft")
    visitor.press(visitor.get("/"), "Disconnect")
    assert "Another draft" not in visitor.connect().text


def test_back_to_an_answer_that_was_used(visitor, another, app):
    state = visitor.set_out()["state"]
    visitor.follow(visitor.come_back(state))
    page = visitor.come_back(state)
    assert page.status_code == 400
    assert "You went back to an answer that was used" in page.text
    assert "You are still connected." in page.text
    assert '<a class="button" href="/notes/">Print my notes</a>' in page.text
    assert "sent you a link" not in page.text
    assert len(app.site.asked("/token")) == 1
    visitor.press(visitor.get("/"), "Disconnect")
    assert "still connected" not in visitor.come_back(state).text
    assert "still connected" not in another().come_back(state).text


def test_nothing_is_said_of_a_code_where_there_is_none(visitor):
    page = visitor.get("/callback/")
    assert page.status_code == 400
    assert "That is no answer of the site" in page.text
    assert "code in it" not in page.text
    assert "sent you a link" not in page.text
