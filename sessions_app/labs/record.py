"""The record behind a session cookie: where it lies, how large it is, and what it says, secrets left out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends import db, signed_cookies
from django.contrib.sessions.backends.base import SessionBase

from sessions_app.store import describe_store

# What may be shown of the data, with its meaning. All other keys are counted and not named: other apps keep secrets
# there (a pending OAuth2 sign-in keeps its `state` and its PKCE verifier, for example).
SHOWN = {
    SESSION_KEY: "The user's ID. This is what makes it a sign-in.",
    BACKEND_SESSION_KEY: "Which backend checked the password.",
    HASH_SESSION_KEY: "A fingerprint of the password. With a new password it differs, and the session ends.",
    "signed_in_at": "When it was opened.",
    "_session_expiry": "When it ends by itself.",
}
SECRET = {HASH_SESSION_KEY}
TIMES = {"signed_in_at", "_session_expiry"}
HIDDEN = "•••"


@dataclass(frozen=True)
class Record:
    """What a session holds. `key_start` is four characters of the ID; `bytes` is None where nobody can tell.

    `at_server` is False where the cookie itself is the record: then there is no ID, and the server keeps nothing.
    """

    place: str
    at_server: bool
    key_start: str
    bytes: int | None
    entries: tuple[tuple[str, str, str], ...]  # key, value as it may be shown, meaning
    more: int  # entries that are not shown


def describe(session: SessionBase) -> Record:
    """Return the record of a session that has been loaded. Asks the database for its size where it is a row."""
    data = dict(session.items())
    entries = tuple((key, _shown(key, data[key]), meaning) for key, meaning in SHOWN.items() if key in data)
    return Record(
        place=describe_store(),
        at_server=not issubclass(_store(), signed_cookies.SessionStore),
        key_start=(session.session_key or "")[:4],
        bytes=_size(session),
        entries=entries,
        more=len(data) - len(entries),
    )


def _shown(key: str, value: Any) -> str:
    if key in SECRET:
        return HIDDEN
    return f"{datetime.fromisoformat(value):%d %b %Y, %H:%M} UTC" if key in TIMES else str(value)


def _store() -> type[Any]:
    store: type[Any] = import_module(settings.SESSION_ENGINE).SessionStore
    return store


def _size(session: SessionBase) -> int | None:
    store = _store()
    if issubclass(store, db.SessionStore):
        row = store.get_model_class().objects.filter(session_key=session.session_key).only("session_data").first()
        return None if row is None else len(row.session_data)
    if issubclass(store, signed_cookies.SessionStore):
        return len(session.session_key or "")
    return None
