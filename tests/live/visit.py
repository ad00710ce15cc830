"""The visitor: a demo of their own, a browser, programs, and passwords that stand on no page."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import requests
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.fixtures.demo import ROOT, RunningDemo
from tests.live.credentials import Used
from tests.live.places import Answers, Places, files, pattern, stores
from tests.oauth_app.person import HIDDEN

PEOPLE = {"GitHub": "alice.outside", "Google": "bob.outside", "Outside ID": "mallory.outside"}
SITE_USERS = {"carol": "False", "dean": "True", "erin": "False"}  # name, and whether the admin opens
OUTSIDE_SCRIPT = """
import django, json, os; django.setup()
from demo.outside.models import Account
for name, password in json.loads(os.environ["PASSWORDS"]).items():
    for account in Account.objects.filter(username=name):
        account.set_password(password); account.save()
"""


def new_password() -> str:
    """Return one that looks different in a URL, in JSON and in HTML."""
    return f'{secrets.token_urlsafe(9)}"&ü {secrets.token_urlsafe(9)}'


@dataclass
class Run:
    """The demo, a browser with one page, what was used, and what was answered."""

    demo: RunningDemo
    browser: Browser
    folder: Path
    used: Used = field(default_factory=Used)
    places: Places = field(default_factory=Places)
    passwords: dict[str, str] = field(default_factory=dict)
    callback: str = ""

    def __post_init__(self) -> None:
        self.site = self.demo.site
        self.answers = Answers(self.demo, self.used, self.places)
        for name in (*SITE_USERS, *PEOPLE.values()):
            self.passwords[name] = self.used.add("password", new_password())
        self.used.add("demo's password", "workshop-2026")
        self.context: BrowserContext = self.browser.new_context(
            record_har_path=self.folder / "browser.har", record_har_content="embed"
        )
        self.context.set_default_timeout(15_000)
        self.page: Page = self.context.new_page()
        self.make_users()

    def make_users(self) -> None:
        """Give everybody a password that stands on no page, as the demo's own does."""
        lines = [
            f"User.objects.create_user('{name}', '{name}@example.com', {self.passwords[name]!r}, "
            f"is_staff={staff}, is_superuser={staff})"
            for name, staff in SITE_USERS.items()
        ]
        self.demo.shell("\n".join(lines))
        self.passwords_outside({name: self.passwords[name] for name in PEOPLE.values()})

    def passwords_outside(self, theirs: dict[str, str]) -> None:
        """Give accounts of the outside world these passwords, at each company."""
        subprocess.run(
            [sys.executable, "-c", OUTSIDE_SCRIPT], cwd=ROOT, check=True, timeout=60,
            env=self.demo.environment | {"DJANGO_SETTINGS_MODULE": "demo.outside.settings"}
            | {"PASSWORDS": json.dumps(theirs)},
        )  # fmt: skip

    def wrong_password(self) -> str:
        """Return a password that is nobody's: people mistype those of other sites, too."""
        return self.used.add("wrong password", new_password())

    def client(self) -> requests.Session:
        """Return a program without a browser."""
        session = requests.Session()
        session.hooks["response"] = self.answers.of_client
        return session

    # ---- What one does in a browser

    def go(self, path: str) -> None:
        self.look()
        self.page.goto(self.site + path)

    def press(self, name: str, inside: str = "main") -> None:
        """Press a button by its whole name."""
        self.look()
        self.page.locator(inside).get_by_role("button", name=name, exact=True).first.click()

    def fill(self, name: str, password: str) -> None:
        self.page.get_by_label("User name").fill(name)
        self.page.get_by_label("Password").fill(password)

    def sign_in(self, name: str = "carol") -> None:
        """Open a session by the site's own form."""
        self.go("/sessions/login/")
        self.fill(name, self.passwords[name])
        self.press("Sign in")
        self.page.wait_for_url(f"{self.site}/sessions/")

    def sign_in_by_program(self, program: requests.Session, name: str = "carol") -> None:
        """Open a session from a client without a browser."""
        login = f"{self.site}/sessions/login/"
        form = dict(HIDDEN.findall(program.get(login).text))
        program.post(login, data=form | {"username": name, "password": self.passwords[name]})
        assert program.get(f"{self.site}/sessions/api/whoami/").ok

    def end_session(self) -> None:
        self.press("End session", inside="header")
        expect(self.page.get_by_role("banner")).to_contain_text("no session")

    def look(self) -> None:
        """Keep what scripts have made of the page, before it is left. It gives the browser time to record it, too."""
        self.page.wait_for_load_state()
        if self.page.url.startswith(self.site):
            self.places.add(f"site dom:{pattern(self.page.url)}", self.page.content())

    def finish(self) -> None:
        """Close the browser, stop the demo, and take what is left of both."""
        folder = Path(self.demo.environment["VAR_DIR"])
        stores(self.places, self.demo)
        self.context.close()  # writes the file
        self.demo.stop()
        files(self.places, folder)
        self.places.add("output", self.demo.output)
        self.answers.of_browser(self.folder / "browser.har")
        for process in self.tapped():
            self.used.take(process)
        self.used.key_files(folder)

    def tapped(self) -> list[str]:
        """Return the command of each process, and all that it sent and got by `http.client`."""
        return [path.read_text(encoding="utf-8", errors="replace") for path in (self.folder / "tap").iterdir()]


def environment_with_tap(environment: dict[str, str], folder: Path) -> dict[str, str]:
    """Return the environment in which each Python process writes down what it sends and gets by `http.client`."""
    (folder / "tap").mkdir()
    paths = [str(ROOT / "tests" / "live" / "tap"), *filter(None, [os.environ.get("PYTHONPATH")])]
    return environment | {"PYTHONPATH": os.pathsep.join(paths), "TAP_FOLDER": str(folder / "tap")}
