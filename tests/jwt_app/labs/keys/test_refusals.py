"""What the two pages refuse, and what they do when a part of the demo fails."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from authdemo.accounts.models import User
from authdemo.device import use
from authdemo.wire import browser
from jwt_app.backend import token_backend
from jwt_app.labs.keys import results

BUTTONS = ["/jwt/keys/change/", "/jwt/keys/again/", "/jwt/keys/noise/", "/jwt/role/demote/"]


@pytest.fixture
def here(settings: Any, db: None, tmp_path: Path) -> Any:
    """A browser at this machine; nobody listens at the site's address, and the ring is the test's own."""
    settings.LABS = True
    settings.LOOPBACK_HOSTS = [*settings.LOOPBACK_HOSTS, "testserver"]
    settings.SITE_URL = settings.SITE_B_URL = settings.ORDERS_URL = "http://localhost:1"
    settings.JWT_KEY_RING = tmp_path / "ring.json"
    User.objects.create_user("alice", "alice@example.com", settings.DEMO_PASSWORD)
    token_backend.cache_clear()
    yield Client()
    token_backend.cache_clear()


def keys_in(path: Path) -> int:
    return path.read_text().count('"public"') if path.exists() else 0


@pytest.mark.parametrize("path", [*BUTTONS, "/jwt/keys/", "/jwt/role/"])
def test_without_labs_it_is_not_there(here, settings, path):
    settings.LABS = False
    assert here.post(path).status_code == here.get(path).status_code == 404


@pytest.mark.parametrize("path", BUTTONS)
def test_somebody_at_another_machine_changes_nothing(here, settings, path):
    here.get("/jwt/keys/")
    answer = here.post(path, REMOTE_ADDR="192.0.2.7")
    assert answer.status_code == 403
    assert "sits at the machine" in answer.content.decode()
    assert keys_in(settings.JWT_KEY_RING) == 1
    page = here.get("/jwt/keys/", REMOTE_ADDR="192.0.2.7").content.decode()
    assert "disabled" in page.split('id="keys-change"')[1].split(">")[0]


@pytest.mark.parametrize("path", BUTTONS)
def test_it_is_done_by_post_with_a_token_of_the_form_only(here, settings, path):
    assert here.get(path).status_code == 405
    assert Client(enforce_csrf_checks=True).post(path).status_code == 403
    here.get("/jwt/keys/")
    assert keys_in(settings.JWT_KEY_RING) == 1


@pytest.mark.parametrize("path", BUTTONS)
def test_when_all_places_are_taken_one_is_told_to_press_again(here, monkeypatch, path):
    monkeypatch.setattr(use, "PATIENCE", 0)
    taken = [use._slots.acquire(blocking=False) for _ in range(use.AT_ONCE)]
    try:
        answer = here.post(path)
    finally:
        for _ in filter(None, taken):
            use._slots.release()
    assert (answer.status_code, answer["Retry-After"]) == (503, "1")
    assert "Press again" in answer.content.decode()


@pytest.mark.parametrize("path", BUTTONS)
def test_a_site_that_does_not_answer_is_said_so_and_leaves_nothing_behind(here, settings, path):
    here.get("/jwt/keys/")
    page = here.post(path, follow=True).content.decode()
    assert "The sign-in at instance A was not answered." in page
    assert keys_in(settings.JWT_KEY_RING) == 1  # no token from before, so no change of keys
    assert not User.objects.filter(username__startswith="demoted-").exists()


def test_a_second_tab_waits(here):
    here.post(BUTTONS[0])
    name = browser.browser_of(here.get("/jwt/keys/").wsgi_request)
    with results.one_at_a_time(name):
        answer = here.post(BUTTONS[2])
    assert answer.status_code == 503
    assert "in another tab perhaps" in answer.content.decode()


def test_htmx_gets_the_part_that_changes(here):
    part = here.post(BUTTONS[0], headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert 'id="keys-result"' in part


def test_starting_over_forgets_what_was_tried(here):
    here.post(BUTTONS[2])
    assert "was not answered" in here.get("/jwt/keys/").content.decode()
    here.post("/start-over/")
    assert "was not answered" not in here.get("/jwt/keys/").content.decode()


@pytest.mark.parametrize(
    ("algorithm", "shown"), [("HS256", "no name"), ("EdDSA", "set by whoever runs this"), ("ES512", "ES512")]
)
def test_one_key_that_is_set_is_shown_as_that(here, use_algorithm, algorithm, shown):
    use_algorithm(algorithm)
    page = here.get("/jwt/keys/").content.decode()
    assert shown in page
    assert algorithm in page


def test_a_ring_that_was_damaged_meanwhile_is_no_end_of_the_page(here, settings):
    here.get("/jwt/keys/")
    settings.JWT_KEY_RING.write_text("{")
    assert here.get("/jwt/keys/").status_code == 200
