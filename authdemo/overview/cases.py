"""The questions, and a case: what somebody has replied to them."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

CALLERS = {
    "pages": "Browsers, which show pages of my site",
    "spa": "A single-page app of mine, on the same site as its API",
    "phone": "An app of mine on phones or desktops",
    "services": "Other services of mine, which must know the user without asking me",
    "asking": "Other services of mine, which can ask me at each call",
    "apps": "Other people's apps, on behalf of my users",
}
PASSWORDS = {
    "own": "My site does",
    "provider": "GitHub, Google, or my company's identity provider",
    "both": "Both, as the user likes",
}
ENDS = {
    "soon": "When the token expires, minutes later",
    "now": "At once",
}


@dataclass(frozen=True)
class Case:
    """Who calls (keys of CALLERS), who checks the password (of PASSWORDS), when access must end (of ENDS)."""

    callers: frozenset[str]
    passwords: str = "own"
    end: str = "soon"

    def has(self, *callers: str) -> bool:
        """Whether one of these calls."""
        return not self.callers.isdisjoint(callers)

    @property
    def query(self) -> str:
        """The case as the query of an address, always written the same way."""
        callers = [("calls", caller) for caller in CALLERS if caller in self.callers]
        return urlencode([*callers, ("passwords", self.passwords), ("end", self.end)])
