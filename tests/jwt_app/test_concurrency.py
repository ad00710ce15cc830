"""Many exchanges of one refresh token at once, over two processes: exactly one succeeds."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
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


def sign_ins(running: Any, number: int, grace: int) -> list[str]:
    """Make that many families with a grace of their own, in one process; return the first token of each."""
    made = running.shell(
        "from jwt_app.tokens import RefreshToken\n"
        "from jwt_app.models import RefreshFamily\n"
        "user = User.objects.get(username='alice')\n"
        f"for token in [RefreshToken.for_user(user) for _ in range({number})]:\n"
        f"    RefreshFamily.objects.filter(pk=token['family']).update(grace_seconds={grace})\n"
        "    print(token)\n"
    )
    return [line for line in made.split() if line.startswith("eyJ")]


@pytest.mark.parametrize(
    ("grace", "rounds", "codes"), [(0, 40, {"token_reused", "token_revoked"}), (60, 40, {"token_used"})]
)
def test_one_token_one_winner(running: Any, grace: int, rounds: int, codes: set[str]) -> None:
    tokens = sign_ins(running, rounds, grace)
    assert len(tokens) == rounds
    for token in tokens:
        answers = all_at_once(running, [token] * CALLS)

        assert Counter(answer.status_code for answer in answers) == {200: 1, 401: CALLS - 1}
        found = Counter(answer.json()["code"] for answer in answers if answer.status_code == 401)
        assert found.keys() == codes
        assert grace or found["token_reused"] == 1
        # Dead, for the winner as well, on both instances; or alive, on both.
        [winner] = [answer.json()["refresh"] for answer in answers if answer.status_code == 200]
        assert post(running.site_b, "verify/", token=winner).status_code == (200 if grace else 401)
        last = post(running.site, "refresh/", refresh=winner)
        assert (last.status_code, last.json().get("code")) == ((200, None) if grace else (401, "token_revoked"))


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


EXPIRED = 5_000


def test_who_refreshes_while_expired_tokens_are_flushed_notices_nothing(running: Any) -> None:
    running.shell(f"from tests.jwt_app.test_flush import fill\nfill(User.objects.get(username='alice'), {EXPIRED})")
    cleaned = Event()

    def refresh_all_along(token: str) -> tuple[list[int], str]:
        statuses: list[int] = []
        with requests.Session() as client:  # the server takes so many connections and no more
            while not cleaned.is_set() and set(statuses) <= {200}:
                site = (running.site, running.site_b)[len(statuses) % 2]
                answer = client.post(f"{site}/jwt/api/token/refresh/", json={"refresh": token}, timeout=60)
                statuses.append(answer.status_code)
                token = answer.json().get("refresh", token)
        return statuses, token

    first = sign_ins(running, 4, 0)
    with ThreadPoolExecutor(len(first)) as pool:
        chains = [pool.submit(refresh_all_along, token) for token in first]
        try:
            said = running.manage("flush_tokens", "--batch-size", "50")
        finally:
            cleaned.set()
    assert f"Deleted {EXPIRED} expired tokens and {EXPIRED // 10} families" in said
    for old, (statuses, last) in zip(first, [chain.result() for chain in chains], strict=True):
        assert set(statuses) == {200}
        assert len(statuses) > 5
        again = post(running.site_b, "refresh/", refresh=last)
        assert again.status_code == 200
        # What was used before is remembered all the same.
        assert post(running.site, "refresh/", refresh=old).json()["code"] == "token_reused"
        assert post(running.site, "refresh/", refresh=again.json()["refresh"]).json()["code"] == "token_revoked"
