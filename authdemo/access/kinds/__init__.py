"""The kinds of things that let somebody in as a user. Each is a class: how many there are, which, and how they end.

A kind says which permission shows it, and hides from whoever has not got that. Nothing here is a secret: a row is told
by when it began, from where and by what.
"""

from __future__ import annotations

from .around import Events, Locks
from .base import MOST as MOST
from .base import Found as Found
from .base import Kind as Kind
from .base import Row as Row
from .oauth import Accounts, Apps, OwnApps, ProviderTokens
from .sessions import LabSessions, Sessions
from .tokens import AccessTokens, Families

KINDS: tuple[Kind, ...] = (
    Sessions(), LabSessions(), AccessTokens(), Families(), Apps(), ProviderTokens(), Accounts(), OwnApps(), Locks(),
    Events(),
)  # fmt: skip
