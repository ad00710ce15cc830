"""The copy test: one app's core in a bare project, set up as its README says. Sign-in and sign-out work there.

The page of jwt_app is a program of its own, so it is opened in a browser, too.

oauth_app needs somebody to sign in with: its story is in `tests/oauth_app/test_readme.py` and uses `make` from here.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Page, expect

from bench.projects import copy_core, follow
from demo.processes import free_port

pytestmark = pytest.mark.live

ROOT = Path(__file__).resolve().parents[1]
PASSWORD = "correct horse battery"


@dataclass
class BareProject:
    """What `django-admin startproject` makes, in a folder of its own; it cannot see this project."""

    folder: Path

    def run(self, *command: str, **environment: str) -> str:
        """Run Python with these arguments and return what it printed."""
        done = subprocess.run(
            [sys.executable, *command], cwd=self.folder, env=clean() | environment, text=True,
            capture_output=True, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def copy(self, source: Path) -> None:
        """Copy an app's core: no experiments, no attacks."""
        copy_core(str(source.relative_to(ROOT)), self.folder)

    def follow(self, readme: Path) -> None:
        """Do what the README says with its blocks, among them those of the two files that every project has."""
        assert {"settings.py", "urls.py"} <= follow(readme, self.folder)


def clean() -> dict[str, str]:
    """Return this environment without anything that leads to this project's code or settings."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR", "SYSTEMROOT") if name in os.environ}
    key = {"OAUTH_TOKEN_KEY": "c2l4dGVlbiBieXRlcywgdHdpY2Ugb3ZlciwgYS5iLmM="}  # no secret: a key of this test
    return kept | key | {"PYTHONUNBUFFERED": "1", "PYTHONWARNINGS": "ignore"}


def make(folder: Path, app: str) -> BareProject:
    """Make the project with one app in it, and one user, ready to run."""
    project = BareProject(folder)
    project.run("-m", "django", "startproject", "bare", ".")
    source = ROOT / app
    project.copy(source)
    project.follow(source / "README.md")
    assert "authdemo" not in project.run("-c", "import sys; print(sys.path)").replace(str(ROOT / ".venv"), "")
    assert "no issues" in project.run("manage.py", "check")
    project.run("manage.py", "makemigrations", "--check", "--dry-run")
    project.run("manage.py", "migrate")
    if app == "jwt_app":
        assert "Deleted 0 expired tokens" in project.run("manage.py", "flush_tokens")
    user = ("--username=zoe", "--email=zoe@example.com")
    project.run("manage.py", "createsuperuser", "--noinput", *user, DJANGO_SUPERUSER_PASSWORD=PASSWORD)
    return project


@contextmanager
def serve(project: BareProject) -> Iterator[str]:
    """Run Django's own server until the test is over; yield its address once it answers."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "manage.py", "runserver", "--noreload", f"127.0.0.1:{port}"],
        cwd=project.folder, env=clean(), text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    lines: list[str] = []
    started = threading.Event()

    def read() -> None:
        assert process.stdout
        for line in process.stdout:
            lines.append(line)
            if "Quit the server" in line:
                started.set()
        started.set()  # it ended

    threading.Thread(target=read, daemon=True).start()
    try:
        assert started.wait(60), "".join(lines)
        base = f"http://localhost:{port}"
        with requests.Session() as http:
            retry = requests.adapters.Retry(total=8, connect=8, backoff_factor=0.1)
            http.mount("http://", requests.adapters.HTTPAdapter(max_retries=retry))
            http.get(f"{base}/admin/login/", timeout=10)
        yield base
    finally:
        process.terminate()
        process.wait(timeout=30)
    output = "".join(lines)
    assert "Traceback" not in output, output


class Visitor:
    """A browser without a screen: cookies, and the CSRF token that a form needs."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.http = requests.Session()

    def get(self, path: str) -> requests.Response:
        return self.http.get(self.base + path, allow_redirects=False, timeout=30)

    def post(self, path: str, **data: str) -> requests.Response:
        headers = {"X-CSRFToken": self.http.cookies.get("csrftoken", "")}
        return self.http.post(self.base + path, data, headers=headers, allow_redirects=False, timeout=30)


def sessions(base: str) -> None:
    """A wrong password, the right one, the pages, the end."""
    visitor = Visitor(base)
    dashboard = visitor.get("/sessions/")
    assert dashboard.status_code == 302
    assert dashboard.headers["Location"] == "/sessions/login/?next=/sessions/"
    assert visitor.get("/sessions/login/").status_code == 200
    assert visitor.post("/sessions/login/", username="zoe", password="wrong").status_code == 401
    assert visitor.get("/sessions/api/whoami/").status_code == 401
    answer = visitor.post("/sessions/login/", username="zoe", password=PASSWORD)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/sessions/")
    assert "zoe" in visitor.get("/sessions/").text
    assert "This browser" in visitor.get("/sessions/devices/").text
    assert visitor.get("/admin/usersessions/usersession/").status_code == 200
    assert visitor.get("/sessions/api/whoami/").json()["user"]["username"] == "zoe"

    other = Visitor(base)
    other.get("/sessions/login/")
    assert other.post("/sessions/login/", username="zoe", password=PASSWORD).status_code == 302
    assert visitor.post("/sessions/devices/revoke-others/").status_code == 302
    assert other.get("/sessions/api/whoami/").status_code == 401

    new = "another battery horse"
    form = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert visitor.get("/sessions/password/").status_code == 200
    assert visitor.post("/sessions/password/", **form).status_code == 302
    assert visitor.get("/sessions/api/whoami/").status_code == 200

    assert visitor.post("/sessions/logout/").status_code == 302
    assert visitor.get("/sessions/").status_code == 302
    assert visitor.get("/sessions/api/whoami/").status_code == 401


def jwt(base: str) -> None:
    """A wrong password, the right one, a call, a rotation, the end."""

    def call(path: str, body: dict[str, str] | None = None, token: str = "") -> requests.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        method = "GET" if body is None else "POST"
        return requests.request(method, f"{base}/jwt/{path}", json=body, headers=headers, timeout=30)

    assert call("").status_code == 200
    wrong = call("api/token/", {"username": "zoe", "password": "wrong"})
    assert (wrong.status_code, set(wrong.json())) == (401, {"detail", "code"})
    assert call("api/whoami/").status_code == 401
    pair = call("api/token/", {"username": "zoe", "password": PASSWORD}).json()
    assert call("api/whoami/", token=pair["access"]).json()["user"]["username"] == "zoe"
    assert call("api/me/", token=pair["access"]).status_code == 200
    assert call("api/token/verify/", {"token": pair["access"]}).status_code == 200
    assert call(".well-known/jwks.json").json()["keys"]

    new = call("api/token/refresh/", {"refresh": pair["refresh"]}).json()
    assert call("api/token/blacklist/", {"refresh": new["refresh"]}).status_code == 200
    assert call("api/token/refresh/", {"refresh": new["refresh"]}).status_code == 401
    assert call("api/whoami/", token=pair["access"]).status_code == 200  # until it expires

    visitor = Visitor(base)
    visitor.get("/admin/login/")  # any page with a form gives the CSRF token
    page: dict[str, Any] = {"headers": {"X-CSRFToken": visitor.http.cookies["csrftoken"]}, "timeout": 30}
    zoe = {"username": "zoe", "password": PASSWORD}
    assert visitor.http.post(f"{base}/jwt/api/cookie/login/", json=zoe, timeout=30).json()["code"] == "csrf_failed"
    assert visitor.http.post(f"{base}/jwt/api/cookie/login/", json=zoe, **page).json().keys() == {"access"}
    assert visitor.http.post(f"{base}/jwt/api/cookie/refresh/", **page).status_code == 200
    assert visitor.http.post(f"{base}/jwt/api/cookie/logout/", **page).status_code == 200
    assert visitor.http.post(f"{base}/jwt/api/cookie/refresh/", **page).status_code == 401


STORIES: dict[str, Callable[[str], None]] = {"sessions_app": sessions, "jwt_app": jwt}


@pytest.mark.parametrize("app", STORIES)
def test_a_copy_of_one_app_works_in_a_bare_project(app, tmp_path):
    with serve(make(tmp_path, app)) as base:
        STORIES[app](base)


# What is pressed on the page of the copy, and what it says then.
PRESSED = {
    "Who am I?": "You are zoe. The token said so; no database was asked.",
    "Me (loads the row)": "You are zoe. The token said who, and the user's row was read",
    "Refresh": "A new pair.",
    "Sign out": "Signed out: no refresh token of this sign-in works any more.",
}


@pytest.mark.browser
def test_the_page_of_a_copied_jwt_app_signs_in_in_a_browser(tmp_path: Path, page: Page) -> None:
    with serve(make(tmp_path, "jwt_app")) as base:
        page.goto(f"{base}/jwt/")
        for place in ("In this tab", "Refresh token in an HttpOnly cookie"):
            page.get_by_label(place).check()
            page.get_by_label("User name").fill("zoe")
            page.get_by_label("Password").fill(PASSWORD)
            page.get_by_role("button", name="Get tokens").click()
            expect(page.locator("#access-payload")).to_contain_text('"username": "zoe"')
            for button, answer in PRESSED.items():
                page.get_by_role("button", name=button).click()
                expect(page.get_by_role("status")).to_contain_text(answer)
            expect(page.locator("#tokens")).to_be_hidden()
        expect(page.get_by_role("button", name="Ask the orders service")).to_have_count(0)  # there is none here


def test_keys_change_in_a_copy_with_one_more_setting(tmp_path):
    project = make(tmp_path, "jwt_app")
    [line] = re.findall(r"`(JWT_KEY_RING = [^`]+)`", (ROOT / "jwt_app" / "README.md").read_text(encoding="utf-8"))
    key = "from jwt_app.backend import token_backend as site; print('key', site().signing.kid)"

    def signing() -> str:
        return project.run("manage.py", "shell", "-c", key).partition("key ")[2].strip()

    with pytest.raises(AssertionError, match="no place for another"):
        project.run("manage.py", "rotate_jwt_keys")
    before = signing()
    with (tmp_path / "bare" / "settings.py").open("a", encoding="utf-8") as settings:
        settings.write(f"\n{line}\n")
    assert signing() == before
    said = project.run("manage.py", "rotate_jwt_keys")
    assert signing() in said
    assert f"{before} (RS256) verifies until" in said
    assert "no issues" in project.run("manage.py", "check")
    with serve(project) as base:
        jwt(base)


def test_the_deny_list_works_in_a_copy(tmp_path):
    project = make(tmp_path, "jwt_app")
    with (tmp_path / "bare" / "settings.py").open("a", encoding="utf-8") as file:
        file.write("JWT_DENYLIST = True\n")
    assert "known to one process" in project.run("manage.py", "check")  # Django's default cache; here there is one
    with serve(project) as base:
        body = {"username": "zoe", "password": PASSWORD}
        pair = requests.post(f"{base}/jwt/api/token/", json=body, timeout=30).json()
        bearer = {"Authorization": f"Bearer {pair['access']}"}
        assert requests.get(f"{base}/jwt/api/whoami/", headers=bearer, timeout=30).json()["credential"]["revocable"]
        sign_out = {"refresh": pair["refresh"]}
        assert requests.post(f"{base}/jwt/api/token/blacklist/", json=sign_out, timeout=30).status_code == 200
        denied = requests.get(f"{base}/jwt/api/whoami/", headers=bearer, timeout=30)
        assert (denied.status_code, denied.json()["code"]) == (401, "token_denied")
