"""A certified OpenID provider that is not ours signs people in, by the settings `OIDC_*` alone."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
import requests

from demo.processes import free_port, port_in_use
from tests.fixtures import npm
from tests.fixtures.demo import ROOT, wait_until_free, wait_until_listening

from .person import Person

pytestmark = pytest.mark.live
HERE = Path(__file__).parent / "certified"
CLIENT_ID, CLIENT_SECRET = "authdemo-at-certified", "a-secret-for-the-certified-one"
FORGET = "User.objects.filter(email__endswith='@certified.example').delete()"
SEEN = """
from allauth.socialaccount.models import SocialAccount
accounts = SocialAccount.objects.filter(user__email__endswith="@certified.example").order_by("pk")
print(*[f"{a.uid} {a.user.username} {a.user.email}" for a in accounts], sep="\\n")
"""


@pytest.fixture(scope="session")
def installed() -> Path:
    """The folder in which the package is installed."""
    return npm.installed(HERE, "certified provider")


@dataclass
class Certified:
    """The provider in a process of its own."""

    installed: Path
    folder: Path
    callback: str
    port: int = field(default_factory=free_port)
    lines: list[dict[str, str]] = field(default_factory=list)
    process: subprocess.Popen[str] | None = None

    url = property(lambda self: f"http://127.0.0.1:{self.port}")

    def start(self) -> None:
        """Start it, with a new key in front of those of before."""
        script = self.folder / "provider.mjs"
        shutil.copy(HERE / "provider.mjs", script)
        with suppress(FileExistsError):
            (self.folder / "node_modules").symlink_to(self.installed)  # Node.js looks beside the script
        told = {"PORT": str(self.port), "CALLBACK": self.callback, "KEYS": str(self.folder / "keys.json")}
        told |= {"CLIENT_ID": CLIENT_ID, "CLIENT_SECRET": CLIENT_SECRET, "PATH": os.environ["PATH"]}
        self.process = subprocess.Popen(["node", script], env=told, stdout=subprocess.PIPE, text=True)
        Thread(target=self._read, args=(self.process,), daemon=True).start()
        while not port_in_use(self.port):
            assert self.process.poll() is None, "the provider did not start: its reason is above"

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("{"):  # it has warnings for developers, too
                self.lines.append(json.loads(line))

    def stop(self) -> None:
        assert self.process is not None
        self.process.terminate()
        self.process.wait(timeout=20)
        wait_until_free(self.port)

    def discovery(self) -> dict[str, str]:
        document: dict[str, str] = requests.get(f"{self.url}/.well-known/openid-configuration", timeout=10).json()
        return document

    def key_names(self) -> list[str]:
        return [key["kid"] for key in requests.get(self.discovery()["jwks_uri"], timeout=10).json()["keys"]]

    def asked(self) -> list[str]:
        """Which of its endpoints were asked by the site, in order."""
        wanted = ("/.well-known/openid-configuration", "/token", "/me", "/jwks")
        return [line["path"] for line in self.lines if line.get("path") in wanted]


@pytest.fixture(scope="module")
def world(demo, installed, tmp_path_factory) -> Iterator[tuple[str, Certified]]:
    """A process of the site that knows of the provider by its environment alone, and the provider."""
    port = free_port()
    site = f"http://localhost:{port}"
    callback = f"{site}/oauth/accounts/oidc/outside/login/callback/"
    certified = Certified(installed, tmp_path_factory.mktemp("certified"), callback)
    environment = demo.environment | {
        "DEMO_SITE_URL": site, "OIDC_NAME": "Certified", "OIDC_SERVER_URL": certified.url,
        "OIDC_CLIENT_ID": CLIENT_ID, "OIDC_CLIENT_SECRET": CLIENT_SECRET,
    }  # fmt: skip
    command = [sys.executable, "-m", "waitress", f"--listen=127.0.0.1:{port}", "authdemo.wsgi:application"]
    certified.start()
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_until_listening(port)
        yield site, certified
    finally:
        process.terminate()
        process.wait(timeout=20)
        certified.stop()
        demo.shell(FORGET)


def leave(person: Person) -> tuple[str, dict[str, str]]:
    """Press the button; return where it leads, and what is sent along."""
    answer = person.press(person.get("/oauth/"), "Sign in with Certified")
    address = answer.headers["Location"]
    return address, {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def to_consent(person: Person, address: str, name: str) -> requests.Response:
    """Sign in at the provider, on its own page; return its consent page."""
    page = person.follow(person.get(address))
    page = person.follow(person.press(page, 'name="password"', prompt="login", login=name, password="any"))
    assert 'value="consent"' in page.text, page.text
    return page


def grant(person: Person, consent: requests.Response) -> requests.Response:
    """Say yes; return the page of the site at the end."""
    return person.follow(person.press(consent, 'value="consent"', prompt="consent"))


def sign_in(person: Person, name: str = "carol") -> requests.Response:
    return grant(person, to_consent(person, leave(person)[0], name))


def test_first_and_second_visit(world, demo):
    site, certified = world
    certified.lines.clear()
    page = sign_in(Person(site), "fiona")
    assert page.url == f"{site}/oauth/signed-in/", page.text
    assert "A new user was made" in page.text
    host = urlsplit(certified.url).netloc
    seen = demo.shell(SEEN).split()
    at = seen.index(f"{host}:fiona")
    assert seen[at + 1 : at + 3] == ["fiona.certified", "fiona@certified.example"]
    person = Person(site)
    assert "Welcome back" in sign_in(person, "fiona").text
    assert person.username() == "fiona.certified"
    # Each sign-in has asked for all of it: discovery before and after, token, user-info, keys.
    assert certified.asked()[:5] == [
        "/.well-known/openid-configuration", "/.well-known/openid-configuration", "/token", "/me", "/jwks",
    ]  # fmt: skip


def test_what_is_sent_to_it(world):
    site, certified = world
    address, sent = leave(Person(site))
    assert address.split("?")[0] == certified.discovery()["authorization_endpoint"]
    assert sent["redirect_uri"] == certified.callback
    assert set(sent["scope"].split()) == {"openid", "profile", "email"}
    assert (sent["response_type"], sent["code_challenge_method"]) == ("code", "S256")
    assert len(sent["nonce"]) > 20
    assert len(sent["state"]) > 10


def test_it_insists_on_pkce(world):
    """So a sign-in that works has sent the challenge, and a verifier that fits."""
    site, _ = world
    person = Person(site)
    address, _ = leave(person)
    without = re.sub(r"&?code_challenge(_method)?=[^&]*", "", address)
    answer = person.get(without)
    back = urlsplit(answer.headers["Location"])
    assert parse_qs(back.query)["error"] == ["invalid_request"]
    page = person.follow(answer)
    assert page.status_code == 502
    assert "It said: invalid_request." in page.text
    assert person.username() is None


@pytest.mark.parametrize(
    ("parameter", "said"),
    [("code_challenge", "It did not accept the code."), ("nonce", "Refused by the check of <code>nonce</code>")],
)
def test_one_parameter_changed_on_the_way(world, demo, parameter, said):
    """Another challenge: its token endpoint refuses. Another nonce: the ID token is good, and not for this sign-in."""
    site, _ = world
    person = Person(site)
    address, sent = leave(person)
    consent = to_consent(person, address.replace(sent[parameter], "x" * 43), "dora")
    page = grant(person, consent)
    assert page.status_code == 502
    assert said in page.text
    assert "Nobody was signed in here." in page.text
    assert person.username() is None
    assert "dora" not in demo.shell(SEEN)


def test_no_is_no(world, demo):
    site, _ = world
    person = Person(site)
    consent = to_consent(person, leave(person)[0], "erin")
    abort = re.search(r'href="([^"]*/abort)"', consent.text)
    assert abort
    page = person.follow(person.get(urljoin(consent.url, abort[1])))
    assert page.status_code == 403
    assert "You said no at Certified" in page.text
    assert person.username() is None
    assert "erin" not in demo.shell(SEEN)


def test_a_callback_is_good_once(world):
    site, certified = world
    person = Person(site)
    consent = to_consent(person, leave(person)[0], "carol")
    answer = person.press(consent, 'value="consent"', prompt="consent")
    while not (callback := answer.headers["Location"]).startswith(certified.callback):
        answer = person.get(callback)
    assert person.get(callback).status_code == 302
    assert Person(site).get(callback).status_code == 400
    assert person.get(callback).status_code == 400
    assert person.username() == "carol.certified"


def test_a_new_key_and_a_provider_that_is_off_meanwhile(world):
    site, certified = world
    before = certified.key_names()
    assert "/oauth/signed-in/" in sign_in(Person(site)).url
    certified.stop()
    person = Person(site)
    page = person.press(person.get("/oauth/"), "Sign in with Certified")
    assert page.status_code == 503
    assert "It cannot be reached." in page.text
    certified.start()
    now = certified.key_names()
    assert now[1:] == before
    assert now[0] not in before
    assert "/oauth/signed-in/" in sign_in(person).url
    assert person.username() == "carol.certified"


def test_the_page_for_setting_up_names_it_and_what_was_registered(world):
    site, certified = world
    page = Person(site).get("/oauth/set-up/").text
    assert certified.callback in page
    assert certified.url in page
    assert "<b>the real one</b>" in page
    assert CLIENT_SECRET not in page
