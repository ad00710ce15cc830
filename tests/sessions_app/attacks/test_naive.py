"""What is wrong on purpose is wrong, and reaches nothing but what is its own."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client

from authdemo.settings.sessions import ENGINES
from sessions_app.attacks import csrf
from sessions_app.attacks.naive import NaiveStore
from tests.sessions_app.attacks.test_pages import BASE, sign_in
from tests.sessions_app.conftest import PASSWORD

NAIVE = f"{BASE}naive/"
SAME, CROSS = "http://localhost:9002", "http://127.0.0.1:9002"


# ---- The sign-in that keeps the ID


def naive_sign_in(client: Client, password: str = PASSWORD):
    client.get(f"{NAIVE}login/")
    return client.post(f"{NAIVE}login/", {"username": "alice", "password": password})


def test_the_planted_id_is_kept(alice):
    attacker, victim = Client(), Client()
    attacker.get(f"{NAIVE}login/")
    planted = attacker.cookies["lab_naive"].value
    victim.cookies["lab_naive"] = planted
    assert naive_sign_in(victim).cookies["lab_naive"].value == planted
    assert attacker.get(f"{NAIVE}whoami/").json() == {"user": {"username": "alice"}}


def test_it_checks_the_password(alice, client):
    assert naive_sign_in(client, "wrong").status_code == 401
    assert client.get(f"{NAIVE}whoami/").status_code == 401


@pytest.mark.parametrize("store", ["db", "memory", "file", "signed_cookie"])
def test_its_session_opens_nothing_else(alice, client, settings, store):
    cookie = naive_sign_in(client).cookies["lab_naive"]
    assert cookie["path"] == NAIVE
    assert cookie["httponly"]
    assert SESSION_KEY not in NaiveStore(cookie.value)
    assert "authdemo_session" not in client.cookies
    settings.SESSION_ENGINE = ENGINES[store]
    thief = Client()
    thief.cookies["authdemo_session"] = cookie.value
    assert thief.get("/sessions/api/whoami/").status_code == 401


def test_a_real_session_is_nobody_there(alice, client):
    sign_in(client)
    thief = Client()
    thief.cookies["lab_naive"] = client.cookies["authdemo_session"].value
    assert thief.get(f"{NAIVE}whoami/").status_code == 401
    naive_sign_in(client)
    client.post(f"{NAIVE}logout/")
    assert client.get(f"{NAIVE}whoami/").status_code == 401
    assert client.get("/sessions/api/whoami/").status_code == 200


@pytest.mark.parametrize("value", ["", "x", "a" * 5000, "../../etc", "a" * 31 + "\x01", "é" * 32])
def test_rubbish_in_its_cookie_is_nobody(alice, client, value):
    client.cookies["lab_naive"] = value
    assert client.get(f"{NAIVE}whoami/").status_code == 401


def test_its_forms_need_the_token_like_all_others(alice):
    client = Client(enforce_csrf_checks=True)
    for path in ("login/", "logout/"):
        assert client.post(f"{NAIVE}{path}", {"username": "alice", "password": PASSWORD}).status_code == 403


def test_without_its_cache_it_is_503_and_no_failure(alice, client, settings):
    naive_sign_in(client)
    gone = {"BACKEND": "authdemo.wire.caches.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = settings.CACHES | {"default": gone}
    fields = {"username": "alice", "password": PASSWORD}
    answers = [client.get(NAIVE), client.post(f"{NAIVE}login/", fields), client.post(f"{NAIVE}logout/")]
    assert [answer.status_code for answer in answers] == [503] * 3
    assert all(answer["Retry-After"] for answer in answers)


# ---- The form that takes a post from anywhere


def forged(client: Client, name: str, path: str, origin: str | None, colour: str = "red"):
    headers = {"origin": origin} if origin else {}
    return client.post(f"{BASE}{path}?run={csrf.run_for(name)}", {"colour": colour}, headers=headers)


@pytest.fixture
def victim(alice, learner: Client) -> Client:
    """A learner who is signed in, and whose forms are checked."""
    sign_in(learner)
    learner.post(f"{BASE}colour/", {"colour": "teal"})
    learner.handler.enforce_csrf_checks = True
    return learner


def test_as_shipped_it_is_refused_from_every_other_origin(victim, name_of, trial_of):
    for origin in (SAME, CROSS):
        assert forged(victim, name_of(victim), "colour/", origin).status_code == 403
    assert victim.session["attacks_colour"] == "teal"
    sent = trial_of(victim).result["sent"]
    assert {key: (one["reason"], one["cookie"], one["changed"]) for key, one in sent.items()} == {
        "same shipped": ("Origin checking failed", True, False),
        "cross shipped": ("Origin checking failed", True, False),
    }


def test_a_refused_form_without_cookies_does_not_say_that_the_visitor_was_signed_out(victim, name_of):
    stranger = Client(headers={"host": "localhost"}, enforce_csrf_checks=True)
    still = "If you were signed in, you still are."
    answer = forged(stranger, name_of(victim), "colour/", CROSS)
    assert answer.status_code == 403
    assert still in answer.content.decode()
    assert still not in forged(victim, name_of(victim), "colour/", SAME).content.decode()
    unsafe = forged(Client(headers={"host": "localhost"}), name_of(victim), "naive/colour/", CROSS)
    assert still in unsafe.content.decode()


def test_the_page_says_who_changed_the_colour(victim, name_of, trial_of):
    forged(victim, name_of(victim), "colour/", SAME)
    forged(victim, name_of(victim), "colour/", CROSS)
    said = "The address without a check let a hostile page change it."
    assert said not in victim.get(f"{BASE}csrf/").content.decode()
    forged(victim, name_of(victim), "naive/colour/", SAME)
    assert said in victim.get(f"{BASE}csrf/").content.decode()


def test_the_unsafe_form_takes_it(victim, name_of, trial_of):
    assert forged(victim, name_of(victim), "naive/colour/", SAME).status_code == 302
    assert victim.session["attacks_colour"] == "red"
    assert trial_of(victim).result["sent"]["same unsafe"]["changed"] is True


def test_without_a_cookie_the_unsafe_form_changes_nothing_and_gives_no_session(victim, name_of, trial_of):
    stranger = Client(headers={"host": "localhost"})
    answer = forged(stranger, name_of(victim), "naive/colour/", CROSS)
    assert answer.status_code == 401
    assert "authdemo_session" not in answer.cookies  # it would sign the victim out
    assert victim.session["attacks_colour"] == "teal"
    assert trial_of(victim).result["sent"]["cross unsafe"]["cookie"] is False


@pytest.mark.parametrize("colour", ["", "ultraviolet", "red\0", "x" * 100_000])
def test_even_the_unsafe_form_sets_one_of_four_colours(victim, name_of, colour):
    assert forged(victim, name_of(victim), "naive/colour/", SAME, colour).status_code == 400
    assert victim.session["attacks_colour"] == "teal"


@pytest.mark.parametrize("origin", ["http://localhost:9003", "https://evil.example", "null", f"{SAME}.evil.example"])
def test_only_the_hostile_pages_are_noted(victim, name_of, trial_of, origin):
    assert forged(victim, name_of(victim), "colour/", origin).status_code == 403
    assert trial_of(victim).result == {}


@pytest.mark.parametrize("run", ["", "x", "a:b:c", "x" * 5000, "%00"])
def test_a_name_that_we_did_not_sign_is_nobodys(victim, trial_of, run):
    answer = victim.post(f"{BASE}colour/?run={run}", {"colour": "red"}, headers={"origin": SAME})
    assert answer.status_code == 403
    assert trial_of(victim).result == {}


@pytest.mark.parametrize("signature", ["", ":1x:forged", ":::"])
def test_to_know_the_name_is_not_enough(victim, name_of, trial_of, signature):
    run = name_of(victim) + signature
    victim.post(f"{BASE}colour/?run={run}", {"colour": "red"}, headers={"origin": SAME})
    assert trial_of(victim).result == {}


def test_a_name_is_good_for_an_hour(victim, name_of, trial_of, monkeypatch):
    run = csrf.run_for(name_of(victim))
    monkeypatch.setattr(csrf, "AGE", timedelta(0))
    victim.post(f"{BASE}colour/?run={run}", {"colour": "red"}, headers={"origin": SAME})
    assert trial_of(victim).result == {}


def test_where_there_are_no_hostile_pages_nothing_leads_to_them(victim, name_of, trial_of, settings):
    settings.HOSTILE_SAME_SITE = settings.HOSTILE_CROSS_SITE = ""
    page = victim.get(f"{BASE}csrf/").content.decode()
    assert "There are no hostile pages beside this site." in page
    assert "9002" not in page
    for origin in (SAME, CROSS):
        assert forged(victim, name_of(victim), "colour/", origin).status_code == 403
    assert trial_of(victim).result == {}


def test_what_came_without_a_cookie_gets_into_the_right_list_and_masked(victim, name_of):
    stranger = Client(headers={"host": "localhost"})
    stranger.handler.enforce_csrf_checks = True
    forged(stranger, name_of(victim), "colour/", CROSS).close()
    cards = victim.get("/wire/cards/").content.decode()
    assert "POST /sessions/attacks/colour/" in cards
    assert csrf.run_for(name_of(victim)).rpartition(":")[2] not in cards
    assert name_of(victim) not in cards
    assert CROSS in cards
