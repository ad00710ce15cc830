"""The record behind a session cookie: where it lies, how large it is, and what it says, secrets left out.

Part of the app's core: the dashboard is made of it, and in a project of your own it answers "what is in that session?"
without showing what would open it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase

from .places import KEY_START, Place, places
from .store import describe_store

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
    """What the server keeps. `key_start` is the part of the ID that may be shown."""

    place: str  # in words
    places: tuple[Place, ...]  # to the letter
    key_start: str
    entries: tuple[tuple[str, str, str], ...]  # key, value as it may be shown, meaning
    more: int  # entries that are not shown

    @property
    def at_server(self) -> bool:
        """Whether the server keeps anything: False where the cookie itself is the record, and there is no ID."""
        return not any(place.kind == "cookie" for place in self.places)

    @property
    def bytes(self) -> int | None:
        """The size of the first place that holds it, None where nobody can tell."""
        return self.places[0].bytes if self.places else None


def describe(session: SessionBase) -> Record:
    """Return the record of a session that has been loaded. Asks its store how large it is there."""
    data = dict(session.items())
    entries = tuple((key, _shown(key, data[key]), meaning) for key, meaning in SHOWN.items() if key in data)
    return Record(
        place=describe_store(),
        places=places(session),
        key_start=(session.session_key or "")[:KEY_START],
        entries=entries,
        more=len(data) - len(entries),
    )


def _shown(key: str, value: Any) -> str:
    if key in SECRET:
        return HIDDEN
    if key in TIMES and isinstance(value, str):  # a project may have called `set_expiry` with seconds
        return f"{datetime.fromisoformat(value):%d %b %Y, %H:%M} UTC"
    return str(value)
