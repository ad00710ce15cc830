"""What the app tells the site of its own end: each byte of it, of whose exchange, and that nobody feels it."""

from __future__ import annotations

import time
from urllib.parse import urlencode

import pytest

from .conftest import SECRETS, Visitor
from .fake_site import DISCOVERY, NOTES

pytestmark = pytest.mark.live
NUMBER = "6f1d3f2e-6a36-4c33-8d0e-0b1a6a1f2c3d"


@pytest.fixture
def watching(app):
    """The site watches each exchange."""
    app.site.watching = True
    return app.site


def lines(reports):
    return [f"{one['end']} {one['method']} {one['path']} {one['status']}" for one in reports]


def test_an_exchange_and_what_came_later_is_told_under_its_state(visitor, watching):
    state = visitor.set_out()["state"]
    (begun,) = watching.reported(1)[-1:]
    assert (begun["path"], begun["status"], begun["state"]) == ("/connect/", 303, state)
    visitor.follow(visitor.come_back(state))
    told = watching.reported(5)
    assert lines(told) == [
        "server POST /connect/ 303", "server GET /callback/ 302", "client POST /token 200", "server GET /notes/ 200",
        f"client GET {NOTES} 200",
    ]  # fmt: skip
    assert {one["state"] for one in told} == {state}
    visitor.press(visitor.get("/notes/"), "Disconnect")
    assert lines(watching.reported(9))[-2:] == ["server POST /disconnect/ 302", "client POST /revoke 200"]


def test_no_token_no_secret_and_no_verifier_leaves_the_app(visitor, watching):
    visitor.connect()
    visitor.press(visitor.get("/notes/"), "Add", text="a note that is private")
    told = watching.reported(9)
    everything = "".join(watching.reports)
    # The code has come from the site, by the browser, and goes back to it.
    assert set(SECRETS.findall(everything)) == {"a-code-of-the-site"}
    verifier = watching.asked("/token")[0].form["code_verifier"]
    private = (verifier, "a note that is private", "Buy ink", *visitor.cookies.values())
    assert [value for value in private if value in everything] == []
    token = next(one for one in told if one["path"] == "/token")
    assert (token["authorization"], dict(token["form"])["code_verifier"]) == ("Basic", None)
    assert {name: value for name, value in token["answer"] if value} == {
        "token_type": "Bearer", "expires_in": "900", "scope": "openid profile notes:read",
    }  # fmt: skip


def test_names_that_somebody_has_made_up_are_not_told(visitor, watching):
    asked = visitor.set_out()
    visitor.get(f"/callback/?{urlencode({'state': asked['state'], 'error': 'access_denied', 'hunter2': 'hunter2'})}")
    visitor.cookies["hunter2"] = "hunter2"
    visitor.post("/connect/", data={"hunter2": "hunter2"})
    watching.reported(2)
    assert "hunter2" not in "".join(watching.reports)


def test_the_number_that_the_site_gives_to_a_call_is_told_and_nothing_else_in_its_place(visitor, watching):
    numbers = iter([NUMBER, "a-secret-of-somebody"])
    watching.answers[NOTES] = lambda call: (200, {"notes": []}, {"X-Request-ID": next(numbers)})
    visitor.connect()
    visitor.get("/notes/")
    calls = [one for one in watching.reported(7) if one["path"] == NOTES]
    assert [one["request_id"] for one in calls] == [NUMBER, None]


def test_a_refusal_is_told_with_its_word(visitor, watching):
    visitor.connect()
    refused = {"WWW-Authenticate": 'Bearer error="insufficient_scope", scope="notes:write"'}
    watching.answers[NOTES] = lambda call: (403, {"code": "insufficient_scope", "detail": "No."}, refused)
    visitor.get("/notes/")
    call = watching.reported(7)[-1]
    assert (call["status"], dict(call["answer"])) == (403, {"code": "insufficient_scope", "detail": None})


def test_a_call_that_got_no_answer(visitor, watching):
    visitor.connect()
    watching.answers[NOTES] = lambda call: b"not HTTP at all"
    visitor.get("/notes/")
    assert lines(watching.reported(7))[-2:] == ["server GET /notes/ 502", f"client GET {NOTES} 0"]


def test_each_browser_under_its_own_state(another, watching):
    for _ in range(2):
        another().connect()
    told = watching.reported(10)
    states = {one["state"] for one in told}
    assert len(states) == 2
    assert [sum(one["state"] == state for one in told) for state in states] == [5, 5]


def test_pages_that_are_no_part_of_an_exchange_and_other_clients_are_not_told(visitor, watching):
    visitor.connect()
    watching.reported(5)
    for path in ("/", "/denied/", "/television/", "/export/", "/no/such/page/", "/healthz"):
        visitor.get(path)
    visitor.press(visitor.get("/export/"), "Run it now")
    assert watching.asked("/token")
    visitor.get("/notes/")
    assert lines(watching.reported(7))[-2:] == ["server GET /notes/ 200", f"client GET {NOTES} 200"]


def test_the_site_hears_of_the_first_leg_although_the_browser_comes_after_it(visitor, app):
    state = visitor.set_out()["state"]
    assert app.site.refused_of(state)  # nobody has brought the state yet
    app.site.watching = True
    assert app.site.reported(1)[0]["state"] == state


def test_a_site_that_hangs_holds_up_nobody(visitor, app):
    visitor.connect()
    app.site.hang_reports = True
    started = time.monotonic()
    assert visitor.get("/notes/").status_code == 200
    assert time.monotonic() - started < 0.9


def test_discovery_is_told_as_what_it_says(fresh_app):
    fresh_app.site.watching = fresh_app.site.watching_all = True
    Visitor(fresh_app).set_out()
    told = {one["path"]: one for one in fresh_app.site.reported(2)}
    answer = dict(told[DISCOVERY]["answer"])
    assert answer["token_endpoint"] == f"{fresh_app.site.url}/token"
    assert told[DISCOVERY]["authorization"] == ""
