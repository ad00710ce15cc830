"""Read the environment once, for all settings files.

A value that cannot be used does not raise here: a traceback helps nobody. It is noted in `problems`, the default
takes its place, and `manage.py check` (see `authdemo/checks.py`) says what to set. A server refuses to start with
problems (`authdemo/wsgi.py`), so no wrong value is ever served with.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from cryptography.fernet import Fernet

BASE_DIR = Path(__file__).resolve().parents[2]

env = environ.Env()
env.read_env(os.environ.get("ENV_FILE", BASE_DIR / ".env"))

problems: list[str] = []
"""Sentences for `manage.py check`. They name the variable and never its value, which may be a secret."""

VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var"))).absolute()
try:
    VAR_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
    VAR_DIR.chmod(0o700)  # each row of django_session is a signed-in cookie, and the keys are here, too
except OSError as error:
    raise SystemExit(f"VAR_DIR must be a folder that can be written to: {error.strerror}.") from None
"""What the site writes while it runs: the SQLite files and the generated keys. Never in git."""


def text(name: str, default: str = "") -> str:
    """Return the variable without blanks around it, or `default` where it is unset or empty."""
    return env.str(name, default="").strip() or default


def flag(name: str, default: bool) -> bool:
    """Return True for 1, true, yes, on; False for 0, false, no, off."""
    value = text(name).lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    if value:
        problems.append(f"{name} must be true or false.")
    return default


def whole(name: str, default: int, minimum: int = 1, maximum: int = 100_000) -> int:
    """Return a whole number from `minimum` to `maximum`."""
    value = text(name)
    if not value:
        return default
    if not value.isascii() or not value.isdigit() or len(value) > 9 or not minimum <= int(value) <= maximum:
        problems.append(f"{name} must be a whole number from {minimum} to {maximum}.")
        return default
    return int(value)


def choice(name: str, default: str, allowed: Iterable[str]) -> str:
    """Return one of `allowed`."""
    value = text(name, default)
    if value not in allowed:
        problems.append(f"{name} must be one of: {', '.join(allowed)}.")
        return default
    return value


def url(name: str, default: str) -> str:
    """Return an http(s) URL with a host and without a slash at its end."""
    value = text(name, default).rstrip("/")
    try:
        parts = urlsplit(value)
        right = (
            parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0 and not set(value) & set(" #?")
        )
    except ValueError:  # a port that is no number, or too large
        right = False
    if not right:
        problems.append(f"{name} must be a URL such as {default}.")
        return default
    return value


def neighbours(address: str, site: str) -> tuple[str, str]:
    """Return the origin of `address` under the host name of `site`, and under this machine's other name.

    Both are empty without an address, and where the site has a name that is none of this machine's.
    """
    parts, name, names = urlsplit(address), urlsplit(site).hostname, ("localhost", "127.0.0.1")
    if not address or name not in names:
        return "", ""
    other = names[1 - names.index(name)]
    same, cross = (f"{parts.scheme}://{host}{f':{parts.port}' if parts.port else ''}" for host in (name, other))
    return same, cross


def parsed(name: str, default: str, parse: Callable[[str], Any]) -> Any:
    """Return `parse(value)` of a variable such as DATABASE_URL; a ValueError or the like becomes a problem."""
    try:
        return parse(text(name, default))
    except Exception:  # noqa: BLE001  whatever a URL parser raises, the reader needs one sentence
        problems.append(f"{name} cannot be read. See .env.example for how it looks.")
        return parse(default)


def pair(id_name: str, secret_name: str) -> tuple[str, str]:
    """Return a client id and its secret: both are set or none is."""
    client_id, secret = text(id_name), text(secret_name)
    if bool(client_id) != bool(secret):
        problems.append(f"Set both {id_name} and {secret_name}, or none of them.")
        return "", ""
    return client_id, secret


def fernet_keys(name: str, file: str) -> list[str]:
    """Return the keys of a variable, commas between them, or one that is kept in `VAR_DIR` as `generated` does."""
    keys = [key.strip() for key in text(name).split(",") if key.strip()]
    try:
        for key in keys:
            Fernet(key)
    except ValueError:
        problems.append(f"{name} must be a Fernet key (32 bytes in URL-safe base64), or several with commas between.")
        keys = []
    return keys or [generated(file, lambda: Fernet.generate_key().decode())]


def generated(name: str, make: Callable[[], str]) -> str:
    """Return a secret kept in `VAR_DIR`, made at its first use and the same for every process after that.

    Only the first of several processes wins: the file appears under its name complete or not at all (`os.link`
    fails where the name exists), readable by its owner alone.
    """
    path = VAR_DIR / name
    if not path.exists():
        draft = path.with_name(f"{name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(make(), encoding="ascii")
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        except OSError:  # a file system without hard links
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    return path.read_text(encoding="ascii")
