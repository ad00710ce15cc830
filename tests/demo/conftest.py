"""Real processes for `demo/outside` and `demo/orders`, each on a free port with a folder of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
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


@pytest.fixture(scope="session")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outside]:
    """The outside world, migrated and seeded."""
    var = tmp_path_factory.mktemp("outside")
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    addresses = {"DEMO_PROVIDERS_URL": url, "DEMO_SITE_URL": SITE, "DEMO_SITE_B_URL": SITE_B}
    world = Outside(url, var, var / "outside.log", os.environ | addresses | {"VAR_DIR": str(var)})
    world.manage("migrate", "--verbosity=0")
    world.manage("seed_outside")
    process = serve("demo.outside.wsgi:application", port, world.environment, world.log)
    yield world
    end(process)


@pytest.fixture
def visitor() -> Iterator[Visitor]:
    with Visitor() as session:
        yield session


@pytest.fixture
def client_of(outside: Outside) -> Callable[..., Client]:
    """Make a fresh client of a company, with one-time values of its own."""

    def make(company: str) -> Client:
        return {
            "github": Client(
                outside.url,
                "/github/login/oauth/authorize",
                "/github/login/oauth/access_token",
                "authdemo-github",
                "outside-github-secret",
                f"{SITE}/oauth/accounts/github/login/callback/",
                "read:user user:email",
            ),
            "google": Client(
                outside.url,
                "/google/o/oauth2/v2/auth",
                "/google/token",
                "authdemo-google",
                "outside-google-secret",
                f"{SITE}/oauth/accounts/google/login/callback/",
                "openid profile email",
            ),
            "oidc": Client(
                outside.url,
                "/oidc/identity/o/authorize",
                "/oidc/identity/o/api/token",
                "authdemo-oidc",
                "outside-oidc-secret",
                f"{SITE}/oauth/accounts/oidc/outside/login/callback/",
                "openid profile email",
            ),
        }[company]

    return make
