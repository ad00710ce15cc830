"""Delete the attacks as their own docstring says, in a copy of the project, and see what is missed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.fixtures.demo import ROOT

PAGES = ["/", "/oauth/", "/oauth/flow/", "/oauth/id-token/", "/oauth/behalf/", "/oauth/set-up/", "/jwt/inspector/"]
VISIT = f"""
from django.test import Client
for path in {PAGES}:
    answer = Client(headers={{"host": "localhost"}}).get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    assert "/oauth/attacks/" not in answer.content.decode(), path
assert Client(headers={{"host": "localhost"}}).get("/oauth/attacks/").status_code == 404
print("all there")
"""


def run(folder: Path, *arguments: str) -> str:
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    environment |= {"LABS": "true", "ENV_FILE": os.devnull, "VAR_DIR": str(folder / "var")}
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=folder, env=environment, text=True, capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_site_works_without_them(tmp_path: Path) -> None:
    for name in ("authdemo", "sessions_app", "jwt_app", "oauth_app", "demo", "templates", "static"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "manage.py", tmp_path)
    shutil.rmtree(tmp_path / "oauth_app" / "attacks")
    for file, line in (
        ("authdemo/settings/base.py", '    "oauth_app.attacks",\n'),
        ("authdemo/urls.py", '    path("oauth/attacks/", include("oauth_app.attacks.urls")),\n'),
    ):
        text = (tmp_path / file).read_text()
        assert line in text
        (tmp_path / file).write_text(text.replace(line, ""))
    run(tmp_path, "check")
    run(tmp_path, "makemigrations", "--check", "--dry-run")
    run(tmp_path, "migrate", "--verbosity=0")
    assert "all there" in run(tmp_path, "shell", "--no-imports", "--verbosity=0", "--command", VISIT)
