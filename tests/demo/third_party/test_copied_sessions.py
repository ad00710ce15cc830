"""A session that was copied: two requests at once each go on with it under a key of their own."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import requests

from .conftest import App, Visitor
from .test_television import code

pytestmark = pytest.mark.live


@pytest.fixture
def fork(app: App, another: Callable[[], Visitor]) -> Callable[..., Visitor]:
    """Come back with `visitor`, and do `meanwhile` at the same moment with a copy of its cookies; return the copy."""

    def forked(visitor: Visitor, meanwhile: Callable[[Visitor], requests.Response], user: str = "7") -> Visitor:
        asked, copy = visitor.set_out(), another()
        copy.cookies.update(visitor.cookies)

        def tokens(call):
            app.site.answers["/token"] = lambda call: (200, app.site.tokens())
            assert meanwhile(copy).status_code == 302
            answer = app.site.tokens()
            claims = {"nonce": asked["nonce"], "sub": user}
            return (200, answer | {"id_token": app.site.id_token(answer["access_token"], **claims)})

        app.site.answers["/token"] = tokens
        assert visitor.come_back(asked["state"]).status_code == 302
        assert len({visitor.cookies["paper_session"], copy.cookies["paper_session"]}) == 2
        app.site.good()
        app.site.answers["/device/code"] = lambda call: (200, code(app))
        app.site.answers["/token"] = lambda call: (200, app.site.tokens())
        return copy

    app.site.answers["/device/code"] = lambda call: (200, code(app))
    return forked


def switch_on(person: Visitor) -> requests.Response:
    return person.press(person.get("/television/"), "Switch on")


def connect(person: Visitor) -> requests.Response:
    return person.come_back(person.set_out_again()["state"])


def test_a_copy_of_the_session_points_at_nothing(visitor, fork):
    """The thief knows the key that the victim sets out with, and is quick."""
    thief = fork(visitor, switch_on)
    assert thief.get("/notes/").status_code == 403
    assert "Buy ink" in visitor.get("/notes/").text


@pytest.mark.parametrize("meanwhile", [switch_on, connect])
def test_who_plants_one_of_two_copies_sees_nothing_with_the_other(visitor, another, app, fork, meanwhile):
    """Cookies do not know ports: any page of this host can plant one."""
    thief = fork(visitor, meanwhile)
    assert "Buy ink" in visitor.get("/notes/").text
    victim = another()
    victim.cookies["paper_session"] = visitor.cookies["paper_session"]
    asked = victim.set_out_again()
    answer = app.site.tokens()
    whose = app.site.id_token(answer["access_token"], nonce=asked["nonce"], sub="8", preferred_username="victim")
    app.site.answers["/token"] = lambda call: (200, answer | {"id_token": whose})
    victim.come_back(asked["state"])
    assert "Notes of victim" in victim.get("/notes/").text
    for copy in (thief, visitor):
        assert "victim" not in copy.get("/notes/").text
    app.site.good()
    connect(thief)  # the thief's own account, with the id that was copied
    assert "victim" not in thief.get("/notes/").text
    assert "Notes of victim" in victim.get("/notes/").text


@pytest.mark.parametrize("meanwhile", [switch_on, connect])
def test_who_plants_one_of_two_copies_sees_no_television(visitor, another, app, fork, meanwhile):
    thief = fork(visitor, meanwhile)
    asked = thief.set_out_again()
    victim = another()
    victim.cookies["paper_session"] = visitor.cookies["paper_session"]
    app.site.answers["/device/code"] = lambda call: (200, code(app, user_code="VICT-IMSO"))
    switch_on(victim)
    assert "VICT-IMSO" not in thief.get("/television/").text
    app.site.nonce = asked["nonce"]
    assert thief.come_back(asked["state"]).status_code == 302
    assert "VICT-IMSO" not in thief.get("/television/").text
    assert "VICT-IMSO" in victim.get("/television/").text


def test_two_users_of_a_browser_come_back_at_once(visitor, fork):
    """Each cookie shows its own user's notes; only for the same user there is one connection."""
    first = fork(visitor, connect, user="8")
    assert [person.get("/notes/").status_code for person in (visitor, first)] == [200, 200]
    first.press(first.get("/notes/"), "Disconnect")
    assert [person.get("/notes/").status_code for person in (visitor, first)] == [200, 403]
