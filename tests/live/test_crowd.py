"""A classroom at once: 20 people, sign-ins and sign-outs over both instances, and each is only ever themselves."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
import requests

from tests.fixtures.demo import RunningDemo

pytestmark = pytest.mark.live
PEOPLE = [f"crowd{number}" for number in range(20)]
AT_ONCE = 40
PATIENCE = 180  # seconds for one answer: each password takes a third of a second to check, on purpose

LEFT = """
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
theirs = set(map(str, User.objects.filter(username__startswith="crowd").values_list("pk", flat=True)))
rows = [row for row in Session.objects.all() if row.get_decoded().get("_auth_user_id") in theirs]
print(len(rows), UserSession.objects.filter(user__in=theirs).count())
"""


@pytest.fixture(params=["demo", "demo_postgres"])
def crowd(request: pytest.FixtureRequest) -> Iterator[RunningDemo]:
    demo: RunningDemo = request.getfixturevalue(request.param)
    lines = "from django.contrib.auth.hashers import make_password\npassword = make_password('workshop-2026')\n"
    lines += f"User.objects.bulk_create([User(username=name, password=password) for name in {PEOPLE!r}])"
    demo.shell(lines)
    yield demo
    demo.shell("User.objects.filter(username__startswith='crowd').delete()")


def times(demo: RunningDemo) -> int:
    """How often each of them comes. SQLite, which has one writer, is the harder case."""
    return 3 if "DATABASE_URL" in demo.environment else 10


class Visit:
    """One sign-in and sign-out. Remembers each status, and each name that an answer gave."""

    def __init__(self, name: str, here: str, there: str) -> None:
        self.name, self.here, self.there = name, here, there
        self.http = requests.Session()
        self.statuses: list[int] = []
        self.names: list[str | None] = []

    def run(self) -> Visit:
        with self.http:
            self.get(self.here, "/sessions/login/")
            self.post(self.here, "/sessions/login/", username=self.name, password="workshop-2026")
            for site in (self.here, self.there):
                self.ask(site)
            page = self.get(self.there, "/sessions/")
            self.names.append(self.name if f"that you are {self.name}?" in page.text else None)
            self.post(self.there, "/sessions/logout/")
            for site in (self.here, self.there):
                self.ask(site)
        return self

    def get(self, site: str, path: str) -> requests.Response:
        return self.note(self.http.get(site + path, timeout=PATIENCE))

    def post(self, site: str, path: str, **form: str) -> requests.Response:
        headers = {"X-CSRFToken": self.http.cookies["authdemo_csrf"]}
        return self.note(self.http.post(site + path, form, headers=headers, allow_redirects=False, timeout=PATIENCE))

    def ask(self, site: str) -> None:
        user = self.get(site, "/sessions/api/whoami/").json().get("user")
        self.names.append(user["username"] if user else None)

    def note(self, answer: requests.Response) -> requests.Response:
        self.statuses.append(answer.status_code)
        return answer


def test_a_crowd_signs_in_and_out_over_both_instances(crowd):
    """Two hundred times on SQLite, sixty times on PostgreSQL."""
    sites = (crowd.site, crowd.site_b)
    visits = [
        Visit(PEOPLE[number % len(PEOPLE)], *(sites if number % 2 else reversed(sites)))
        for number in range(len(PEOPLE) * times(crowd))
    ]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        done = list(pool.map(Visit.run, visits))
    assert len(done) in {200, 60}
    assert {tuple(visit.statuses) for visit in done} == {(200, 302, 200, 200, 200, 302, 401, 401)}
    assert [visit.names for visit in done] == [[visit.name] * 3 + [None] * 2 for visit in done]
    assert crowd.shell(LEFT).split() == ["0", "0"]


def test_a_class_of_browsers_that_keep_their_connections_locks_nobody_out(demo):
    """Thirty browsers with six connections each, and the next one comes."""
    with ExitStack() as kept:
        for _ in range(180):
            browser = kept.enter_context(requests.Session())
            assert browser.get(f"{demo.site}/healthz", timeout=30).status_code == 200
        assert requests.get(f"{demo.site}/healthz", timeout=10).status_code == 200
