"""Each check as a line: what the token says, what was expected, the attack it stops, the clause. One table."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from authdemo.wire import redaction
from oauth_app.client.id_token import LEEWAY, LONGEST_AGE, is_number

from .kept import Kept

LONGEST = 200  # characters shown of a value
ABSENT = "nothing"


@dataclass(frozen=True)
class Rule:
    """What a reader must know of a check. `says` and `expected` write the two values of a kept token.

    `github` is who or what does that work in a sign-in with plain OAuth2.
    """

    title: str
    says: Callable[[Kept], str]
    expected: Callable[[Kept], str]
    attack: str
    clause: str
    github: str


@dataclass(frozen=True)
class Line:
    """A rule, and what became of it for one token. `ok` is None where the token leaves out what is optional."""

    name: str
    rule: Rule
    says: str
    expected: str
    ok: bool | None


def lines(token: Kept) -> list[Line]:
    """Return the lines in the order of the checks."""
    return [
        Line(name, rule, rule.says(token), rule.expected(token), ok)
        for name, ok in token.checks
        if (rule := RULES.get(name))
    ]


def text(value: Any) -> str:
    """Return a value as JSON writes it, in ASCII and not too long: whatever a provider sends can be shown."""
    written = value if isinstance(value, str) and value.isascii() and value.isprintable() else json.dumps(value)
    return written if len(written) <= LONGEST else f"{written[:LONGEST]}…"


def claim(name: str) -> Callable[[Kept], str]:
    """Return a function that writes this claim."""
    return lambda token: text(token.claims[name]) if name in token.claims else ABSENT


def wanted(name: str) -> Callable[[Kept], str]:
    """Return a function that writes what the claim was compared with."""
    return lambda token: f"exactly {text(token.expected[name])}"


def moment(value: Any) -> str:
    """Return Unix time for people."""
    try:
        return f"{datetime.fromtimestamp(value, UTC):%H:%M:%S} UTC ({value})" if is_number(value) else text(value)
    except (ValueError, OverflowError, OSError):
        return text(value)


def clock(name: str) -> Callable[[Kept], str]:
    """Return a function that writes this claim as a time."""
    return lambda token: moment(token.claims[name]) if name in token.claims else ABSENT


def masked(value: Any) -> str:
    """Return a value that ties two requests together, by its mask and its fingerprint."""
    if not isinstance(value, str) or not value:
        return ABSENT
    kept = redaction.mask(value, "nonce")
    return f"{kept['mask']} (fingerprint {kept['fingerprint']})"


def _key(token: Kept) -> str:
    return f"signed with alg {text(token.header.get('alg'))}, key {text(token.header.get('kid'))}"


def _keys(token: Kept) -> str:
    return "a signature that fits one of the published keys: " + (text(", ".join(token.expected["keys"])) or ABSENT)


def _same_person(token: Kept) -> str:
    said = token.expected["sub"]
    return "a name for the account; user-info was not asked" if said is None else f"{text(said)}, as user-info says"


RULES: dict[str, Rule] = {
    "signature": Rule(
        "Signature",
        _key,
        _keys,
        "A token that somebody made up, changed, or signed with a key of their own; alg: none.",
        "OIDC Core §3.1.3.7, 6 and §10.1; RFC 8725 §3.1",
        "Nothing is signed. We believe the answer because we have asked GitHub ourselves; at the real one, by TLS.",
    ),
    "iss": Rule(
        "Who made it",
        claim("iss"),
        wanted("iss"),
        "Mix-up: the token of another provider, where the same number may be somebody else.",
        "OIDC Core §3.1.3.7, 2; RFC 9207",
        "Nothing in the answer says so: it is who we called.",
    ),
    "aud": Rule(
        "For whom",
        claim("aud"),
        wanted("aud"),
        "Token substitution: another app got it for its own users, and its owner brings it here.",
        "OIDC Core §3.1.3.7, 3",
        "An access token does not say to us which app got it. So one that comes from elsewhere must never sign in.",
    ),
    "azp": Rule(
        "Who asked for it",
        claim("azp"),
        lambda token: f"{text(token.expected['aud'])}, if it is there",
        "The same, where a token has several audiences.",
        "OIDC Core §3.1.3.7, 5",
        "Nobody says. The code was exchanged with our client secret, and that is all.",
    ),
    "exp": Rule(
        "Until when",
        clock("exp"),
        lambda token: f"after {moment(int(token.at))}, {LEEWAY} s allowed",
        "An old token, out of a log or a backup.",
        "OIDC Core §3.1.3.7, 9",
        "GitHub’s access tokens do not expire. That we asked just now makes the answer fresh.",
    ),
    "iat": Rule(
        "Made when",
        clock("iat"),
        lambda token: f"at most {LONGEST_AGE // 60} minutes before {moment(int(token.at))}",
        "A token that was kept, and a long expiry with it.",
        "OIDC Core §3.1.3.7, 10",
        "No statement, so no time of one.",
    ),
    "nonce": Rule(
        "For which sign-in",
        lambda token: masked(token.claims.get("nonce")),
        lambda token: f"exactly {masked(token.expected['nonce'])}, which this browser’s sign-in has sent",
        "Replay: a code or token of another sign-in, put into yours.",
        "OIDC Core §3.1.3.7, 11",
        "There is no nonce. State and PKCE must do it alone.",
    ),
    "at_hash": Rule(
        "With which access token",
        claim("at_hash"),
        lambda token: f"{text(token.expected['at_hash'])}, if it is there: half of the access token’s hash",
        "An access token that was swapped on the way.",
        "OIDC Core §3.1.3.8",
        "The access token stands alone; there is nothing to compare it with.",
    ),
    "sub": Rule(
        "Which account",
        claim("sub"),
        _same_person,
        "User-info of somebody else, answered to a swapped access token.",
        "OIDC Core §2 and §5.3.2",
        "The number “id” in the answer to GET /user. One answer, and no second one to compare.",
    ),
}
