"""The three columns: the same steps, by one mechanism each."""

from __future__ import annotations

from .base import Column
from .jwt import JWTColumn
from .oauth import OAuthColumn
from .sessions import SessionsColumn

COLUMNS: dict[str, type[Column]] = {"sessions": SessionsColumn, "jwt": JWTColumn, "oauth": OAuthColumn}
