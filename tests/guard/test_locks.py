"""Who guesses is stopped, whichever way in is chosen; who sits elsewhere is not."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress

from authdemo.events.models import AuthEvent
from tests.guard.conftest import HERE, PASSWORD, THERE, WAYS_IN, let_time_pass

pytestmark = pytest.mark.django_db
OPENED = {"/sessions/login/": 302, "/jwt/api/token/": 200, "/admin/login/": 302}
REFUSED = {"/sessions/login/": 401, "/jwt/api/token/": 401, "/admin/login/": 200}
ways_in = pytest.mark.parametrize("way_in", WAYS_IN)


@ways_in
def test_the_fifth_wrong_password_locks_this_way_in_and_all_others(alice, visitor, way_in):
    guesser = visitor()
    for _ in range(4):
        assert guesser.tries("alice", way_in=way_in).status_code == REFUSED[way_in]
    assert guesser.tries("alice", way_in=way_in).status_code == 429
    for door in WAYS_IN:
        answer = guesser.tries("alice", PASSWORD, door)
        assert answer.status_code == 429
        assert 890 <= int(answer["Retry-After"]) <= 900
        assert "no-store" in answer["Cache-Control"]


def test_all_ways_in_count_together(alice, visitor):
    guesser = visitor()
    answers = [guesser.tries("alice", way_in=WAYS_IN[number % 3]).status_code for number in range(5)]
    assert answers == [401, 401, 200, 401, 429]


def test_a_name_its_addresses_and_either_in_capitals_are_one_account(alice, visitor):
    EmailAddress.objects.create(user=alice, email="second@example.com", verified=True)
    guesser = visitor()
    names = ("alice", "ALICE", "alice@example.com", "Alice@Example.COM", "second@example.com")
    assert [guesser.tries(name).status_code for name in names] == [401, 401, 401, 401, 429]
    assert {guesser.tries(name, PASSWORD).status_code for name in names} == {429}


def test_nobody_else_waits(alice, bob, visitor):
    guesser = visitor()
    guesser.locks("alice")
    assert guesser.tries("bob", PASSWORD).status_code == 302
    assert visitor(THERE).tries("alice", PASSWORD).status_code == 302
    assert visitor().tries("alice", PASSWORD).status_code == 429


@ways_in
def test_fifty_from_many_addresses_lock_the_account_everywhere(alice, bob, visitor, way_in):
    for number in range(12):
        for _ in range(4):
            visitor(f"203.0.113.{number}").tries("alice")
    assert visitor(THERE).tries("alice").status_code == 401  # the 49th
    assert visitor(HERE).tries("alice").status_code == 429
    assert visitor("198.51.100.77").tries("alice", PASSWORD, way_in).status_code == 429
    assert visitor().tries("bob", PASSWORD, way_in).status_code in {200, 302}


def test_a_household_with_many_ipv6_addresses_is_one(alice, visitor):
    answers = [visitor(f"2001:db8:1:2::{number}").tries("alice").status_code for number in range(1, 6)]
    assert answers == [401, 401, 401, 401, 429]
    assert visitor("2001:db8:1:3::1").tries("alice", PASSWORD).status_code == 302


def test_addresses_that_cannot_be_told_count_together(alice, visitor):
    answers = [visitor("").tries("alice").status_code for _ in range(5)]
    assert answers == [401, 401, 401, 401, 429]


def test_behind_a_proxy_the_address_is_that_of_the_visitor(alice, visitor, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for _ in range(5):
        visitor().client.post(
            "/sessions/login/", {"username": "alice", "password": "x"}, headers={"x-forwarded-for": f"6.6.6.6, {HERE}"}
        )
    other = visitor().client.post(
        "/sessions/login/", {"username": "alice", "password": PASSWORD}, headers={"x-forwarded-for": THERE}
    )
    assert other.status_code == 302


@ways_in
def test_the_right_password_resets_the_count_from_here_and_no_other(alice, visitor, way_in):
    owner, stranger = visitor(), visitor(THERE)
    for _ in range(4):
        owner.tries("alice")
        stranger.tries("alice")
    assert owner.tries("alice", PASSWORD, way_in).status_code == OPENED[way_in]
    assert [visitor().tries("alice").status_code for _ in range(4)] == [401] * 4
    assert stranger.tries("alice").status_code == 429


def test_a_sign_in_without_a_password_resets_nothing(alice, visitor):
    for _ in range(4):
        visitor().tries("alice")
    visitor().client.force_login(alice)  # as a provider's word does
    assert visitor().tries("alice").status_code == 429


def test_a_lock_ends_after_fifteen_minutes_and_not_before(alice, visitor):
    guesser = visitor()
    guesser.locks("alice")
    let_time_pass(minutes=14, seconds=50)
    assert int(guesser.tries("alice", PASSWORD)["Retry-After"]) <= 10
    let_time_pass(seconds=11)
    assert guesser.tries("alice").status_code == 401
    assert guesser.tries("alice", PASSWORD).status_code == 302


def test_in_the_demo_it_ends_after_a_minute(alice, visitor, demo_settings):
    guesser = visitor()
    assert 55 <= int(guesser.locks("alice")["Retry-After"]) <= 60
    let_time_pass(seconds=61)
    assert guesser.tries("alice", PASSWORD).status_code == 302


def test_trying_does_not_make_a_lock_longer(alice, visitor):
    guesser = visitor()
    guesser.locks("alice")
    let_time_pass(minutes=10)
    before = int(guesser.tries("alice", PASSWORD)["Retry-After"])
    for way_in in WAYS_IN * 2:
        assert int(guesser.tries("alice", way_in=way_in)["Retry-After"]) <= before <= 300
    let_time_pass(minutes=5, seconds=1)
    assert guesser.tries("alice", PASSWORD).status_code == 302


def test_an_account_that_is_locked_everywhere_says_how_long(alice, visitor):
    """The failures from one address stop counting together, the oldest first."""
    for number in range(5):
        for _ in range(4):
            visitor(f"203.0.113.{number}").tries("alice")
    let_time_pass(minutes=5)
    for number in range(10, 18):
        for _ in range(4):
            visitor(f"203.0.113.{number}").tries("alice")
    answer = visitor().tries("alice", PASSWORD)
    assert answer.status_code == 429
    assert 590 <= int(answer["Retry-After"]) <= 600
    let_time_pass(minutes=10, seconds=1)
    assert visitor().tries("alice", PASSWORD).status_code == 302


def test_the_events_tell_a_wrong_password_from_one_that_nobody_looked_at(alice, visitor):
    guesser = visitor()
    guesser.locks("alice")
    guesser.tries("alice", PASSWORD)
    guesser.tries("alice", PASSWORD, "/jwt/api/token/")
    events = AuthEvent.objects.order_by("id").values_list("mechanism", "verb", "reason", "username")
    assert list(events) == [
        *[("session", "sign_in_failed", "wrong_password", "alice")] * 5,
        ("session", "sign_in_failed", "locked", "alice"),
        ("jwt", "sign_in_failed", "locked", "alice"),
    ]


@pytest.mark.parametrize("name", ["a" * 300, "a" * 60_000, "%", "unknown:alice", "٣", "ali\nce", "' OR 1=1"])
@ways_in
def test_odd_names_are_names_that_nobody_has(alice, visitor, name, way_in):
    answers = {visitor().tries(name, way_in=way_in).status_code for _ in range(6)}
    assert answers <= {200, 400, 401, 429}
    assert visitor().tries("alice", PASSWORD, way_in).status_code == OPENED[way_in]


# ---- The old password, asked for before a new one


def change(old: str) -> dict[str, str]:
    return {"old_password": old, "new_password1": "a much better phrase", "new_password2": "a much better phrase"}


@pytest.mark.parametrize("page", ["/sessions/password/", "/admin/password_change/"])
def test_a_thief_with_a_session_cannot_guess_the_old_password(alice, visitor, page):
    thief = visitor()
    thief.client.force_login(alice)
    answers = [thief.client.post(page, change(f"guess {n}"), follow=True, REMOTE_ADDR=HERE) for n in range(5)]
    if page == "/sessions/password/":
        assert [answer.status_code for answer in answers] == [400, 400, 400, 400, 429]
        answer = thief.client.post(page, change(PASSWORD), REMOTE_ADDR=HERE)
        assert answer.status_code == 429
        assert int(answer["Retry-After"]) > 800
        assert visitor().tries("alice", PASSWORD).status_code == 429
    else:  # it leads to the other one, and looks at no password
        assert {answer.redirect_chain[0][0] for answer in answers} == {"/sessions/password/"}
        thief.client.post(page, change(PASSWORD), REMOTE_ADDR=HERE)
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)


def test_guesses_at_the_forms_and_of_the_old_password_count_together(alice, visitor):
    owner = visitor()
    owner.client.force_login(alice)
    for _ in range(4):
        visitor().tries("alice")
    assert owner.client.post("/sessions/password/", change("wrong"), REMOTE_ADDR=HERE).status_code == 429
    assert owner.client.get("/sessions/api/whoami/").status_code == 200, "a lock ends no session"


def test_the_owner_may_mistype_and_then_change_it(alice, visitor):
    owner = visitor()
    owner.client.force_login(alice)
    for _ in range(4):
        assert owner.client.post("/sessions/password/", change("wrong"), REMOTE_ADDR=HERE).status_code == 400
    assert owner.client.post("/sessions/password/", change(PASSWORD), REMOTE_ADDR=HERE).status_code == 302
    assert owner.client.get("/sessions/api/whoami/").status_code == 200
