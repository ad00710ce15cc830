"""Paper & Ink as a process, with a site that does what it is told."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests

from demo.processes import free_port
from tests.demo.conftest import ROOT, end, serve
from tests.oauth_app.person import HIDDEN, Person

from .fake_site import FakeSite, fake_site

SETTINGS = {"DJANGO_SETTINGS_MODULE": "demo.outside.third_party.settings"}
SECRETS = re.compile(r"(?:access|refresh)-token-number-\d+|outside-\w+-secret|a-code-of-the-site|a-device-code")


@dataclass
class App:
    """The running app."""

    url: str
    var: Path
    log: Path
    environment: dict[str, str]
    site: FakeSite

    def sql(self, statement: str, *values: str) -> list[tuple[object, ...]]:
        """Look into its database, or change it: time passes quickly there."""
        with closing(sqlite3.connect(self.var / "third_party.sqlite3", timeout=20)) as connection, connection:
            return connection.execute(statement, values).fetchall()

    def shell(self, code: str) -> None:
        """Run Python lines with its settings."""
        script = f"import django; django.setup()\n{code}"
        subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=self.environment, check=True, timeout=60)


class Visitor(Person):
    """Somebody with a browser; no page that they see may have a credential in it."""

    def __init__(self, app: App) -> None:
        super().__init__(app.url)
        self.app = app

    def request(self, *args, **kwargs):  # type: ignore[override]
        kwargs.setdefault("timeout", 30)
        answer = super().request(*args, **kwargs)
        assert not SECRETS.search(answer.text), answer.text
        assert not SECRETS.search(str(answer.headers)), answer.headers
        return answer

    def set_out(self, button: str = "Connect my notes", page: str = "/") -> dict[str, str]:
        """Press the button, and return what the site is asked."""
        return self.asked(self.press(self.get(page), button))

    def set_out_again(self) -> dict[str, str]:
        """Do the same where notes are connected, and no page has the button any more."""
        return self.asked(self.post("/connect/", data=dict(HIDDEN.findall(self.get("/").text))))

    def asked(self, answer: requests.Response) -> dict[str, str]:
        """Return what the site is asked by this redirect."""
        assert answer.status_code == 303, answer.text
        parts = urlsplit(answer.headers["Location"])
        assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{self.app.site.url}/authorize"
        asked = {name: values[0] for name, values in parse_qs(parts.query, strict_parsing=True).items()}
        self.app.site.nonce = asked["nonce"]
        return asked

    def come_back(self, state: str, **changes: str | None) -> requests.Response:
        """Bring an answer of the site."""
        given = {"code": "a-code-of-the-site", "state": state, "iss": self.app.site.url} | changes
        return self.get(f"/callback/?{urlencode({name: value for name, value in given.items() if value is not None})}")

    def connect(self) -> requests.Response:
        """Do all of it, and return the page with the notes."""
        page = self.follow(self.come_back(self.set_out()["state"]))
        assert page.status_code == 200, page.text
        return page


@contextmanager
def running(folder: Path, site: FakeSite) -> Iterator[App]:
    port = free_port()
    url, var, log = f"http://127.0.0.1:{port}", folder / "var", folder / "log"
    environment = os.environ | {"VAR_DIR": str(var), "DEMO_SITE_URL": site.url, "DEMO_THIRDPARTY_URL": url} | SETTINGS
    app = App(url, var, log, environment, site)
    app.shell("from django.core.management import call_command as run; run('migrate', verbosity=0)")
    process = serve("demo.outside.third_party.wsgi:application", port, environment, log)
    try:
        yield app
    finally:
        site.released.set()
        end(process)
        written = log.read_text()
        assert "Traceback" not in written, written
        assert not SECRETS.search(written), written


@pytest.fixture(scope="module")
def one_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    site = fake_site()
    with running(tmp_path_factory.mktemp("paper"), site) as app:
        yield app
    site.stop()


@pytest.fixture
def app(one_app: App) -> Iterator[App]:
    """The app, and a site that is good again."""
    one_app.site.good()
    yield one_app
    one_app.site.released.set()


@pytest.fixture
def fresh_app(tmp_path: Path) -> Iterator[App]:
    """One that has not asked its site for anything yet."""
    site = fake_site()
    with running(tmp_path, site) as app:
        yield app
    site.stop()


@pytest.fixture
def visitor(app: App) -> Visitor:
    return Visitor(app)


@pytest.fixture
def another(app: App) -> Callable[[], Visitor]:
    return lambda: Visitor(app)
