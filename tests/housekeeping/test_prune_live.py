"""`manage.py prune` as a process beside a serving site: interrupted, killed, two at once, while people come and go."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Event
from typing import Any

import pytest
import requests

from authdemo.device.client import csrf_token
from tests.fixtures.demo import ROOT, RunningDemo

pytestmark = pytest.mark.live
ROWS, OTHERS, CLIENTS = 2_000, 100, 4

# Many sessions, and of the rest enough to meet what the clients write: tokens that were exchanged once, denials.
OVER = f"""
import secrets
from datetime import timedelta
from django.contrib.sessions.models import Session
from django.utils import timezone
from authdemo.housekeeping import crowd, scale
later, crowd.LATER = crowd.LATER, timedelta(days=-2)
scale.fill({OTHERS}, lambda done: None)
crowd.LATER = later
old = timezone.now() - timedelta(days=2)
keys = [f"00{{number:06}}over{{secrets.token_hex(8)}}" for number in range({ROWS})]
Session.objects.bulk_create(Session(session_key=key, session_data="", expire_date=old) for key in keys)
"""
LEFT = """
from django.contrib.sessions.models import Session
from django.utils import timezone
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken
from jwt_app.models import Denial, RefreshFamily
print(
    Session.objects.filter(session_key__contains="over").count(),
    OutstandingToken.objects.filter(user__username__startswith="scale-").count(),
    RefreshFamily.objects.filter(user__username__startswith="scale-").count(),
    Denial.objects.filter(user__username__startswith="scale-").count(),
)
"""


@pytest.fixture(params=["demo", pytest.param("demo_postgres", marks=pytest.mark.postgres)])
def running(request: pytest.FixtureRequest) -> Iterator[RunningDemo]:
    running: RunningDemo = request.getfixturevalue(request.param)
    running.shell(OVER)
    yield running
    running.shell("User.objects.filter(username__startswith='scale-').delete()")


def prune(running: RunningDemo, *options: str, **streams: Any) -> subprocess.Popen[str]:
    command = [sys.executable, "manage.py", "prune", *options]
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | streams
    return subprocess.Popen(command, cwd=ROOT, env=running.environment, text=True, **streams)


def stopped_half_way(running: RunningDemo, how: signal.Signals) -> tuple[int, str]:
    """Run it on a terminal, send the signal when that shows how many are gone. Return its end and what was shown."""
    ours, its = pty.openpty()
    with prune(running, "--batch-size=1", stdout=its, stderr=its) as process:
        os.close(its)
        shown = b""
        with closing(os.fdopen(ours, "rb", buffering=0)) as terminal:
            while not re.search(rb"expired sessions \D*[1-9]", shown):
                shown += terminal.read(1024)
            process.send_signal(how)
            try:
                while more := terminal.read(1024):
                    shown += more
            except OSError:  # nobody has the other end any more
                pass
        return process.wait(60), shown.decode()


def left(running: RunningDemo) -> list[int]:
    return [int(number) for number in running.shell(LEFT).split()]


class Person:
    """Signs in by session and token, uses and exchanges both, and leaves. Notes each answer's status."""

    def __init__(self, running: RunningDemo, name: str) -> None:
        self.name, self.sites = name, (running.site, running.site_b)
        self.statuses: Counter[tuple[str, int]] = Counter()
        self.rounds = 0

    def note(self, what: str, answer: requests.Response) -> requests.Response:
        self.statuses[what, answer.status_code] += 1
        return answer

    def once(self) -> None:
        here, there = self.sites
        with requests.Session() as browser:
            self.signs_in(browser)
            token = {"username": self.name, "password": "workshop-2026"}
            pair = self.note("token", requests.post(f"{here}/jwt/api/token/", json=token, timeout=60)).json()
            self.note("whoami", browser.get(f"{there}/sessions/api/whoami/", timeout=60))
            for site in self.sites:
                body = {"refresh": pair["refresh"]}
                pair = self.note(
                    "exchange", requests.post(f"{site}/jwt/api/token/refresh/", json=body, timeout=60)
                ).json()
            bearer = {"Authorization": f"Bearer {pair['access']}"}
            self.note("call", requests.get(f"{there}/jwt/api/whoami/", headers=bearer, timeout=60))
            headers = {"X-CSRFToken": browser.cookies["authdemo_csrf"]}
            out = browser.post(f"{there}/sessions/logout/", headers=headers, timeout=60, allow_redirects=False)
            self.note("sign-out", out)
            self.note("afterwards", browser.get(f"{here}/sessions/api/whoami/", timeout=60))
        self.rounds += 1

    def signs_in(self, browser: requests.Session) -> None:
        address = f"{self.sites[0]}/sessions/login/"
        form = {"username": self.name, "password": "workshop-2026"}
        form["csrfmiddlewaretoken"] = csrf_token(browser.get(address, timeout=60).text)
        self.note("sign-in", browser.post(address, form, timeout=60, allow_redirects=False))


def test_stopped_half_way_and_twice_at_once_all_that_is_over_goes_and_who_is_in_stays(running: RunningDemo) -> None:
    someone, browser = Person(running, "bob"), requests.Session()
    someone.signs_in(browser)

    status, shown = stopped_half_way(running, signal.SIGINT)
    assert status == 130
    assert "Stopped. What was deleted is deleted; the next run goes on." in shown
    assert "Traceback" not in shown
    first = left(running)[0]
    assert 0 < first < ROWS

    status, _ = stopped_half_way(running, signal.SIGKILL)
    assert status == -signal.SIGKILL
    second, tokens, families, denials = left(running)
    assert 0 < second < first
    assert (tokens, families, denials) == (2 * OTHERS, OTHERS, OTHERS)

    with prune(running, "--batch-size=7") as one, prune(running, "--batch-size=11") as other:
        (first_said, first_error), (other_said, other_error) = (
            one.communicate(timeout=120),
            other.communicate(timeout=120),
        )
    assert (one.returncode, other.returncode, first_error, other_error) == (0, 0, "", "")
    said = first_said + other_said
    assert "\x1b" not in said  # no terminal: plain lines
    counted = sum(int(number.replace(",", "")) for number in re.findall(r"([\d,]+) expired refresh tokens", said))
    assert counted == tokens  # each was counted by one of the two
    assert left(running) == [0, 0, 0, 0]
    assert browser.get(f"{running.site_b}/sessions/api/whoami/", timeout=60).json()["user"]["username"] == "bob"


def test_people_who_come_and_go_meanwhile_notice_nothing(running: RunningDemo) -> None:
    people = [Person(running, ("alice", "bob")[number % 2]) for number in range(CLIENTS)]
    begun, over = Event(), Event()

    def all_along(person: Person) -> int:
        begun.wait(60)
        while not over.is_set():
            person.once()
        return person.rounds

    with ThreadPoolExecutor(CLIENTS) as pool:
        done = [pool.submit(all_along, person) for person in people]
        try:
            with prune(running, "--batch-size=10") as process:
                begun.set()
                said, errors = process.communicate(timeout=200)
                meanwhile = sum(person.rounds for person in people)
        finally:
            over.set()
        assert all(chain.result() for chain in done)
    assert (process.returncode, errors) == (0, "")
    assert "rows deleted." in said
    assert meanwhile >= CLIENTS
    statuses: Counter[tuple[str, int]] = sum((person.statuses for person in people), Counter())
    assert set(statuses) == {
        ("sign-in", 302), ("token", 200), ("whoami", 200), ("exchange", 200), ("call", 200), ("sign-out", 302),
        ("afterwards", 401),
    }  # fmt: skip
    assert left(running) == [0, 0, 0, 0]
