"""The page draws what was measured and nothing else; the button is for who sits here, and for one at a time."""

from __future__ import annotations

import json
import re
import time
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from django.test import Client

from authdemo.compare.costs import starting, supervising

pytestmark = pytest.mark.django_db
PAGE = "/compare/costs/"


@pytest.fixture(autouse=True)
def labs(settings: Any) -> None:
    settings.LABS = True
    settings.LOOPBACK_HOSTS = [*settings.LOOPBACK_HOSTS, "testserver"]


@pytest.fixture
def started(monkeypatch: Any) -> list[list[str]]:
    """Commands that were started instead of being run: what runs is tested in `test_measure.py`."""
    commands: list[list[str]] = []

    class Process:
        stdin = None
        returncode = 0

        def __init__(self, command: list[str], **how: Any) -> None:
            commands.append(command[1:])

        def wait(self) -> None:
            """Do as if it had gone on for ever."""

    monkeypatch.setattr("authdemo.compare.costs.starting.subprocess.Popen", Process)
    return commands


@contextmanager
def under_way(folder: Any):
    """As if another process measured."""
    with supervising.alone():
        supervising.note(supervising.RUNNING, 0.4, "Requests, in turns")
        yield


def shown(client: Client) -> str:
    answer = client.get(PAGE)
    assert answer.status_code == 200
    return answer.content.decode()


def test_before_the_first_run_no_figure_is_shown(client, folder):
    page = shown(client)
    assert "Nothing was measured yet on this machine" in page
    assert "µs" not in page.split('id="nothing"')[1].split("How it is measured")[0]
    assert re.search(r'<button type="submit" id="measure">\s*Measure</button>', page)


def test_what_was_measured_is_drawn_and_told(client, measured):
    page = shown(client)
    for row in measured["rows"]:
        assert row["label"] in page
        assert f"{row['microseconds']['median']:,.0f}" in page
    assert "4,321 µs" in page  # a sign-in without its password, and apart from it
    assert "350 ms with the password" in page
    assert "Among 1,000 live sessions the session took 650 µs" in page
    assert "7.4 MB" in page
    assert "Not measured: Session in Redis. No." in page
    assert "A &lt;fast&gt; one, 2 cores" in page
    assert "2026-01-31 12:00 UTC" in page
    assert "no Redis or Valkey" in page
    # the longest of the group is the whole width: 765 + 10 is its third quartile
    bars = re.findall(r'class="bar-length" width="([\d.]+)%" height="100%"/>\s*<line', page)
    assert bars[:4] == [str(round(100 * median / 775, 1)) for median in (200, 432, 654, 765)]
    assert "style=" not in page.split("<main")[1].split("</main")[0]  # the Content-Security-Policy has no room for it


def test_it_says_when_that_matters_and_what_is_left_out(client, measured):
    page = shown(client)
    assert 'href="/choose/"' in page.split('id="matters"')[1].split("</p>")[0]
    assert "what an HTTP server takes for itself is not in that" in page
    assert "The machine was busy" not in page


def test_a_busy_machine_is_told_of_before_any_figure(client, measured, folder):
    measured["rows"][0]["microseconds"] |= {"q1": 100, "q3": 300}
    (folder / "costs.json").write_text(json.dumps(measured))
    before, after = shown(client).split("The machine was busy")
    assert "µs" not in before
    assert "µs more than the bare page" in after


def test_all_of_it_is_404_without_labs(client, settings, measured, started):
    settings.LABS = False
    assert client.get(PAGE).status_code == 404
    assert client.get(f"{PAGE}progress/").status_code == 404
    for act in ("start", "cancel"):
        assert client.post(f"{PAGE}{act}/").status_code == 404
    assert not started


def test_the_button_starts_a_process_of_its_own(client, folder, started):
    answer = client.post(f"{PAGE}start/", follow=True)
    assert answer.redirect_chain == [(PAGE, 302)]
    assert started == [["manage.py", "measure", "--until-closed"]]
    page = answer.content.decode()
    assert "It is being measured." in page
    assert 'id="measure"' not in page


def test_who_comes_from_elsewhere_starts_and_ends_nothing(client, folder, started):
    for act in ("start", "cancel"):
        answer = client.post(f"{PAGE}{act}/", REMOTE_ADDR="192.0.2.7")
        assert answer.status_code == 403
        assert "Only who sits at the machine" in answer.content.decode()
    assert not started
    assert not (folder / "cancel").exists()
    assert "disabled" in client.get(PAGE, REMOTE_ADDR="192.0.2.7").content.decode()


def test_a_form_of_another_site_starts_nothing(folder, started):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(f"{PAGE}start/", HTTP_ORIGIN="http://127.0.0.1:9002").status_code == 403
    assert not started


@pytest.mark.parametrize("act", ["start", "cancel"])
def test_a_link_starts_and_ends_nothing(client, folder, started, act):
    assert client.get(f"{PAGE}{act}/").status_code == 405
    assert not started


def test_pressed_twice_it_starts_once(client, folder, started):
    client.post(f"{PAGE}start/")
    again = client.post(f"{PAGE}start/")
    assert again.status_code == 409
    assert "under way already" in again.content.decode()
    assert len(started) == 1


def test_one_that_another_instance_or_a_terminal_has_started_is_seen_and_ended(client, measured, folder, started):
    with under_way(folder):
        page = shown(client)
        assert "Requests, in turns" in page
        assert 'value="40"' in page
        assert "654 µs" in page  # the last figures stay meanwhile
        assert client.post(f"{PAGE}start/").status_code == 409
        assert not (folder / "cancel").exists()
        assert client.post(f"{PAGE}cancel/").status_code == 302
        assert (folder / "cancel").exists()
    assert not started


def test_one_that_only_begins_can_be_ended(client, folder, started):
    client.post(f"{PAGE}start/")
    client.post(f"{PAGE}cancel/")
    assert (folder / "cancel").exists()  # what the new process looks for


def test_what_was_left_for_the_one_before_does_not_end_the_next(client, folder, started):
    folder.mkdir()
    (folder / "cancel").touch()
    client.post(f"{PAGE}start/")
    assert not (folder / "cancel").exists()


def test_cancel_with_nothing_under_way_leaves_nothing_that_would_end_the_next(client, measured, folder):
    assert client.post(f"{PAGE}cancel/").status_code == 302
    assert not (folder / "cancel").exists()


def test_progress_is_a_piece_of_the_page_and_at_the_end_the_page_comes_anew(client, measured, folder):
    htmx = {"headers": {"HX-Request": "true"}}
    with under_way(folder):
        piece = client.get(f"{PAGE}progress/", **htmx)
        assert b"40 %" in piece.content
        assert b"<html" not in piece.content
        assert client.get(f"{PAGE}progress/").headers["Location"] == PAGE  # a browser without JavaScript
    supervising.note(supervising.DONE, 1.0)
    assert client.get(f"{PAGE}progress/", **htmx).headers["HX-Refresh"] == "true"


def test_one_that_was_killed_is_told_of_and_the_last_figures_stay(client, measured, folder, started):
    supervising.note(supervising.RUNNING, 0.4, "Requests, in turns")  # and nobody holds the lock
    page = shown(client)
    assert "ended from outside" in page
    assert "654 µs" in page
    assert client.post(f"{PAGE}start/").status_code == 302
    assert started


def test_one_that_never_began_does_not_block_the_button_for_ever(client, folder, started):
    client.post(f"{PAGE}start/")
    kept = json.loads((folder / "measuring.json").read_text())
    (folder / "measuring.json").write_text(json.dumps(kept | {"at": time.time() - supervising.BEGINS - 1}))
    assert "ended from outside" in shown(client)
    assert client.post(f"{PAGE}start/").status_code == 302
    assert len(started) == 2


class Ended:
    """A process that has ended with an error; what happened until somebody noticed is `meanwhile`."""

    stdin = None
    returncode = 1

    def __init__(self, meanwhile: Any = None) -> None:
        self.wait = meanwhile or (lambda: None)


def test_one_that_could_not_begin_is_told_of_but_never_in_the_place_of_the_next(client, folder):
    supervising.note(supervising.RUNNING, text="It begins")
    starting._wait_for(Ended(), supervising.state())  # type: ignore[arg-type]
    assert "It could not be started." in shown(client)
    supervising.note(supervising.RUNNING, text="It begins")
    the_next = partial(supervising.note, supervising.RUNNING, text="It begins")
    starting._wait_for(Ended(the_next), supervising.state())  # type: ignore[arg-type]
    assert "It is being measured." in shown(client)


def test_a_failure_is_one_sentence(client, measured, folder):
    supervising.note(supervising.FAILED, text="It was not done after 240 seconds, and was ended.")
    assert "It was not done after 240 seconds" in shown(client)


@pytest.mark.parametrize("content", ["", "[]", '{"state": 1, "surplus": 2}', "{"])
def test_a_state_that_cannot_be_read_is_none(client, folder, content):
    folder.mkdir()
    (folder / "measuring.json").write_text(content)
    assert "Nothing was measured yet" in shown(client)


def test_where_no_process_can_be_started_the_page_says_so(client, folder, monkeypatch):
    def no_more(*args: Any, **kwargs: Any) -> None:
        raise BlockingIOError

    monkeypatch.setattr("authdemo.compare.costs.starting.subprocess.Popen", no_more)
    answer = client.post(f"{PAGE}start/")
    assert answer.status_code == 503
    assert "could not be started" in answer.content.decode()
    assert "It is being measured" not in shown(client)


def test_how_long_it_takes_is_what_is_known(client, folder):
    assert f"It measures for {supervising.SECONDS:.0f} seconds" in shown(client)


def test_the_last_run_says_how_long_it_took_and_what_lies_between(client, measured):
    page = shown(client)
    assert "The last time it took 62 seconds" in page
    assert "Between the fastest and the slowest of them lie 333 µs a request." in page  # 765 - 432
    assert "It measures for" not in page


def test_before_the_first_step_it_says_that_it_starts(client, folder, started):
    page = client.post(f"{PAGE}start/", follow=True).content.decode()
    assert "The process that does it is starting." in page
    assert "It begins" not in page.split("<progress")[0]  # the page shows our code, too
