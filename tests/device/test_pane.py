"""Whose device it is, what it holds and for how long, and what it refuses."""

from __future__ import annotations

import json
import threading
import time
from base64 import b64decode

import pytest
from django.core.cache import caches
from django.db import connection
from django.template import Context, Template
from django.test import Client

from authdemo.device import store, use
from authdemo.wire.models import Exchange
from authdemo.wire.redaction import fingerprint

KEY = "k" * 32
TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"
WHOAMI = "/sessions/api/whoami/"


@pytest.fixture
def demo_people(alice, bob) -> None:
    """Alice and bob have the demo's password still. Name it before `learner`: a new password ends a session."""
    for user in (alice, bob):
        user.set_password("workshop-2026")
        user.save()


def is_alice(ours) -> None:
    body = json.dumps({"mechanism": "session", "user": {"id": "1", "username": "alice"}}).encode()
    ours.answers[WHOAMI] = (200, {"Content-Type": "application/json"}, body)


def hand(learner: Client, value: str = KEY, kind: str = "session"):
    return learner.post("/device/hand/", {"kind": kind, "token": value})


def act(learner: Client, action: str = "session-whoami", **more: str):
    return learner.post("/device/act/", {"action": action, **more})


def pane(learner: Client) -> str:
    return learner.get("/device/").content.decode()


def test_a_handed_copy_is_sent_and_shown_masked(ours, learner):
    is_alice(ours)
    assert hand(learner).status_code == 302
    assert act(learner).status_code == 302
    assert ours.seen[-1][2]["Cookie"] == f"authdemo_session={KEY}"
    page = pane(learner)
    assert "kkkk…" in page
    assert KEY not in page
    assert "<b>alice</b>" in page
    assert "200 OK" in page


def test_my_session_is_copied_by_the_server(ours, learner):
    assert learner.post("/device/hand/my-session/").status_code == 302
    act(learner)
    mine = learner.cookies["authdemo_session"].value
    assert ours.seen[-1][2]["Cookie"] == f"authdemo_session={mine}"
    assert mine not in pane(learner)


def test_who_has_no_session_has_nothing_to_copy(db):
    answer = Client().post("/device/hand/my-session/")
    assert answer.status_code == 409
    assert b"Sign in here first" in answer.content
    assert store.COOKIE not in answer.cookies


def test_a_token_travels_alone(ours, learner):
    hand(learner)
    hand(learner, TOKEN, "access")
    act(learner, "token-whoami")
    headers = ours.seen[-1][2]
    assert headers["Authorization"] == f"Bearer {TOKEN}"
    assert "Cookie" not in headers
    assert TOKEN not in pane(learner)


def test_a_cookie_that_the_server_takes_back_is_gone(ours, learner):
    hand(learner)
    gone = {"Set-Cookie": "authdemo_session=; Path=/; Max-Age=0; expires=Thu, 01 Jan 1970 00:00:00 GMT"}
    ours.answers[WHOAMI] = (401, gone, b"")
    act(learner)
    assert "It is anonymous everywhere" in pane(learner)
    act(learner)
    assert "Cookie" not in ours.seen[-1][2]


def test_a_form_is_sent_with_the_token_that_came_with_it(ours, demo_people, learner):
    form = b'<form><input name="csrfmiddlewaretoken" value="token-of-the-form"></form>'
    ours.answers["/sessions/login/"] = (200, {"Set-Cookie": "authdemo_csrf=secret; Path=/"}, form)
    act(learner, "session-sign-in", account="bob")
    method, path, headers, body = ours.seen[1]
    assert (method, path, headers["Cookie"]) == ("POST", "/sessions/login/", "authdemo_csrf=secret")
    assert headers["Origin"] == ours.url
    assert b"csrfmiddlewaretoken=token-of-the-form&username=bob" in body
    assert b"workshop-2026" in body
    assert "workshop-2026" not in pane(learner)


def test_without_a_form_nothing_is_posted(ours, demo_people, learner):
    ours.answers["/sessions/login/"] = (302, {"Location": "/sessions/"}, b"")  # signed in already
    act(learner, "session-sign-in")
    assert [(method, path) for method, path, *_ in ours.seen] == [("GET", "/sessions/login/"), ("GET", WHOAMI)]


def test_a_service_that_does_not_run_is_said_so(settings, learner):
    settings.ORDERS_URL = "http://127.0.0.1:9"
    assert act(learner, "token-orders").status_code == 302
    assert "connection refused: nobody listens there" in pane(learner)


@pytest.mark.parametrize(
    "asked",
    [
        {"action": "http://169.254.169.254/"},
        {"action": "session-whoami", "to": "http://169.254.169.254/"},
        {"action": "session-whoami", "to": "orders"},
        {"action": "session-sign-in", "account": "teacher"},
        {"action": "session-whoami\0"},
        {"action": "token-orders"},  # there is no orders service here
        {},
    ],
)
def test_it_does_only_what_is_listed(ours, learner, asked):
    assert learner.post("/device/act/", asked).status_code == 400
    assert ours.seen == []


@pytest.mark.parametrize("value", ["a\r\nHost: evil", "a b", "a;b=c", "a\0b", "ä", "x" * 8193, ""])
def test_what_can_be_no_credential_is_refused(ours, learner, value):
    assert hand(learner, value).status_code == 400
    assert store.COOKIE not in learner.cookies


def test_two_browsers_never_see_each_others_device(ours, learner, bob):
    is_alice(ours)
    hand(learner)
    act(learner)
    other = Client()
    other.force_login(bob)
    assert "It is anonymous everywhere" in pane(other)
    act(other)
    assert "Cookie" not in ours.seen[-1][2]
    assert "kkkk…" not in pane(other)


def test_a_cookie_that_we_did_not_sign_opens_nothing(learner):
    hand(learner)
    value = learner.cookies[store.COOKIE].value
    name = value.split(":")[0]
    for forged in (name, f"{name}:1:x", value[:-1] + ("A" if value[-1] != "A" else "B"), "\0"):
        stranger = Client()
        stranger.cookies[store.COOKIE] = forged
        assert "It is anonymous everywhere" in pane(stranger)


def test_the_cookie_is_kept_from_scripts_and_other_sites(learner):
    morsel = hand(learner).cookies[store.COOKIE]
    assert morsel["httponly"] is True
    assert morsel["samesite"] == "Lax"
    assert 3590 < morsel["max-age"] <= 3600


def test_the_next_user_of_the_browser_gets_an_empty_one(learner, bob):
    hand(learner)
    learner.force_login(bob)
    assert "It is anonymous everywhere" in pane(learner)


def later(monkeypatch, seconds: float) -> None:
    now = time.time() + seconds
    monkeypatch.setattr("time.time", lambda: now)


def test_after_the_sign_out_it_has_ten_minutes(learner, monkeypatch):
    hand(learner)
    learner.post("/sessions/logout/")
    later(monkeypatch, 9 * 60)
    assert "kkkk…" in pane(learner)
    later(monkeypatch, 2 * 60)
    assert "It is anonymous everywhere" in pane(learner)


def test_a_session_that_was_ended_from_elsewhere_counts_as_well(learner, monkeypatch):
    hand(learner)
    learner.session.flush()
    assert "kkkk…" in pane(learner)
    later(monkeypatch, 11 * 60)
    assert "It is anonymous everywhere" in pane(learner)


def test_who_comes_back_has_it_again(learner, alice, monkeypatch):
    hand(learner)
    learner.post("/sessions/logout/")
    learner.force_login(alice)
    assert "kkkk…" in pane(learner)
    later(monkeypatch, 11 * 60)
    assert "kkkk…" in pane(learner)


def test_it_ends_after_an_hour_though_it_was_used(learner, monkeypatch):
    hand(learner)
    later(monkeypatch, 59 * 60)
    act(learner)
    assert "kkkk…" in pane(learner)
    later(monkeypatch, 2 * 60)
    assert "It is anonymous everywhere" in pane(learner)


def test_put_away_it_is_gone(learner):
    hand(learner)
    kept = learner.cookies[store.COOKIE].value
    learner.post("/device/put-away/")
    learner.cookies[store.COOKIE] = kept
    assert "It is anonymous everywhere" in pane(learner)


def test_what_is_put_away_during_a_call_does_not_come_back(rf, learner):
    hand(learner)
    request = rf.get("/device/")
    request.COOKIES = {name: morsel.value for name, morsel in learner.cookies.items()}
    request.user = learner.get("/device/").wsgi_request.user
    with store.in_use(request) as (_, device):
        store.end(request)
        device.access = TOKEN
    assert store.find(request) is None


def test_nobody_who_reads_the_cache_reads_a_credential(ours, learner):
    is_alice(ours)
    hand(learner)
    hand(learner, TOKEN, "access")
    act(learner)
    rows = _rows()
    name = learner.cookies[store.COOKIE].value.split(":")[0]
    values = [b64decode(value) for _, value in rows]
    assert any(b"gAAAA" in value for value in values)  # it is there, encrypted
    for secret in (KEY, TOKEN, name, "authdemo_session", fingerprint(KEY)):
        assert secret not in str(rows)
        assert not [value for value in values if secret.encode() in value]


def _rows() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key, value FROM django_cache")
        return list(cursor.fetchall())


def test_what_cannot_be_decrypted_is_no_device(learner):
    hand(learner)
    name = learner.cookies[store.COOKIE].value.split(":")[0]
    caches["security"].set(store._key(name), "nonsense")
    assert "It is anonymous everywhere" in pane(learner)


def test_one_action_at_a_time(learner):
    hand(learner)
    name = learner.cookies[store.COOKIE].value.split(":")[0]
    caches["security"].add(f"{store._key(name)}.lock", 1, 40)
    answer = act(learner)
    assert answer.status_code == 503
    assert answer["Retry-After"] == "1"
    assert b"still busy" in answer.content


def test_when_all_threads_are_taken_it_says_so_instead_of_waiting(ours, learner, monkeypatch):
    full = threading.BoundedSemaphore(1)
    full.acquire()
    monkeypatch.setattr(use, "_slots", full)
    monkeypatch.setattr(use, "PATIENCE", 0)
    answer = act(learner)
    assert answer.status_code == 503
    assert b"Press again" in answer.content
    assert ours.seen == []


def test_who_asks_from_elsewhere_gets_in_by_no_demo_password(ours, learner):
    """The device would type the password on this machine, where it is good, for somebody who is not."""
    for action in ("session-sign-in", "token-get"):
        answer = learner.post("/device/act/", {"action": action}, REMOTE_ADDR="192.0.2.7")
        assert answer.status_code == 403
        assert f'value="{action}"' not in answer.content.decode()
    assert ours.seen == []


@pytest.mark.parametrize("action", ["session-sign-in", "token-get"])
def test_it_types_no_password_that_is_known_to_be_wrong(ours, learner, alice, action):
    """Each would count, and five lock the owner out."""
    alice.set_password("my-own-phrase")
    alice.save()
    answer = learner.post("/device/act/", {"action": action, "account": "alice"})
    assert answer.status_code == 409
    assert b"another password than the demo" in answer.content
    assert ours.seen == []


@pytest.mark.parametrize("path", ["", "act/", "hand/", "hand/my-session/", "put-away/"])
def test_it_is_not_there_unless_labs_or_debug(settings, learner, path):
    settings.LABS = settings.DEBUG = False
    answer = learner.post(f"/device/{path}") if path else learner.get("/device/")
    assert answer.status_code == 404


def test_every_act_needs_the_csrf_token(alice):
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(alice)
    for path in ("act/", "hand/", "hand/my-session/", "put-away/"):
        assert careful.post(f"/device/{path}", {"action": "session-whoami"}).status_code == 403


def test_nothing_is_done_by_get(learner):
    for path in ("act/", "hand/", "hand/my-session/", "put-away/"):
        assert learner.get(f"/device/{path}").status_code == 405


def test_a_part_of_a_page_for_htmx(learner):
    part = learner.post("/device/act/", {"action": "session-whoami"}, headers={"HX-Request": "true"})
    assert part.status_code == 200
    assert part.content.startswith(b'<section id="device"')


def test_any_page_can_have_it_at_no_cost_of_its_own(rf, settings):
    page = Template("{% load device %}{% device_pane %}")
    there = page.render(Context({"request": rf.get("/")}))  # no database is allowed in this test
    assert 'hx-get="/device/"' in there
    assert '<a href="/device/">' in there  # without JavaScript
    settings.LABS = settings.DEBUG = False
    assert page.render(Context({"request": rf.get("/")})).strip() == ""


def test_a_sign_out_works_though_the_cache_does_not(learner, monkeypatch):
    hand(learner)

    def broken(*_: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(store, "leave", broken)
    assert learner.post("/sessions/logout/").status_code == 302
    assert learner.get(WHOAMI).status_code == 401


def test_start_over_puts_it_away(learner):
    hand(learner)
    kept = learner.cookies[store.COOKIE].value
    answer = learner.post("/start-over/")
    assert answer.cookies[store.COOKIE].value == ""
    learner.cookies[store.COOKIE] = kept
    assert "It is anonymous everywhere" in pane(learner)


def test_a_cache_that_does_not_answer_is_said_so(ours, learner, settings):
    down = {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": "redis://127.0.0.1:9/0"}
    settings.CACHES = settings.CACHES | {"security": down}
    learner.cookies[store.COOKIE] = store._signer.sign("somebody")
    for answer in (learner.get("/device/"), hand(learner), act(learner), learner.post("/device/put-away/")):
        assert answer.status_code == 503
        assert b"does not answer" in answer.content
    assert ours.seen == []
    assert learner.post("/start-over/").status_code == 302


def open_wire(learner: Client) -> None:
    learner.post("/wire/open/")


def test_its_calls_stand_in_the_wire_beside_the_learners_own(ours, learner):
    is_alice(ours)
    open_wire(learner)
    hand(learner)
    act(learner)
    page = learner.get("/wire/").content.decode()
    mine, device = page.index("/device/act/"), page.index(WHOAMI)
    assert device < mine  # the newest first: the call was made while the click was being answered
    assert "other device → site" in page
    assert "kkkk…" in page
    assert KEY not in page
    # It is written afterwards: no statement of the click is about it.
    click = Exchange.objects.get(path="/device/act/")
    assert click.statement_count == len(click.statements) > 0
    assert "wire_exchange" not in str(click.statements)


def test_a_call_that_nobody_answers_stands_there_too(settings, learner):
    settings.SITE_URL = "http://127.0.0.1:9"  # the discard port: nobody listens
    open_wire(learner)
    hand(learner)
    act(learner)
    page = learner.get("/wire/").content.decode()
    assert "connection refused: nobody listens there" in page


def test_with_the_wire_closed_nothing_is_kept(ours, learner):
    is_alice(ours)
    hand(learner)
    act(learner)
    assert not Exchange.objects.exists()


def test_another_browsers_wire_does_not_have_them(ours, learner, bob):
    is_alice(ours)
    open_wire(learner)
    other = Client()
    other.force_login(bob)
    open_wire(other)
    hand(learner)
    act(learner)
    assert WHOAMI not in other.get("/wire/").content.decode()
