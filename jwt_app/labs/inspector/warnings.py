"""What a reader of a token should be warned of, whether or not its signature fits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from jwt_app.labs.weak import weak_secrets

from .decoding import Token
from .given import Given
from .keyring import HS, Key
from .strict import short
from .times import lasting, moment
from .verifying import fits

DAY = 86400
SENT_ALONG = {
    "jwk": "It brings its own key (“jwk”). Who verifies with that key accepts whatever anybody has signed.",
    "jku": "It says where to fetch the key (“jku”). Who fetches from there verifies with the forger’s key.",
    "x5u": "It says where to fetch the certificate (“x5u”). Who fetches from there verifies with the forger’s key.",
    "x5c": "It brings its own certificate (“x5c”). It is worth nothing without a root that the verifier knows.",
}
SECRETIVE = re.compile(
    r"(?:^|_)(?:pass(?:word|wd|phrase)?|pwd|pin|secret|credentials?|api_?key|private_?key|access_token|refresh_token|"
    r"ssn|social_security|tax_id|passport|iban|account_number|credit_?card|card_?(?:number|no)?|cvv|cvc|salary|"
    r"diagnosis|medical|religion|birth_?(?:date|day)|date_of_birth|dob|phone(?:_number)?|address|e_?mail)(?:$|_(?!verified))"
)
HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
PLAIN = re.compile(r"[A-Za-z0-9_-]*")
PATH = "looks like a path: a verifier that opens a file by it can be led to any file"
SQL = "looks like a piece of SQL: a verifier must never put it into a statement"
ODD_NAMES = (
    (re.compile(r"\.\.|[/\\]|%2f|%5c", re.IGNORECASE), PATH),
    (re.compile(r"['\";]|--|/\*|\b(?:union|select|or)\b", re.IGNORECASE), SQL),
    (re.compile(r"[|`$&<>(){}]"), "has characters that mean something to a shell or a page"),
    (re.compile(r"[^\x20-\x7e]"), "has characters that cannot be seen or are no ASCII"),
)
LONGEST_NAME = 200  # characters
LISTED = 10  # names in one warning


def warn(token: Token, given: Given, valid: bool | None, now: datetime) -> list[str]:
    """Return the warnings, each a sentence."""
    found = [*_of_header(token), *_of_claims(token, now), *given.remarks]
    found += [warning for key in given.keys[:1] if len(given.keys) == 1 for warning in _of_key(token, key, given)]
    if weak := _weak(token, given):
        found.append(weak)
    if given.format == "site" and valid:
        found += _of_this_site(token)
    return list(dict.fromkeys(found))


def _of_header(token: Token) -> Iterator[str]:
    header = token.header or {}
    if isinstance(header.get("alg"), str) and header["alg"].lower() == "none":
        yield "It has no signature (“none”). A verifier that takes the algorithm from the token accepts it."
        if token.signature:
            yield "It says that it is unsigned, and has a signature all the same."
    for name, warning in SENT_ALONG.items():
        if name in header:
            yield warning
    if "kid" in header:
        yield from _of_kid(header["kid"])
    for part, names in token.repeated.items():
        if names:
            yield (
                f"{_listed(names)} stands twice in the {part}. One reader takes the first, another the last, so they "
                "see two different tokens (RFC 7515 §4, RFC 7519 §4)."
            )


def _of_kid(kid: Any) -> Iterator[str]:
    if not isinstance(kid, str):
        yield "“kid” is no text (RFC 7515 §4.1.4)."
        return
    if len(kid) > LONGEST_NAME:
        yield f"“kid” has {len(kid)} characters. No key is called so."
    for pattern, what in ODD_NAMES:
        if not PLAIN.fullmatch(kid) and pattern.search(kid):
            yield f"“kid” {what}."


# ---- Claims


def _of_claims(token: Token, now: datetime) -> Iterator[str]:
    claims = token.payload
    if claims is None:
        return
    if "exp" not in claims:
        yield "It has no “exp”: it never expires, and whoever finds a copy can use it for ever."
    yield from _of_lifetime(claims, now)
    private = [name for name in _names(claims) if SECRETIVE.search(HUMP.sub("_", name).replace("-", "_").lower())]
    if private:
        yield f"{_listed(private)} looks private. A token is signed, not encrypted: whoever holds it can read that."


def _listed(names: list[str]) -> str:
    different = list(dict.fromkeys(names))
    more = f" and {len(different) - LISTED} more" if len(different) > LISTED else ""
    return ", ".join(f"“{short(name)}”" for name in different[:LISTED]) + more


def _of_lifetime(claims: dict[str, Any], now: datetime) -> Iterator[str]:
    end, start = moment(claims.get("exp")), moment(claims.get("iat"))
    if end is None:
        return
    seconds = (end - (start or now)).total_seconds()
    if seconds > DAY:
        still = "" if start else "still "
        yield f"It is {still}good for {lasting(seconds)}. Until then only a list of such tokens could take it back."


def _names(value: Any) -> Iterator[str]:
    level = [value]
    while level:
        for one in level:
            if isinstance(one, dict):
                yield from one
        level = [
            item
            for one in level
            if isinstance(one, dict | list)
            for item in (one.values() if isinstance(one, dict) else one)
        ]


def _of_this_site(token: Token) -> Iterator[str]:
    kind = (token.payload or {}).get("token_type")
    if kind != "access":
        said = f"a {short(kind)} token" if isinstance(kind, str) else "no access token"
        yield f"It is {said}: it must not be taken in the place of an access token (RFC 8725 §3.12)."


# ---- Keys


def _of_key(token: Token, key: Key, given: Given) -> Iterator[str]:
    use, operations = key.said.get("use"), key.said.get("key_ops")
    if use not in {None, "sig"} if isinstance(use, str) else use is not None:
        yield f"The key is not meant for signatures: its “use” is {short(use)} (RFC 7517 §4.2)."
    if operations is not None and not (
        {"verify", "sign"} & set(map(str, operations if isinstance(operations, list) else []))
    ):
        yield "The key is not meant for signatures: its “key_ops” names neither “verify” nor “sign” (RFC 7517 §4.3)."
    if key.kind == "RSA" and key.bits < 2048:
        yield f"The RSA key has {key.bits} bits. 2048 are the least (RFC 7518 §3.3)."
    if key.kind == "secret" and given.format != "site" and token.algorithm in HS:
        least = int(str(token.algorithm)[2:])
        if key.bits < least:
            has = f"The secret has {key.bits // 8} bytes"
            yield f"{has}. {token.algorithm} needs {least // 8} or more (RFC 7518 §3.2)."
    kid, named = (token.header or {}).get("kid"), key.said.get("kid")
    if given.format == "jwk" and kid is not None and named is not None and kid != named:
        yield f"The token names another key ({short(kid)}) than this one ({short(named)})."


def _weak(token: Token, given: Given) -> str:
    """Try every weak secret: where one fits, anybody can sign."""
    if token.algorithm not in HS or token.signature is None:
        return ""
    for word in weak_secrets():
        if fits(token, Key("secret", word.encode())):
            return f"It is signed with “{word}”, which is on a list of weak secrets: anybody can sign such a token."
    return ""
