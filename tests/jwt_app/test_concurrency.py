"""Many exchanges of one refresh token at once, over two processes: exactly one succeeds."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
import requests

pytestmark = pytest.mark.live
CALLS = 24
PASSWORD = "workshop-2026"


@pytest.fixture(params=["demo", pytest.param("demo_postgres", marks=pytest.mark.postgres)])
def running(request: pytest.FixtureRequest) -> Any:
    return request.getfixturevalue(request.param)


def post(site: str, path: str, **data: str) -> requests.Response:
    return requests.post(f"{site}/jwt/api/token/{path}", json=data, timeout=60)


def all_at_once(running: Any, tokens: list[str]) -> list[requests.Response]:
    """Send one exchange for each of the tokens, half of them to each process, in the same moment."""
    start = Barrier(len(tokens))

    def exchange(numbered: tuple[int, str]) -> requests.Response:
        number, token = numbered
        start.wait()
        return post((running.site, running.site_b)[number % 2], "refresh/", refresh=token)

    with ThreadPoolExecutor(len(tokens)) as pool:
        return list(pool.map(exchange, enumerate(tokens)))


def test_one_token_one_winner(running: Any) -> None:
    token = post(running.site, "", username="alice", password=PASSWORD).json()["refresh"]

    answers = all_at_once(running, [token] * CALLS)

    assert Counter(answer.status_code for answer in answers) == {200: 1, 401: CALLS - 1}
    codes = Counter(answer.json()["code"] for answer in answers if answer.status_code == 401)
    assert codes == {"token_reused": 1, "token_revoked": CALLS - 2}
    # The family has ended, for the winner as well, on both instances.
    [winner] = [answer.json()["refresh"] for answer in answers if answer.status_code == 200]
    assert post(running.site, "refresh/", refresh=winner).json()["code"] == "token_revoked"
    assert post(running.site_b, "verify/", token=winner).status_code == 401


def test_different_families_do_not_disturb_each_other(running: Any) -> None:
    tokens = [post(running.site, "", username="bob", password=PASSWORD).json()["refresh"] for _ in range(8)]

    assert [answer.status_code for answer in all_at_once(running, tokens)] == [200] * 8


def test_sign_out_during_an_exchange_leaves_nothing_usable(running: Any) -> None:
    token = post(running.site, "", username="alice", password=PASSWORD).json()["refresh"]

    with ThreadPoolExecutor(2) as pool:
        exchange = pool.submit(post, running.site, "refresh/", refresh=token)
        sign_out = pool.submit(post, running.site_b, "blacklist/", refresh=token)

    assert sign_out.result().status_code == 200
    left = exchange.result().json().get("refresh", token)
    assert post(running.site, "refresh/", refresh=left).status_code == 401
