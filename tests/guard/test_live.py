"""Two instances, one guard; and the guard of the outside world, which shares nothing with it."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
import requests

from tests.demo.visitor import Visitor
from tests.fixtures.demo import ROOT

pytestmark = pytest.mark.live
TRIES = 20
PASSWORD = "correct-horse-battery"


@pytest.fixture(params=["demo", pytest.param("demo_postgres", marks=pytest.mark.postgres)])
def running(request: pytest.FixtureRequest) -> Any:
    return request.getfixturevalue(request.param)


@pytest.fixture
def somebody(running: Any) -> str:
    """An account of this test's own: a lock on it is nobody else's."""
    name = f"learner-{uuid4().hex[:8]}"
    running.shell(f"User.objects.create_user({name!r}, {name!r} + '@example.com', {PASSWORD!r})")
    return name


def token(site: str, name: str, password: str) -> requests.Response:
    return requests.post(f"{site}/jwt/api/token/", json={"username": name, "password": password}, timeout=60)


def kept(running: Any, name: str) -> tuple[int, Counter[str]]:
    """How many failures are counted for this account, and the reasons of its events."""
    answer = running.shell(
        "from authdemo.guard.models import Failures; from authdemo.events.models import AuthEvent\n"
        f"print(sum(Failures.objects.filter(username={name!r}).values_list('failures_since_start', flat=True)))\n"
        f"print(*AuthEvent.objects.filter(username={name!r}).values_list('reason', flat=True))"
    )
    count, reasons = answer.strip().splitlines()
    return int(count), Counter(reasons.split())


def test_twenty_at_once_over_both_instances_are_all_counted(running: Any, somebody: str) -> None:
    """Each is either looked at, and then counted, or refused. None is lost, and none gets in."""
    start = Barrier(TRIES)
    names = (somebody, somebody.upper(), f"{somebody}@example.com")

    def guess(number: int) -> requests.Response:
        start.wait()
        return token((running.site, running.site_b)[number % 2], names[number % 3], "wrong")

    with ThreadPoolExecutor(TRIES) as pool:
        answers = list(pool.map(guess, range(TRIES)))

    statuses = Counter(answer.status_code for answer in answers)
    count, reasons = kept(running, somebody)
    assert statuses.keys() <= {401, 429}, statuses
    assert reasons.total() == TRIES
    assert reasons["wrong_password"] == count >= 5
    assert reasons["locked"] == TRIES - count
    assert statuses[401] <= 4  # the fifth, and each that was under way then, is told that there is a lock
    assert token(running.site, somebody, PASSWORD).status_code == 429
    assert token(running.site_b, somebody, PASSWORD).status_code == 429


def test_a_lock_of_one_instance_is_one_of_the_other_and_can_be_lifted_there(running: Any, somebody: str) -> None:
    for _ in range(5):
        answer = token(running.site, somebody, "wrong")
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    refused = token(running.site_b, somebody, PASSWORD)
    assert (refused.status_code, refused.json()["code"]) == (429, "throttled")
    assert token(running.site_b, "bob", "workshop-2026").status_code == 200

    running.manage("axes_reset_username", somebody)

    assert token(running.site_b, somebody, PASSWORD).status_code == 200


# ---- The outside world


def outside_page(demo: Any, company: str) -> tuple[Visitor, requests.Response]:
    visitor = Visitor()
    return visitor, visitor.get(f"{demo.providers}/{company}/login?next=/{company}/")


GUESSED = """
import django; django.setup()
from demo.outside.companies import COMPANIES
from demo.outside.models import Account
for company in COMPANIES:
    account = Account(company=company, username="guessed.outside", email="guessed@outside.example")
    account.set_password("workshop-2026")
    account.save()
"""


@pytest.fixture(scope="module")
def guessed(demo: Any) -> str:
    """An account at each company that no other test signs in with: its locks are nobody else's."""
    environment = demo.environment | {"DJANGO_SETTINGS_MODULE": "demo.outside.settings"}
    subprocess.run([sys.executable, "-c", GUESSED], cwd=ROOT, env=environment, check=True, timeout=60)
    return "guessed.outside"


@pytest.mark.usefixtures("guessed")
@pytest.mark.parametrize("name", ["guessed.outside", "nobody.outside"])
def test_a_company_locks_as_well_and_alike_for_names_that_nobody_has(demo: Any, name: str) -> None:
    visitor, page = outside_page(demo, "google")
    answers = [visitor.submit(page, username=name, password="wrong") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [401] * 4 + [429] * 2
    assert 1 <= int(answers[5].headers["Retry-After"]) <= 60
    assert "Too many wrong passwords" in answers[5].text
    assert name not in answers[5].text
    assert 'href="/google/login?next=/google/"' in answers[5].text


def test_name_and_address_are_one_account_and_another_company_is_another(demo: Any, guessed: str) -> None:
    visitor, page = outside_page(demo, "oidc")
    names = [guessed, guessed.upper(), "guessed@outside.example", "Guessed@outside.example", guessed]
    answers = [visitor.submit(page, username=name, password="wrong").status_code for name in names]
    assert answers == [401] * 4 + [429]
    assert visitor.submit(page, username=guessed, password="workshop-2026").status_code == 429
    assert visitor.submit(page, username="bob.outside", password="workshop-2026").status_code == 302
    other, page = outside_page(demo, "github")
    assert other.submit(page, username=guessed, password="workshop-2026").status_code == 302


def test_what_is_kept_there_is_nothing_that_was_typed(demo: Any) -> None:
    secret = f"s3cret-{uuid4().hex}"
    visitor, page = outside_page(demo, "github")
    visitor.headers["user-agent"] = secret
    page.url += f"?next=/github/?state={secret}"
    for name in (secret, "alice.outside"):
        visitor.submit(page, username=name, password=secret, next=f"/github/?state={secret}")
    visitor.submit(page, username="alice.outside", password="workshop-2026")  # others sign in as alice, too
    with sqlite3.connect(f"{demo.environment['VAR_DIR']}/outside.sqlite3") as database:
        rows = database.execute("SELECT * FROM axes_accessattempt").fetchall()
    assert any("unknown:" in str(row) for row in rows)
    assert secret not in repr(rows)
    assert "alice.outside" not in repr(rows)
