"""The life of a family of refresh tokens, as the events tell it."""

from __future__ import annotations

import pytest
from django.test import Client

from authdemo.events.models import AuthEvent, Mechanism, Verb
from jwt_app.models import RefreshFamily
from jwt_app.tokens import RefreshToken
from tests.sessions_app.conftest import PASSWORD


def sign_in(api, username="alice"):
    return api.sign_in(username, PASSWORD)


def test_issued_refreshed_and_ended(alice, api, story):
    api.post("login", {"username": "alice", "password": "wrong"})
    pair = sign_in(api)  # a token, and no session
    new = api.refresh(pair["refresh"]).json()
    for path in ("whoami", "me"):
        assert api.get(path, new["access"]).status_code == 200
        assert api.get(path, "no.such.token").status_code == 401
    api.post("logout", {"refresh": new["refresh"]})
    api.post("logout", {"refresh": new["refresh"]})  # it had ended
    api.refresh(new["refresh"])  # refused: ended
    assert story() == [
        "alice jwt sign_in_failed wrong_password",
        "alice jwt issued",
        "alice jwt refreshed",
        "alice jwt revoked logout",
    ]


def test_each_comes_with_the_facts_of_its_request(alice, api):
    pair = sign_in(api)
    api.refresh(pair["refresh"])
    api.refresh(pair["refresh"])
    events = AuthEvent.objects.all()
    assert len(events) == 4
    for event in events:
        assert (event.ip, event.user_agent, event.user, event.actor) == ("127.0.0.1", "curl", alice, None)


@pytest.mark.django_db(transaction=True)
def test_a_stolen_token_comes_back_and_the_401_does_not_take_the_events_along(alice, api, story):
    pair = sign_in(api)
    api.refresh(pair["refresh"])
    assert api.refresh(pair["refresh"]).status_code == 401
    assert story() == ["alice jwt issued", "alice jwt refreshed", "alice jwt revoked reuse", "alice jwt reused"]


def test_the_session_of_one_and_the_token_of_another_in_one_browser(alice, bob, browser_of, story):
    browser = browser_of("alice")
    body = {"username": "bob", "password": PASSWORD}
    assert browser.post("/jwt/api/token/", body, content_type="application/json").status_code == 200
    assert story() == ["alice session signed_in", "bob jwt issued"]
    assert AuthEvent.objects.of(Mechanism.JWT).get().actor is None


def test_an_administrator_ends_it_and_is_named(alice, teacher, api):
    sign_in(api)
    admin = Client()
    admin.force_login(teacher)
    form = {"action": "end_families", "_selected_action": [RefreshFamily.objects.get().pk]}
    admin.post("/admin/jwt_app/refreshfamily/", form)
    event = AuthEvent.objects.that(Verb.REVOKED).get()
    assert (event.username, event.reason) == ("alice", "admin")
    assert (event.actor, event.actor_name) == (teacher, "teacher")


def test_a_token_made_without_a_request(alice, story):
    RefreshToken.for_user(alice)
    assert story() == ["alice jwt issued"]
    assert AuthEvent.objects.get().ip is None


def test_no_token_is_in_any_field(alice, api):
    pair = sign_in(api)
    new = api.refresh(pair["refresh"]).json()
    api.refresh(pair["refresh"])
    written = str(list(AuthEvent.objects.values()))
    for token in (*pair.values(), *new.values()):
        assert token not in written
        assert token.rsplit(".", 1)[1] not in written
