"""WRONG ON PURPOSE. Do not copy anything from this file.

Where naive verifiers look for keys: wherever the token says. Each mistake is real, and each has a fence around it: a
folder that is made for one look and removed, a database in memory that can only be read, and one origin of this demo.
"""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import jwt
from django.conf import settings

from authdemo.device.transport import DeviceSession

from .guesses import weak_secret

LARGEST = 16 * 1024  # bytes of a key
STEPS = 10_000  # of SQLite's machine; a statement that takes more is stopped
NAME = "naive-1"  # of the one key that is there
PUBLIC_TEXT = b"User-agent: *\nDisallow:\n"


def from_a_folder(kid: str) -> bytes:
    """Return the file that the token names. Raises jwt.InvalidKeyError."""
    with tempfile.TemporaryDirectory(prefix="naive-") as made:
        fence = Path(made).resolve()
        for file, content in {f"keys/{NAME}": weak_secret().encode(), "public/robots.txt": PUBLIC_TEXT}.items():
            (fence / file).parent.mkdir()
            (fence / file).write_bytes(content)
        path = (fence / "keys" / kid).resolve()  # WRONG: `..` leads out of the folder with the keys
        if not path.is_relative_to(fence):  # the fence: nothing else of this machine
            raise jwt.InvalidKeyError("No key of this name.")
        try:
            return path.read_bytes()
        except OSError:  # no such file, a folder, a name that is too long
            raise jwt.InvalidKeyError("No key of this name.") from None


def from_a_table(kid: str) -> bytes:
    """Return what the database says. Raises jwt.InvalidKeyError."""
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute("CREATE TABLE keys (kid, secret)")
        database.execute("INSERT INTO keys VALUES (?, ?)", (NAME, weak_secret()))
        _fence(database)
        try:
            statement = f"SELECT secret FROM keys WHERE kid = '{kid}'"  # noqa: S608  # WRONG: the token writes SQL
            row = database.execute(statement).fetchone()
        except (sqlite3.Error, UnicodeError):
            row = None
    if not row or not isinstance(row[0], str):
        raise jwt.InvalidKeyError("No key of this name.")
    return row[0].encode()


def _fence(database: sqlite3.Connection) -> None:
    """Allow to read and nothing else, and not for long: an injected statement could count for ever, or fill memory."""
    allowed = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ}
    database.set_authorizer(lambda action, *_: sqlite3.SQLITE_OK if action in allowed else sqlite3.SQLITE_DENY)
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LARGEST)
    database.set_progress_handler(lambda: 1, STEPS)


def fetched(address: str) -> bytes:
    """Fetch what the token names, from the hostile pages of this demo only. Raises jwt.InvalidKeyError."""
    hostile = settings.HOSTILE_CROSS_SITE
    if not hostile or not address.startswith(f"{hostile}/"):  # the fence: compared to the letter, before anything
        raise jwt.InvalidKeyError("The key is not fetched from there.")
    try:
        with DeviceSession() as session:
            answer = session.get(address)
    except OSError as error:  # what `requests` raises is one
        raise jwt.InvalidKeyError("The key cannot be fetched.") from error
    if answer.status_code != 200:
        raise jwt.InvalidKeyError("The key cannot be fetched.")
    return answer.content[:LARGEST]
