"""The deny-list on two real instances: races, and a Valkey that is killed and starts again with its old data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest
import requests

from tests.fixtures.demo import RunningDemo, clean_environment
from tests.session_store.conftest import Server

pytestmark = pytest.mark.live
PASSWORD = "workshop-2026"
Start = Callable[..., RunningDemo]


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    started = []

    def go(**settings: str) -> RunningDemo:
        folder = tmp_path_factory.mktemp("var")
        started.append(RunningDemo(clean_environment(folder) | {"JWT_DENYLIST": "true"} | settings))
        started[-1].start()
        return started[-1]

    yield go
    for demo in started:
        demo.stop()


@pytest.fixture(scope="module")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(Path(tmp_path_factory.mktemp("valkey")))
    yield server
    server.go_on()
    server.kill()


@pytest.fixture(scope="module")
def on_valkey(start: Start, valkey: Server) -> RunningDemo:
    return start(REDIS_URL=valkey.url)


@pytest.fixture(scope="module")
def on_postgres(start: Start, valkey: Server, postgres_url: str) -> RunningDemo:
    return start(REDIS_URL=f"{valkey.url[:-1]}1", DATABASE_URL=postgres_url)


def sign_in(demo: RunningDemo, username: str = "alice") -> dict[str, str]:
    body = {"username": username, "password": PASSWORD}
    pair: dict[str, str] = requests.post(f"{demo.site}/jwt/api/token/", json=body, timeout=30).json()
    return pair


def sign_out(site: str, pair: dict[str, str]) -> int:
    answer = requests.post(f"{site}/jwt/api/token/blacklist/", json={"refresh": pair["refresh"]}, timeout=30)
    return answer.status_code


def ask(address: str, pair: dict[str, str], endpoint: str = "/jwt/api/whoami/") -> int:
    headers = {"Authorization": f"Bearer {pair['access']}"}
    return requests.get(address + endpoint, headers=headers, timeout=30).status_code


@pytest.mark.parametrize("running", ["on_valkey", pytest.param("on_postgres", marks=pytest.mark.postgres)])
def test_after_the_answer_to_a_sign_out_nobody_accepts_the_token(running: str, request: pytest.FixtureRequest) -> None:
    """Eight clients use it on both instances all the while, others come and go, and so each copy is made in a race."""
    demo: RunningDemo = request.getfixturevalue(running)
    sites = (demo.site, demo.site_b)
    with ThreadPoolExecutor(10) as pool:
        for number in range(12):
            pair, other = sign_in(demo), sign_in(demo, "bob")
            ended = Event()
            asked_before: list[int] = []

            def use(site: str, pair=pair, ended=ended, asked_before=asked_before) -> list[int]:
                answers: list[int] = []
                for _ in range(20_000):  # as often as it takes until the end, and four times more
                    late = ended.is_set()
                    status = ask(site, pair)
                    (answers if late else asked_before).append(status)
                    if len(answers) == 4:
                        break
                return answers

            users = [pool.submit(use, sites[turn % 2]) for turn in range(8)]
            others = [
                pool.submit(sign_out, sites[turn], one) for turn, one in enumerate((other, sign_in(demo, "bob")))
            ]
            assert sign_out(sites[number % 2], pair) == 200
            ended.set()
            assert [answer for user in users for answer in user.result()] == [401] * 32
            assert set(asked_before) <= {200, 401}
            assert [one.result() for one in others] == [200, 200]


@pytest.mark.parametrize("first", ["A", "B"])
def test_a_valkey_that_comes_back_with_what_it_knew_before(on_valkey: RunningDemo, valkey: Server, first: str) -> None:
    demo = on_valkey
    pair, phone = sign_in(demo), sign_in(demo)
    sites = [demo.site, demo.site_b] if first == "A" else [demo.site_b, demo.site]
    assert [ask(site, pair) for site in sites] == [200, 200]
    valkey.client().save()  # a stamp and a copy that fit each other, with nobody denied
    assert sign_out(demo.site, pair) == 200

    valkey.kill()
    answer = requests.get(
        f"{demo.site}/jwt/api/whoami/", headers={"Authorization": f"Bearer {phone['access']}"}, timeout=30
    )
    assert (answer.status_code, answer.json()["code"]) == (503, "denylist_unavailable")
    assert answer.headers["Retry-After"] == "5"
    assert [ask(site, one) for site in sites for one in (pair, phone)] == [503] * 4

    valkey.start_again()
    held = [name.decode() for name in valkey.names()]
    assert any(name.endswith("denylist.copy") for name in held), "its old data are back"
    assert [ask(site, one) for site in sites for one in (pair, phone)] == [401, 200, 401, 200]


def test_what_was_denied_while_valkey_was_down(on_valkey: RunningDemo, valkey: Server) -> None:
    demo = on_valkey
    pair = sign_in(demo)
    assert ask(demo.site_b, pair) == 200
    valkey.client().save()

    valkey.kill()
    assert sign_out(demo.site, pair) == 503
    valkey.start_again()

    assert [ask(site, pair) for site in (demo.site_b, demo.site)] == [401, 401]
    assert sign_out(demo.site, pair) == 200


def test_a_valkey_that_hangs_lets_nobody_in(on_valkey: RunningDemo, valkey: Server) -> None:
    pair = sign_in(on_valkey)
    valkey.hang()
    try:
        assert ask(on_valkey.site, pair) == 503
    finally:
        valkey.go_on()
    assert ask(on_valkey.site, pair) == 200


def test_a_valkey_that_was_emptied(on_valkey: RunningDemo, valkey: Server) -> None:
    pair, phone = sign_in(on_valkey), sign_in(on_valkey)
    assert sign_out(on_valkey.site, pair) == 200
    valkey.client().flushall()
    assert [ask(site, one) for site in (on_valkey.site, on_valkey.site_b) for one in (pair, phone)] == [401, 200] * 2


def test_only_who_asks_the_list_knows(on_valkey: RunningDemo) -> None:
    pair = sign_in(on_valkey)
    assert sign_out(on_valkey.site, pair) == 200
    assert ask(on_valkey.site, pair) == 401
    assert ask(on_valkey.orders, pair, "/orders/") == 200
