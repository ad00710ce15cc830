"""Whose tokens are believed: the site's, and those of its experiment with algorithms. Each issuer has its own keys."""

from __future__ import annotations

import jwt

from .verify import SiteKeys

# The site's experiment signs with HS256, too. Its secret would let this service make tokens, so nobody gets it.
ALGORITHMS = ("RS256", "ES256", "EdDSA")


class Issuers:
    """The trusted issuers of one site."""

    def __init__(self, site: str) -> None:
        self.site = site
        self.keys = {site: SiteKeys(f"{site}/jwt/.well-known/jwks.json")}
        for issuer in (f"{site}/jwt/algorithms/{algorithm}" for algorithm in ALGORITHMS):
            self.keys[issuer] = SiteKeys(f"{issuer}/jwks.json")

    def of(self, token: str) -> tuple[str, SiteKeys]:
        """Return the issuer that the token names, and its keys; the site where it names nobody who is trusted.

        Nothing is believed yet: this only chooses among those who are trusted. `verified` compares signature and
        `iss` with the one that was chosen, so no issuer can speak for another.
        """
        try:
            named = jwt.decode(token, options={"verify_signature": False}).get("iss")
        except jwt.PyJWTError:
            named = None
        issuer = named if isinstance(named, str) and named in self.keys else self.site
        return issuer, self.keys[issuer]

    @property
    def fetches(self) -> int:
        """How often the site was asked for keys."""
        return sum(keys.fetches for keys in self.keys.values())
