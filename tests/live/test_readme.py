"""Every line of the README is true: its files exist, its commands work, and CI runs the same commands."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from typing import Any

import pytest
import requests
from django.test import Client

from tests.fixtures.demo import ROOT
from tests.fixtures.lack import lacking

README = (ROOT / "README.md").read_text(encoding="utf-8")


def run_curl(line: str) -> Any:
    if shutil.which("curl") is None:
        lacking("curl is not here: install it")
    done = subprocess.run(shlex.split(line), capture_output=True, text=True, timeout=30, check=True)
    return json.loads(done.stdout)


@pytest.mark.live
def test_the_curl_lines_sign_in_and_say_who_is_calling(demo):
    commands = README.replace("\\\n", " ").splitlines()
    first, second = [line.strip() for line in commands if line.startswith("    curl")]
    address = demo.site.removeprefix("http://")
    tokens = run_curl(first.replace("localhost:8000", address))
    answer = run_curl(second.replace("localhost:8000", address).replace("ACCESS_TOKEN", tokens["access"]))
    assert answer["mechanism"] == "jwt"
    assert answer["user"]["username"] == "alice"


@pytest.mark.live
def test_the_pages_that_it_names_are_there(demo):
    paths = set(re.findall(r"\(http://localhost:8000(/[^)]*)\)", README))
    assert len(paths) >= 2
    for path in paths:
        assert requests.get(demo.site + path, timeout=10).status_code == 200


@pytest.mark.live
@pytest.mark.parametrize("username", ["alice", "bob", "teacher"])
def test_the_accounts_that_it_names_can_sign_in(demo, username):
    answer = requests.post(
        f"{demo.site}/jwt/api/token/", json={"username": username, "password": "workshop-2026"}, timeout=10
    )
    assert answer.status_code == 200


def test_the_files_and_folders_that_it_names_exist():
    links = re.findall(r"\]\(((?!http)[^)#]+)\)", README)
    folders = re.findall(r"^\| \[?`([\w/]+/)`", README, flags=re.M)
    assert len(links) >= 8
    for name in [*links, *folders]:
        assert (ROOT / name).exists(), name


def status(client: Client, path: str) -> int:
    return client.get(path, headers={"host": "localhost"}).status_code


def test_it_says_what_labs_turns_on(settings, client, db):
    """In development (`DEBUG` is on by itself) all else is there without it, the tour too."""
    said = " ".join(README.split())
    assert "`LABS=true` in the environment or in `.env` turns on the experiments and the attacks" in said
    folders = re.findall(r"^\| `(\w+)_app/(?:labs/)?(\w+)/`", README, flags=re.M)
    pages = [f"/{app}/{name.replace('_', '-')}/" for app, name in folders]
    assert len(pages) == 14
    settings.DEBUG = True
    for labs in (False, True):
        settings.LABS = labs
        assert [path for path in pages if (status(client, path) == 404) == labs] == []
        assert status(client, "/workshop/tour/") == status(client, "/oauth/") == 200


def test_it_fits_two_screens():
    assert len(README.splitlines()) <= 100


def test_ci_runs_what_the_readme_says():
    steps = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert "make test" in steps  # a line of its own: not a comment
    assert "`make test`" in README
