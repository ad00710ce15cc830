"""What may be chosen before a run. Each choice changes what happens to the thief, or what a call costs."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

STORES = ("db", "cached_db", "redis", "memory", "file", "signed_cookie")  # as in sessions_app/labs/stores
ALGORITHMS = ("RS256", "ES256", "EdDSA", "HS256")
LIFETIMES = (10, 20, 30, 60, 300)  # seconds
ASKS = ("opaque", "introspected")


@dataclass(frozen=True)
class Choices:
    """One set of choices. `lifetime` is that of access tokens, in seconds; both kinds have it.

    `asks`: what the independent service does with an OAuth2 access token, which is an opaque string. "opaque": it
    looks at the token and nothing else. "introspected": it asks the site about it (RFC 7662).
    """

    store: str = "db"
    algorithm: str = "RS256"
    denylist: bool = False
    lifetime: int = 30
    asks: str = "opaque"

    def __post_init__(self) -> None:
        """Raise ValueError for what cannot be chosen."""
        good = (
            self.store in STORES
            and self.algorithm in ALGORITHMS
            and self.lifetime in LIFETIMES
            and self.asks in ASKS
            and isinstance(self.denylist, bool)
        )
        if not good:
            raise ValueError(f"This cannot be chosen: {asdict(self)}")

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON can hold it; `Choices(**that)` is the same again."""
        return asdict(self)
