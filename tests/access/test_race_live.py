"""The user signs in all along, on two instances, while everything ends: what was given before the press is dead."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from typing import Any

import pytest
import requests

from authdemo.device.client import csrf_token

pytestmark = pytest.mark.live
PASSWORD = "a phrase for the race"
NAME, CLIENTS = "racer", 6


@pytest.fixture(params=["demo", pytest.param("demo_postgres", marks=pytest.mark.postgres)])
def running(request: pytest.FixtureRequest) -> Any:
    return request.getfixturevalue(request.param)


@pytest.fixture
def racer(running: Any) -> int:
    """Return the key of a user whom nobody else uses."""
    made = running.shell(
        f"User.objects.filter(username='{NAME}').delete()\n"
        f"print(User.objects.create_user('{NAME}', '{NAME}@example.com', '{PASSWORD}').pk)"
    )
    return int(made.split()[-1])


def sign_in(site: str, username: str, password: str) -> requests.Session:
    """Open a session, as a browser does."""
    browser = requests.Session()
    page = browser.get(f"{site}/sessions/login/", timeout=60)
    form = {"username": username, "password": password, "csrfmiddlewaretoken": csrf_token(page.text)}
    answer = browser.post(f"{site}/sessions/login/", form, timeout=60, allow_redirects=False)
    assert answer.status_code == 302, answer.text
    return browser


def by_session(site: str) -> tuple[float, Any]:
    browser = sign_in(site, NAME, PASSWORD)
    return time.monotonic(), lambda: browser.get(f"{site}/sessions/api/whoami/", timeout=60).status_code


def by_token(site: str) -> tuple[float, Any]:
    answer = requests.post(f"{site}/jwt/api/token/", json={"username": NAME, "password": PASSWORD}, timeout=60)
    assert answer.status_code == 200, answer.text
    token = {"refresh": answer.json()["refresh"]}
    return (
        time.monotonic(),
        lambda: requests.post(f"{site}/jwt/api/token/refresh/", json=token, timeout=60).status_code,
    )


def test_what_was_given_before_the_press_is_dead_afterwards(running: Any, racer: int) -> None:
    teacher = sign_in(running.site, "teacher", "workshop-2026")
    address = f"{running.site}/admin/accounts/user/{racer}/access/end/"
    begin, over = Barrier(CLIENTS + 1), Event()

    def all_along(number: int) -> list[tuple[float, Any]]:
        site, way = (running.site, running.site_b)[number % 2], (by_session, by_token)[number // 2 % 2]
        given = [way(site)]
        begin.wait(60)
        while not over.is_set():
            given.append(way(site))
        return given

    with ThreadPoolExecutor(CLIENTS) as pool:
        chains = [pool.submit(all_along, number) for number in range(CLIENTS)]
        form = {"csrfmiddlewaretoken": csrf_token(teacher.get(address, timeout=60).text)}
        begin.wait(60)
        pressed = time.monotonic()
        answer = teacher.post(address, form, timeout=60)
        over.set()
    assert "Everything has ended" in answer.text
    before = [use for chain in chains for at, use in chain.result() if at < pressed]
    assert len(before) >= CLIENTS
    assert {use() for use in before} == {401}
    # Nobody was locked out: who signs in now is in.
    assert by_session(running.site_b)[1]() == 200
