"""Read the environment for the outside world. It shares addresses with the site and nothing else."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import environ

ROOT = Path(__file__).resolve().parents[2]

env = environ.Env()
env.read_env(os.environ.get("ENV_FILE", ROOT / ".env"))

VAR_DIR = Path(env.str("VAR_DIR", default=str(ROOT / "var"))).absolute()
"""Where the SQLite file and the generated keys lie. Never in git."""


def url(name: str, default: str) -> str:
    """Return an http(s) URL without a slash at its end; stop with a sentence where the variable is no such URL."""
    value = (env.str(name, default="").strip() or default).rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise SystemExit(f"{name} must be a URL such as {default}.")
    return value


def origin(address: str) -> str:
    """Return scheme, host and port of a URL: what a browser compares."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def generated(name: str, make: Callable[[], str]) -> str:
    """Return a secret kept in `VAR_DIR`: made at first use, the same for every process after that.

    The file appears complete or not at all (`os.link` fails where the name exists), readable by its owner alone.
    """
    path = VAR_DIR / name
    if not path.exists():
        VAR_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f"{name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(make(), encoding="ascii")
        try:
            os.link(draft, path)
        except FileExistsError:
            pass  # another process was first: its secret counts
        except OSError:  # a file system without hard links
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    return path.read_text(encoding="ascii")
