"""Clients that others have written, on this site as provider: they know its address, and discover the rest."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.fixtures import npm
from tests.fixtures.demo import RunningDemo
from tests.oauth_app.person import PASSWORD, Person

HERE = Path(__file__).parent
SECRET = "foreign-secret-of-letters"
ALL = "openid profile notes:read notes:write"
NOTES, WHOAMI = "/oauth/api/notes/", "/oauth/api/whoami/"
MADE = f"""
from allauth.idp.oidc.models import Client
from oauth_app.provider.models import Note
user = User.objects.create_user("faye", "faye@example.com", "{PASSWORD}")
Note.objects.create(user=user, text="A note of Faye's")
device, both = Client.GrantType.DEVICE_CODE, ["authorization_code", "refresh_token"]
for name, kind, grants, scopes in (
    ("foreign-confidential", Client.Type.CONFIDENTIAL, both, "{ALL}"),
    ("foreign-public", Client.Type.PUBLIC, [device, *both], "{ALL}"),
    ("foreign-program", Client.Type.CONFIDENTIAL, ["client_credentials"], "notes:export"),
):
    row = Client(pk=name, name=name, type=kind)
    row.set_secret("{SECRET}")
    row.set_scopes(scopes.split())
    row.set_grant_types(grants)
    row.set_redirect_uris(["CALLBACK"])
    row.save(force_insert=True)
print(user.pk)
"""
FORGOTTEN = """
from allauth.idp.oidc.models import Client
Client.objects.filter(pk__startswith="foreign-").delete()
User.objects.filter(username="faye").delete()
"""
# Each way in which a client can say who it is, as discovery lists them.
METHODS = {
    "basic": ("foreign-confidential", SECRET),
    "post": ("foreign-confidential", SECRET),
    "none": ("foreign-public", ""),
}


@dataclass
class Site:
    """The site, one of its users, and what was registered for the foreign clients."""

    demo: RunningDemo
    sub: str

    issuer = property(lambda self: self.demo.site)
    callback = property(lambda self: f"{self.demo.third_party}/callback/")

    def at(self, path: str) -> str:
        return f"{self.demo.site}{path}"

    def person(self) -> Person:
        return Person(self.demo.site)

    def arrive(self, person: Person, address: str) -> requests.Response:
        """Open what the client sends the user to, and sign in where asked: to the question, or back to the client."""
        answer = person.get(address)
        while answer.is_redirect and not answer.headers["Location"].startswith(self.callback):
            page = person.get(answer.headers["Location"])
            signing_in = 'name="password"' in page.text
            answer = person.press(page, 'name="password"', username="faye", password=PASSWORD) if signing_in else page
        return answer

    def allowed(self, person: Person, address: str, scopes: str) -> str:
        """Press Allow, unless all this was allowed before; return where the answer goes."""
        answer = self.arrive(person, address)
        if not answer.is_redirect:
            answer = person.press(answer, "Allow", action="allow", scopes=scopes.split())
        return self.returned(answer.headers["Location"])

    def denied(self, person: Person, address: str) -> str:
        answer = person.press(self.arrive(person, address), "Deny", action="deny")
        return self.returned(answer.headers["Location"])

    def returned(self, location: str) -> str:
        assert location.startswith(f"{self.callback}?"), location
        return location


@pytest.fixture(scope="session")
def site(demo: RunningDemo) -> Iterator[Site]:
    made = demo.shell(MADE.replace("CALLBACK", f"{demo.third_party}/callback/"))
    yield Site(demo, made.strip())
    demo.shell(FORGOTTEN)


class Refused(Exception):
    """What the package made of it: `name`, `code`, and `said`, the error of the provider, where it was one."""

    def __init__(self, told: dict[str, Any]) -> None:
        super().__init__(str({name: value for name, value in told.items() if value is not None}))
        self.code = str(told.get("code", ""))
        self.said = told.get("said")
        self.status = told.get("status")
        self.words = f"{told.get('message', '')}: {told.get('cause', '')}"


class Certified:
    """`openid-client` in a process of its own; a command a line."""

    def __init__(self, folder: Path, site: Site) -> None:
        self.site = site
        self.process = subprocess.Popen(
            ["node", folder / "client.mjs"], env={"PATH": os.environ["PATH"]}, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def do(self, command: str, **given: Any) -> dict[str, Any]:
        """Have it done. Raises Refused."""
        assert self.process.stdin
        assert self.process.stdout
        print(json.dumps({"command": command} | given), file=self.process.stdin, flush=True)
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        if "refused" in answer:
            raise Refused(answer["refused"])
        return answer

    def discover(self, method: str = "basic", **changed: str) -> dict[str, Any]:
        client_id, secret = METHODS[method]
        given = {"issuer": self.site.issuer, "id": client_id, "secret": secret, "method": method}
        metadata: dict[str, Any] = self.do("discover", **(given | changed))["metadata"]
        return metadata

    def begin(self, scope: str = ALL, **more: Any) -> str:
        url: str = self.do("begin", redirect_uri=self.site.callback, scope=scope, **more)["url"]
        return url

    def tokens(self, person: Person, scope: str = ALL) -> dict[str, Any]:
        """The whole way to the tokens."""
        answer = self.site.allowed(person, self.begin(scope), scope)
        return self.do("finish", url=answer)

    def call(self, token: str, path: str = NOTES, **more: Any) -> dict[str, Any]:
        return self.do("call", token=token, url=self.site.at(path), **more)

    def stop(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        assert self.process.wait(timeout=20) == 0


@pytest.fixture(scope="session")
def installed() -> Path:
    return npm.installed(HERE, "certified client")


@pytest.fixture
def certified(installed: Path, site: Site, tmp_path: Path) -> Iterator[Certified]:
    shutil.copy(HERE / "client.mjs", tmp_path)
    with suppress(FileExistsError):
        (tmp_path / "node_modules").symlink_to(installed)  # Node.js looks beside the script
    made = Certified(tmp_path, site)
    yield made
    made.stop()


def parameters(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


@pytest.fixture
def faye(site: Site) -> Person:
    """Her browser."""
    return site.person()


@pytest.fixture
def fresh(site: Site) -> Callable[[], str]:
    """Values that nobody has given out."""
    return lambda: uuid.uuid4().hex
