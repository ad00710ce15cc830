"""What a lock says: to a program, to somebody at the form, to somebody at the admin's."""

from __future__ import annotations

import re

import pytest

from authdemo.guard.answers import in_words
from tests.guard.conftest import PASSWORD, THERE

pytestmark = pytest.mark.django_db


def test_a_program_gets_json_and_the_seconds(alice, visitor):
    guesser = visitor()
    guesser.locks("alice")
    answer = guesser.tries("alice", PASSWORD, "/jwt/api/token/")
    assert answer["Content-Type"] == "application/json"
    assert answer.json() == {
        "detail": "Too many wrong passwords for this name. Wait 15 minutes, then try again.",
        "code": "throttled",
    }
    assert answer["Retry-After"].isdigit()
    assert "WWW-Authenticate" not in answer


def test_the_page_says_how_long_and_leads_back_to_where_one_was(alice, visitor):
    guesser = visitor()
    guesser.locks("alice")
    html = guesser.tries("alice", PASSWORD, next="/sessions/devices/").content.decode()
    assert "Too many wrong passwords" in html
    assert "<b>15 minutes</b>" in html
    assert 'href="/sessions/login/?next=%2Fsessions%2Fdevices%2F"' in html
    assert "alice" not in html  # whose name it is, whoever sits there knows
    assert "Start over" not in html.split("<footer")[0]  # it lifts nothing outside of the demo


def test_next_is_no_way_out_of_the_page(alice, visitor):
    guesser = visitor()
    guesser.locks("alice")
    html = guesser.tries("alice", PASSWORD, next='"><script>alert(1)</script>https://evil.example/').content.decode()
    assert "<script>alert" not in html
    assert re.findall(r'role="button" href="([^"]+)"', html)[0].startswith("/sessions/login/?next=%22%3E")


def test_the_admins_form_has_a_page_in_its_own_place(alice, visitor):
    guesser = visitor()
    guesser.locks("alice")
    html = guesser.tries("alice", PASSWORD, "/admin/login/", next="/admin/").content.decode()
    assert "Authdemo admin" in html
    assert "<b>15 minutes</b>" in html
    assert 'href="/admin/login/?next=%2Fadmin%2F"' in html


def test_in_the_demo_the_page_says_who_else_waits(alice, visitor, demo_settings):
    html = visitor("127.0.0.1").locks("alice").content.decode()
    assert "every browser comes from the same address" in html
    assert re.search(r"<b>(59|60) seconds</b>", html)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(1, "1 second"), (60, "60 seconds"), (120, "120 seconds"), (121, "3 minutes"), (900, "15 minutes")],
)
def test_seconds_in_words(seconds, words):
    assert in_words(seconds) == words


# ---- Start over


def test_to_start_over_takes_back_what_this_browser_did_and_no_more(alice, bob, visitor, demo_settings):
    mine, other, elsewhere = visitor("127.0.0.1"), visitor("127.0.0.1"), visitor(THERE)
    mine.tries("alice")  # the first one has no name yet, and is nobody's
    assert [mine.tries("alice").status_code for _ in range(4)] == [401, 401, 401, 429]
    other.tries("bob")
    assert [other.tries("bob").status_code for _ in range(4)] == [401, 401, 401, 429]
    elsewhere.locks("bob")

    assert mine.client.post("/start-over/").status_code == 302

    assert visitor("127.0.0.1").tries("alice", PASSWORD).status_code == 302
    assert visitor("127.0.0.1").tries("bob", PASSWORD).status_code == 429
    assert visitor(THERE).tries("bob", PASSWORD).status_code == 429


def test_the_page_of_start_over_says_so(visitor, demo_settings):
    assert "Wrong passwords that this browser has sent" in visitor().client.get("/start-over/").content.decode()


def test_outside_of_the_demo_nobody_starts_guessing_over(alice, visitor):
    guesser = visitor()
    guesser.tries("alice")
    assert "authdemo_wire" not in guesser.client.cookies
    guesser.client.post("/wire/open/")
    assert guesser.client.cookies["authdemo_wire"].value
    guesser.locks("alice")
    guesser.client.post("/start-over/")
    assert guesser.tries("alice", PASSWORD).status_code == 429


def test_a_stolen_header_of_a_browser_lifts_nothing(alice, visitor, demo_settings):
    """The wire's header names a browser for writing; to lift, it takes the cookie."""
    guesser = visitor("127.0.0.1")
    guesser.locks("alice")
    visitor("127.0.0.1").client.post("/start-over/", headers={"authdemo-wire": "whatever:it:is"})
    assert guesser.tries("alice", PASSWORD).status_code == 429
