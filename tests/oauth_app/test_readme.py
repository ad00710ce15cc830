"""The README's lines are true: the sign-in by curl, and the copy in a bare project."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.processes import free_port, port_in_use
from tests.fixtures.demo import ROOT
from tests.fixtures.lack import lacking
from tests.oauth_app.person import Person
from tests.test_copy import clean, make

pytestmark = pytest.mark.live

README = (ROOT / "oauth_app" / "README.md").read_text(encoding="utf-8")


def wait_for(process: subprocess.Popen, port: int) -> None:
    while not port_in_use(port):
        assert process.poll() is None, "the server did not start"


def end(process: subprocess.Popen) -> str:
    process.terminate()
    return process.communicate(timeout=30)[0] or ""


def test_the_sign_in_from_a_terminal(demo, tmp_path):
    if not (shutil.which("curl") and shutil.which("sh")):
        lacking("curl or sh is not here")
    demo.shell("User.objects.filter(socialaccount__isnull=False).delete()")
    script = re.search(r"^```sh\n# sh\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    assert script
    lines = script[1].replace("http://localhost:8000", demo.site)
    done = subprocess.run(
        ["sh", "-eu", "-c", lines], cwd=tmp_path, text=True, capture_output=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert '"username": "alice.outside"' in done.stdout


@pytest.fixture
def outside(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The stand-ins with a client that comes back to the copy; yields where each is."""
    site, providers = free_port(), free_port()
    urls = {"DEMO_SITE_URL": f"http://localhost:{site}", "DEMO_PROVIDERS_URL": f"http://127.0.0.1:{providers}"}
    var = {"VAR_DIR": str(tmp_path / "var"), "DJANGO_SETTINGS_MODULE": "demo.outside.settings"}
    environment = os.environ | urls | var
    for command in ("migrate", "seed_outside"):
        subprocess.run(
            [sys.executable, "-m", "django", command], cwd=ROOT, env=environment, check=True, capture_output=True
        )
    process = subprocess.Popen(
        [sys.executable, "-m", "waitress", f"--listen=127.0.0.1:{providers}", "demo.outside.wsgi:application"],
        cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    wait_for(process, providers)
    yield urls
    end(process)


def test_a_copy_in_a_bare_project_signs_in_and_out(outside, tmp_path):
    (tmp_path / "copy").mkdir()
    project = make(tmp_path / "copy", "oauth_app")
    providers = outside["DEMO_PROVIDERS_URL"]
    environment = clean() | {
        "GITHUB_CLIENT_ID": "authdemo-github", "GITHUB_CLIENT_SECRET": "outside-github-secret",
        "GITHUB_URL": f"{providers}/github",
        "OIDC_CLIENT_ID": "authdemo-oidc", "OIDC_CLIENT_SECRET": "outside-oidc-secret",
        "OIDC_SERVER_URL": f"{providers}/oidc", "OIDC_NAME": "Outside ID",
    }  # fmt: skip
    port = int(outside["DEMO_SITE_URL"].rsplit(":", 1)[1])
    process = subprocess.Popen(
        [sys.executable, "manage.py", "runserver", "--noreload", f"127.0.0.1:{port}"],
        cwd=project.folder, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        wait_for(process, port)
        story(outside["DEMO_SITE_URL"])
    finally:
        output = end(process)
    assert "Traceback" not in output, output


def story(site: str) -> None:
    """First visit with one provider, the address is taken at the other, connect, sign out, come again; the admin."""
    person = Person(site)
    assert "The real one:" in person.get("/oauth/").text
    page = person.sign_in("GitHub")
    assert "A new user was made: <b>alice.outside</b>" in page.text
    use_the_token(person, site)
    person.press(page, "End session")
    assert person.follow(person.get("/oauth/connections/")).url.startswith(f"{site}/oauth/?next=")

    page = person.sign_in("Outside ID")
    assert page.status_code == 409
    start = person.press(page, "Sign in with GitHub")
    page = person.follow(person.allow(person.to_consent(start, "alice.outside")))
    page = person.follow(person.allow(person.to_consent(person.press(page, "Connect Outside ID"), "alice.outside")))
    assert page.url == f"{site}/oauth/connections/"
    person.press(page, "End session")
    assert "Welcome back" in person.sign_in("Outside ID").text

    eve = Person(site)
    assert eve.sign_in("Outside ID", "eve.outside").status_code == 403

    staff = Person(site)
    form = staff.follow(staff.get("/admin/"))
    staff.press(form, "Log in", username="zoe", password="correct horse battery")
    assert "3001" in staff.get("/admin/socialaccount/socialaccount/").text


def use_the_token(person: Person, site: str) -> None:
    """The README's example: outside of the scope, then one more scope is asked for and granted."""
    page = person.get("/repositories/")
    assert "GitHub did not show them." in page.text
    assert "<li>" not in page.text
    consent = person.to_consent(person.press(page, "Allow it at GitHub"), "alice.outside")
    page = person.follow(person.allow(consent))
    assert page.url == f"{site}/repositories/"
    assert "<li>alice.outside/" in page.text


PARTS = ("client", "labs/flow", "labs/id_token", "labs/behalf", "labs/third_party", "attacks")
NOT_READ = {"__init__.py", "apps.py", "urls.py"}  # nothing in them is of interest but for client/urls.py


@pytest.mark.parametrize("part", PARTS)
def test_each_file_stands_in_the_reading_order(part):
    said = README.split("## Files in reading order", 1)[1]
    if part != "client":
        said = said.split(f"- `{part}/`", 1)[1].split("\n- ", 1)[0].split("\n## ", 1)[0]
    names = {path.name for path in (ROOT / "oauth_app" / part).glob("*.py")} - NOT_READ
    missing = [name for name in names if f"`{'client/' * (part == 'client')}{name}`" not in said]
    assert missing == []
