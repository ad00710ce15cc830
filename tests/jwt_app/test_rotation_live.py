"""Keys change while the demo runs: both instances, the orders service, many clients, a restart, a site that stops."""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import jwt
import pytest
import requests

from demo.processes import free_port
from tests.e2e.steps import PASSWORD
from tests.fixtures.demo import ROOT, RunningDemo, clean_environment, wait_until_free, wait_until_listening

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def own_demo() -> Iterator[RunningDemo]:
    """A demo whose keys may change: other tests' orders service would not know them for a minute."""
    with tempfile.TemporaryDirectory(prefix="authdemo-") as folder:
        running = RunningDemo(clean_environment(Path(folder)))
        running.start()
        yield running
        running.stop()


def sign_in(site: str, username: str = "alice") -> dict[str, str]:
    body = {"username": username, "password": PASSWORD}
    answer = requests.post(f"{site}/jwt/api/token/", json=body, timeout=20)
    assert answer.status_code == 200, answer.text
    pair: dict[str, str] = answer.json()
    return pair


def ask(url: str, token: str) -> int:
    return requests.get(url, headers={"Authorization": f"Bearer {token}"}, timeout=20).status_code


def kid(pair: dict[str, str]) -> str:
    return str(jwt.get_unverified_header(pair["access"])["kid"])


def everywhere(demo: RunningDemo) -> list[str]:
    return [f"{demo.site}/jwt/api/whoami/", f"{demo.site_b}/jwt/api/me/"]


def test_a_new_key_is_known_everywhere_at_once_and_the_old_tokens_stay_good(own_demo):
    before = sign_in(own_demo.site)
    said = own_demo.manage("rotate_jwt_keys")
    on_a, on_b = sign_in(own_demo.site), sign_in(own_demo.site_b)

    assert kid(on_a) == kid(on_b) != kid(before)
    assert f"{kid(on_a)} (RS256) signs" in said
    assert f"{kid(before)} (RS256) verifies until" in said
    # Orders has fetched no keys yet: one fetch brings both.
    for pair in (before, on_a, on_b):
        assert [ask(url, pair["access"]) for url in [*everywhere(own_demo), f"{own_demo.orders}/orders/"]] == [200] * 3
    sets = [
        requests.get(f"{site}/jwt/.well-known/jwks.json", timeout=20).json()
        for site in (own_demo.site, own_demo.site_b)
    ]
    assert sets[0] == sets[1]
    assert {kid(before), kid(on_a)} <= {key["kid"] for key in sets[0]["keys"]}
    # What was signed by the old key is exchanged for what the new one signs.
    new = requests.post(f"{own_demo.site_b}/jwt/api/token/refresh/", json={"refresh": before["refresh"]}, timeout=20)
    assert kid(new.json()) == kid(on_a)


def test_no_valid_token_is_refused_while_keys_change_under_load(own_demo):
    """Eight clients at both instances, six changes, two of them at a time: every call is answered 200."""
    over = threading.Event()
    seen: set[str] = set()

    def client(number: int) -> list[int]:
        sites = (own_demo.site, own_demo.site_b)
        statuses = []
        pair = sign_in(sites[number % 2], ("alice", "bob")[number % 2])
        while not over.is_set():
            statuses += [ask(url, pair["access"]) for url in everywhere(own_demo)]
            # Signed by one instance, asked at the other one in the next moment.
            answer = requests.post(
                f"{sites[number % 2]}/jwt/api/token/refresh/", json={"refresh": pair["refresh"]}, timeout=20
            )
            statuses.append(answer.status_code)
            pair = answer.json()
            seen.add(kid(pair))
        return statuses

    with ThreadPoolExecutor(8 + 2) as pool:
        clients = [pool.submit(client, number) for number in range(8)]
        try:
            for _ in range(3):
                changes = [pool.submit(own_demo.manage, "rotate_jwt_keys") for _ in range(2)]
                assert all("signs from now on" in one.result() for one in changes)
        finally:
            over.set()
        statuses = [status for one in clients for status in one.result()]
    assert set(statuses) == {200}
    assert len(statuses) > 50
    assert len(seen) >= 3


def test_a_restart_finds_the_same_keys(tmp_path):
    demo = RunningDemo(clean_environment(tmp_path))
    demo.start()
    try:
        old = sign_in(demo.site)
        demo.manage("rotate_jwt_keys")
        new = sign_in(demo.site)
    finally:
        demo.stop()
    again = RunningDemo(demo.environment)
    again.start()
    try:
        for pair in (old, new):
            assert [ask(url, pair["access"]) for url in [*everywhere(again), f"{again.orders}/orders/"]] == [200] * 3
        assert kid(sign_in(again.site_b)) == kid(new)
    finally:
        again.stop()


def test_a_damaged_ring_lets_no_server_start(tmp_path):
    (tmp_path / "jwt_keys.json").write_text("{}")
    environment = clean_environment(tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", "import authdemo.wsgi"], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert done.stderr.startswith("Not started: The key ring jwt_keys.json is damaged. Restore it; or delete it")


@pytest.fixture
def lone_site(own_demo, tmp_path) -> Iterator[tuple[str, subprocess.Popen, str]]:
    """One more site that can be stopped, with an orders service of its own."""
    port, orders_port = free_port(), free_port()
    site, orders = f"http://localhost:{port}", f"http://127.0.0.1:{orders_port}"
    environment = own_demo.environment | {"DEMO_SITE_URL": site, "DEMO_ORDERS_URL": orders, "LABS": "true"}
    processes = []
    for at, application in ((port, "authdemo.wsgi:application"), (orders_port, "demo.orders.app:application")):
        command = [sys.executable, "-m", "waitress", f"--listen=127.0.0.1:{at}", application]
        processes.append(subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL))
        wait_until_listening(at)
    yield site, processes[0], orders
    for process in processes:
        process.terminate()
        process.wait(timeout=20)


def test_the_site_is_killed_and_orders_goes_on(lone_site):
    site, process, orders = lone_site
    token = sign_in(site)["access"]
    assert ask(f"{orders}/orders/", token) == 200
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=20)
    wait_until_free(int(site.rpartition(":")[2]))
    assert [ask(f"{orders}/orders/", token) for _ in range(5)] == [200] * 5


def test_a_role_that_was_taken_away_is_believed_until_the_token_expires(own_demo):
    own_demo.shell("User.objects.create_user('dora', password='" + PASSWORD + "x', is_staff=True)")
    body = {"username": "dora", "password": f"{PASSWORD}x"}
    pair = requests.post(f"{own_demo.site}/jwt/api/token/", json=body, timeout=20).json()
    bearer = {"Authorization": f"Bearer {pair['access']}"}
    own_demo.shell("User.objects.filter(username='dora').update(is_staff=False)")

    assert jwt.decode(pair["access"], options={"verify_signature": False})["role"] == "staff"
    assert requests.get(f"{own_demo.site}/jwt/api/whoami/", headers=bearer, timeout=20).status_code == 200
    me = requests.get(f"{own_demo.site}/jwt/api/me/", headers=bearer, timeout=20).json()
    assert me["user"]["role"] == "user"
    new = requests.post(
        f"{own_demo.site}/jwt/api/token/refresh/", json={"refresh": pair["refresh"]}, timeout=20
    ).json()
    assert jwt.decode(new["access"], options={"verify_signature": False})["role"] == "user"


def test_orders_believes_the_old_role(lone_site, own_demo):
    site, _, orders = lone_site
    own_demo.shell("User.objects.create_user('emil', password='" + PASSWORD + "x', is_staff=True)")
    body = {"username": "emil", "password": f"{PASSWORD}x"}
    token = requests.post(f"{site}/jwt/api/token/", json=body, timeout=20).json()["access"]
    own_demo.shell("User.objects.filter(username='emil').update(is_staff=False)")
    answer = requests.get(f"{orders}/orders/", headers={"Authorization": f"Bearer {token}"}, timeout=20)
    assert answer.json()["role"] == "staff"
    own_demo.shell("User.objects.filter(username='emil').delete()")
    gone = requests.get(f"{orders}/orders/", headers={"Authorization": f"Bearer {token}"}, timeout=20)
    assert gone.json()["role"] == "staff"
