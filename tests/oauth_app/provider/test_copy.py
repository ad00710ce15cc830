"""The core in a bare project, set up as its README says: register, ask, allow, exchange, call, take back."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests

from demo.processes import free_port
from jwt_app.keys import new_key
from tests.fixtures.demo import ROOT, wait_until_listening
from tests.oauth_app.person import Person
from tests.test_copy import BareProject, clean

from .conftest import AUTHORIZE, CALLBACK, REQUEST, TOKEN, VERIFIER

pytestmark = pytest.mark.live
PASSWORD = "correct horse battery"
SOURCE = ROOT / "oauth_app" / "provider"
REGISTER = f"""
from allauth.idp.oidc.models import Client
client = Client(id="printer", name="The printer")
client.set_secret("secret")
client.set_scopes(["openid", "notes:read"])
client.set_redirect_uris(["{CALLBACK}"])
client.set_grant_types(["authorization_code", "refresh_token"])
client.save()
"""


def copied(folder: Path, key: dict[str, str]) -> BareProject:
    project = BareProject(folder)
    project.run("-m", "django", "startproject", "bare", ".")
    project.copy(SOURCE)
    (folder / "oauth_app" / "__init__.py").touch()
    project.follow(SOURCE / "README.md")
    assert "no issues" in project.run("manage.py", "check", **key)
    project.run("manage.py", "makemigrations", "--check", "--dry-run", **key)
    project.run("manage.py", "migrate", **key)
    project.run("manage.py", "shell", "-c", REGISTER, **key)
    user = ("--username=zoe", "--email=zoe@example.com")
    project.run("manage.py", "createsuperuser", "--noinput", *user, **key, DJANGO_SUPERUSER_PASSWORD=PASSWORD)
    return project


def test_a_copy_in_a_bare_project(tmp_path):
    port = free_port()
    site = f"http://localhost:{port}"
    key = {"OAUTH_PROVIDER_KEY": new_key("RS256").replace("\n", "\\n"), "SITE_URL": site}
    project = copied(tmp_path, key)
    none = clean() | key | {"OAUTH_PROVIDER_KEY": ""}
    check = [sys.executable, "manage.py", "check"]
    without = subprocess.run(check, cwd=tmp_path, env=none, text=True, capture_output=True, check=False)
    assert "IDP_OIDC_PRIVATE_KEY must be an RSA private key" in without.stderr
    process = subprocess.Popen(
        [sys.executable, "manage.py", "runserver", "--noreload", f"127.0.0.1:{port}"],
        cwd=project.folder, env=clean() | key, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        wait_until_listening(port)
        story(site)
    finally:
        process.terminate()
        output = process.communicate(timeout=30)[0]
    assert "Traceback" not in output, output


def story(site: str) -> None:
    zoe = Person(site)
    assert requests.get(f"{site}/.well-known/openid-configuration", timeout=20).json()["issuer"] == site
    page = zoe.follow(zoe.get(f"{AUTHORIZE}?{urlencode(REQUEST)}"))
    page = zoe.follow(zoe.press(page, "Sign in", username="zoe", password=PASSWORD))
    answer = zoe.press(page, "Allow", action="allow", scopes="notes:read")
    code = parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, "code_verifier": VERIFIER}
    tokens = requests.post(site + TOKEN, data=form, auth=("printer", "secret"), timeout=20).json()

    def call() -> requests.Response:
        bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
        return requests.get(f"{site}/oauth/api/notes/", headers=bearer, timeout=20)

    assert call().json() == {"notes": []}
    page = zoe.follow(zoe.press(zoe.get("/oauth/notes/"), "Add", text="Milk"))
    assert [note["text"] for note in call().json()["notes"]] == ["Milk"]
    page = zoe.follow(zoe.press(zoe.get("/oauth/apps/"), "Take back"))
    assert "has no access any more" in page.text
    for path, heading in (("/identity/o/device", "Which code"), ("/oauth/clients/add/", "What is your app?")):
        assert heading in zoe.get(path).text
    refused = call()
    assert (refused.status_code, refused.json()["code"]) == (401, "invalid_token")
