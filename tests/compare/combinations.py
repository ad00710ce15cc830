"""Choices that are played together: of any two of them, each pair of values is in one row at least.

Columns do not touch each other, it is said. So each store is tried beside each algorithm, and so on, and what comes of
it is what comes of each by itself.
"""

from __future__ import annotations

from itertools import combinations

from authdemo.compare.choices import Choices
from tests.compare.conftest import JWT, OAUTH, SESSIONS

ROWS = """
db             RS256   10  checked  opaque
db             ES256   20  checked  introspected
db             EdDSA   30  plain    introspected
db             HS256   60  plain    opaque
db             RS256  300  checked  opaque
cached_db      ES256   10  plain    introspected
cached_db      EdDSA   20  checked  opaque
cached_db      HS256   30  plain    introspected
cached_db      RS256   60  plain    opaque
cached_db      ES256  300  plain    opaque
redis          EdDSA   10  plain    opaque
redis          HS256   20  checked  opaque
redis          RS256   30  plain    introspected
redis          ES256   60  plain    introspected
redis          EdDSA  300  plain    opaque
memory         HS256   10  plain    introspected
memory         RS256   20  plain    introspected
memory         ES256   30  checked  opaque
memory         EdDSA   60  plain    introspected
memory         HS256  300  plain    introspected
file           RS256   10  plain    opaque
file           ES256   20  checked  introspected
file           EdDSA   30  checked  introspected
file           HS256   60  plain    introspected
file           RS256  300  plain    opaque
signed_cookie  ES256   10  checked  introspected
signed_cookie  EdDSA   20  plain    introspected
signed_cookie  HS256   30  plain    opaque
signed_cookie  RS256   60  checked  introspected
signed_cookie  ES256  300  checked  opaque
"""


def of_line(line: str) -> Choices:
    store, algorithm, lifetime, check, asks = line.split()
    return Choices(store, algorithm, check == "checked", int(lifetime), asks)


ALL = [of_line(line) for line in ROWS.strip().splitlines()]


def pairs(rows: list[Choices]) -> set[tuple[tuple[str, object], ...]]:
    """Each pair of values that is in a row."""
    return {pair for row in rows for pair in combinations(row.as_json().items(), 2)}


def expected(chosen: Choices) -> dict[str, dict[str, str]]:
    """What comes of each step, by what was chosen for that column alone."""
    sessions, jwt, oauth = dict(SESSIONS), dict(JWT), dict(OAUTH)
    if chosen.store == "memory":
        sessions["instance-b"] = "out"
    if chosen.store == "signed_cookie":
        sessions |= {"after-sign-out": "in", "after-revoke": "in"}
    if chosen.denylist:
        jwt |= {"after-sign-out": "out", "after-revoke": "out"}
    if chosen.algorithm == "HS256":
        jwt["independent"] = "out"
    if chosen.asks == "introspected":
        oauth["independent"] = "in"
    return {"sessions": sessions, "jwt": jwt, "oauth": oauth}
