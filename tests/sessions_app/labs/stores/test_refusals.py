"""What the two pages refuse, and what they do when a part of the demo fails."""

from __future__ import annotations

import subprocess
import sys

import pytest
from django.test import Client

from authdemo.accounts.models import User
from authdemo.device import use
from authdemo.wire.browser import browser_of
from sessions_app.labs.stores import restart, results

RUN, SEND = "/sessions/stores/run/", "/sessions/instances/send/"


@pytest.fixture
def at_this_machine(lab, settings) -> Client:
    settings.LOOPBACK_HOSTS = [*settings.LOOPBACK_HOSTS, "testserver"]
    return Client()


@pytest.fixture
def nobody_listens(settings) -> None:
    settings.SITE_URL = settings.SITE_B_URL = "http://localhost:1"


@pytest.mark.parametrize("path", [RUN, SEND])
def test_somebody_at_another_machine_is_signed_in_nowhere(at_this_machine, path):
    answer = at_this_machine.post(path, {"store": "db"}, REMOTE_ADDR="192.0.2.7")
    assert answer.status_code == 403
    assert "sits at the machine" in answer.content.decode()
    page = at_this_machine.get("/sessions/stores/", REMOTE_ADDR="192.0.2.7").content.decode()
    assert "disabled" in page.split('id="stores-run"')[1].split(">")[0]


@pytest.mark.parametrize("path", [RUN, SEND])
def test_they_are_tried_by_post_only(at_this_machine, path):
    assert at_this_machine.get(path).status_code == 405


@pytest.mark.parametrize("path", [RUN, SEND, "/sessions/stores/run/next/"])
def test_another_sites_form_tries_nothing(at_this_machine, path):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(path, {"store": "db"}).status_code == 403


@pytest.mark.parametrize("path", [RUN, SEND])
def test_when_all_places_are_taken_one_is_told_to_press_again(at_this_machine, monkeypatch, path):
    monkeypatch.setattr(use, "PATIENCE", 0)
    taken = [use._slots.acquire(blocking=False) for _ in range(use.AT_ONCE)]
    try:
        answer = at_this_machine.post(path, {"store": "db"})
    finally:
        for _ in filter(None, taken):
            use._slots.release()
    assert answer.status_code == 503
    assert answer["Retry-After"] == "1"
    assert "Press again" in answer.content.decode()


def test_a_site_that_does_not_answer_itself_is_said_so_in_each_row(at_this_machine, nobody_listens, settings):
    User.objects.create_user("alice", password=settings.DEMO_PASSWORD)
    page = at_this_machine.post(RUN, follow=True).content.decode()
    assert page.count("The sign-in at instance A was not answered.") == 6
    assert "What was found" in page
    page = at_this_machine.post(SEND, {"store": "db"}, follow=True).content.decode()
    assert "The sign-in at instance A was not answered." in page


def test_htmx_gets_one_step_at_a_time_and_a_reload_goes_on(at_this_machine, nobody_listens):
    htmx = {"HX-Request": "true"}
    part = at_this_machine.post(RUN, headers=htmx).content.decode()
    assert "<html" not in part
    assert "1 of 7 steps done" in part
    assert 'hx-trigger="load, submit"' in part
    assert "1 of 7 steps done" in at_this_machine.get("/sessions/stores/").content.decode()
    for _ in range(5):
        part = at_this_machine.post("/sessions/stores/run/next/", headers=htmx).content.decode()
    assert "6 of 7 steps done" in part
    assert "Tried last" not in part  # rows with a problem have nothing to wait for


def test_a_second_tab_waits_and_asks_again_by_itself(at_this_machine, nobody_listens, monkeypatch):
    htmx = {"HX-Request": "true"}
    at_this_machine.post(RUN, headers=htmx)
    request = at_this_machine.get("/sessions/stores/").wsgi_request
    with results.one_at_a_time(browser_of(request)):
        answer = at_this_machine.post("/sessions/stores/run/next/", headers=htmx)
    assert answer.status_code == 503
    assert 'hx-trigger="load delay:2s, submit"' in answer.content.decode()


@pytest.mark.parametrize(
    ("program", "sentence"),
    [("import sys; sys.exit(3)", "A child process failed."), ("import time; time.sleep(30)", "was ended: it took")],
)
def test_a_child_process_that_fails_or_hangs_is_no_end_of_the_page(monkeypatch, program, sentence):
    run = subprocess.run
    monkeypatch.setattr(restart, "TIMEOUT", 0.5)
    monkeypatch.setattr(subprocess, "run", lambda _, **more: run([sys.executable, "-c", program], **more))
    with pytest.raises(restart.CouldNotTry, match=sentence):
        restart.survivors()


def test_a_child_process_leaves_out_a_store_that_does_not_answer(lab, settings):
    gone = settings.CACHES["lab_redis"] | {"LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = settings.CACHES | {"lab_redis": gone}
    keys = restart.write()
    assert sorted(keys) == ["cached_db", "db", "file", "memory", "signed_cookie"]
    # The same process wrote them: that is no restart survived.
    assert set(restart.read(keys).values()) == {False}
