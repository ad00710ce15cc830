"""The two bare projects: what startproject writes, once with stock SimpleJWT and once with a copy of jwt_app.

And the accounts: one, of the same name, in each database.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from .rounds import Limit, Problem

ROOT = Path(__file__).resolve().parents[1]
BLOCK = re.compile(r"^```(?:python|html)\n(?:# |<!-- )(\S+?)(?: -->)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SECTION = "## Copy it into your project"
USER = "alice"
PASSWORD = "correct horse battery"
# What both projects have on top of what startproject writes.
COMMON = """
DEBUG = False  # else Django keeps every statement
ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
# The site keeps its connections, too. To open SQLite anew costs more than all that is compared here.
DATABASES["default"]["CONN_MAX_AGE"] = 60
LOGGING_CONFIG = None
"""
PREPARE = """
import os, django
django.setup()
from django.contrib.auth import get_user_model
from django.core.management import call_command
call_command("migrate", verbosity=0)
name = os.environ["NAME"]
get_user_model().objects.create_superuser(name, f"{name}@example.com", os.environ["PASSWORD"])
"""


def copy_core(app: str, folder: Path) -> None:
    """Copy an app's core: no experiments, no attacks."""
    left_out = shutil.ignore_patterns("labs", "attacks", "__pycache__", "provider")
    shutil.copytree(ROOT / app, folder / app, ignore=left_out)


def follow(readme: Path, folder: Path) -> set[str]:
    """Do what a README says with its blocks: the first of a file writes it, and each more is added.

    `settings.py` is there already, so all of its blocks are added. Returns the files that it names.
    """
    written = {"settings.py"}
    blocks = BLOCK.findall(readme.read_text(encoding="utf-8").split(SECTION, 1)[1])
    for name, text in blocks:
        path = folder / ("bare" if name in {"settings.py", "urls.py"} else "") / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a" if name in written else "w", encoding="utf-8") as file:
            file.write(text)
        written.add(name)
    return {name for name, _ in blocks}


def clean(**more: str) -> dict[str, str]:
    """Return this environment without anything that leads to other code or settings, and with `more`."""
    kept = ("PATH", "HOME", "LANG", "TMPDIR", "SYSTEMROOT")
    return {name: os.environ[name] for name in kept if name in os.environ} | {"PYTHONDONTWRITEBYTECODE": "1"} | more


def run(folder: Path, environment: Mapping[str, str], limit: Limit, *command: str) -> None:
    """Run Python in a folder. Raises Problem with the last line of what it said, where it fails."""
    try:
        done = subprocess.run(
            [sys.executable, *command], cwd=folder, env=dict(environment), timeout=limit.left(), check=False,
            text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise Problem(f"Setting up {folder.name} took too long, so nothing was measured.") from None
    if done.returncode:
        last = (done.stdout.strip() or "nothing").splitlines()[-1]
        raise Problem(f"{folder.name} could not be set up: {last}")


def prepare(folder: Path, environment: Mapping[str, str], limit: Limit) -> None:
    """Make the tables and the one account, in one process, since each start takes a second."""
    run(folder, {**environment, "NAME": USER, "PASSWORD": PASSWORD}, limit, "-c", PREPARE)


def make(folder: Path, kind: str, key: str, limit: Limit) -> dict[str, str]:
    """Make the project `stock` or `ours` with this signing key; return the environment that its server needs."""
    folder.mkdir()
    run(folder, clean(), limit, "-m", "django", "startproject", "bare", ".")
    with (folder / "bare" / "settings.py").open("a", encoding="utf-8") as settings:
        settings.write(COMMON)
    (folder / "jwt_signing_key.pem").write_text(key, encoding="ascii")
    if kind == "ours":
        copy_core("jwt_app", folder)
        follow(ROOT / "jwt_app" / "README.md", folder)
    else:
        shutil.copytree(ROOT / "bench" / "peers" / kind, folder / kind)
    settings_module = "bare.settings" if kind == "ours" else f"{kind}.settings"
    environment = clean(DJANGO_SETTINGS_MODULE=settings_module, PYTHONPATH=str(folder))
    prepare(folder, environment, limit)
    return environment
