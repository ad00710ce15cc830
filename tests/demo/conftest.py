"""Real processes for `demo/outside` and `demo/orders`, each on a free port with a folder of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
import requests

from demo.processes import free_port
from tests.demo.visitor import Client, Visitor

ROOT = Path(__file__).resolve().parents[2]
SITE = "http://localhost:18000"
SITE_B = "http://localhost:18001"


def wait_until_healthy(process: subprocess.Popen, url: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None, "the process ended before it answered"
        try:
            if requests.get(f"{url}/healthz", timeout=2).ok:
                return
        except requests.RequestException:
            time.sleep(0.05)
    raise AssertionError(f"{url} did not become healthy")


def serve(application: str, port: int, environment: dict[str, str], log: Path) -> subprocess.Popen:
    command = [sys.executable, "-m", "waitress", f"--listen=127.0.0.1:{port}", "--threads=8", application]
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT)
    wait_until_healthy(process, f"http://127.0.0.1:{port}")
    return process


def end(process: subprocess.Popen) -> None:
    process.terminate()
    process.wait(timeout=20)


@dataclass
class Outside:
    """The running outside world."""

    url: str
    var: Path
    log: Path
    environment: dict[str, str]

    def manage(self, *arguments: str, **environment: str) -> str:
        command = [sys.executable, "-m", "django", *arguments, "--settings", "demo.outside.settings"]
        run = subprocess.run(
            command, cwd=ROOT, env=self.environment | environment, capture_output=True, text=True, check=True
        )
        return run.stdout


@contextmanager
def running(var: Path, site: str, *, labs: bool = True) -> Iterator[Outside]:
    """Run an outside world, migrated and seeded, for a site at this address; with `labs` as the demo does."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    addresses = {"DEMO_PROVIDERS_URL": url, "DEMO_SITE_URL": site, "DEMO_SITE_B_URL": SITE_B}
    world = Outside(url, var, var / "outside.log", os.environ | addresses | {"VAR_DIR": str(var), "LABS": str(labs)})
    world.manage("migrate", "--verbosity=0")
    world.manage("seed_outside")
    process = serve("demo.outside.wsgi:application", port, world.environment, world.log)
    try:
        yield world
    finally:
        end(process)


@pytest.fixture(scope="session")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outside]:
    """The outside world; no site listens to its reports."""
    with running(tmp_path_factory.mktemp("outside"), SITE) as world:
        yield world


@pytest.fixture(scope="session")
def outside_without_labs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outside]:
    """The same where nothing of it is for experiments."""
    with running(tmp_path_factory.mktemp("outside"), SITE, labs=False) as world:
        yield world


@pytest.fixture
def visitor() -> Iterator[Visitor]:
    with Visitor() as session:
        yield session


def client_at(url: str, site: str, company: str) -> Client:
    """Return a fresh client of a company, with one-time values of its own."""
    authorize, token, callback, scope = {
        "github": (
            "/github/login/oauth/authorize",
            "/github/login/oauth/access_token",
            "/oauth/accounts/github/login/callback/",
            "read:user user:email",
        ),
        "google": (
            "/google/o/oauth2/v2/auth",
            "/google/token",
            "/oauth/accounts/google/login/callback/",
            "openid profile email",
        ),
        "oidc": (
            "/oidc/identity/o/authorize",
            "/oidc/identity/o/api/token",
            "/oauth/accounts/oidc/outside/login/callback/",
            "openid profile email",
        ),
    }[company]
    secret = f"outside-{company}-secret"
    return Client(url, authorize, token, f"authdemo-{company}", secret, site + callback, scope)


@pytest.fixture
def client_of(outside: Outside) -> Callable[[str], Client]:
    """Make a fresh client of a company."""
    return partial(client_at, outside.url, SITE)
