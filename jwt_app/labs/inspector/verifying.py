"""Does the signature fit? The algorithm follows from the key, and the token only has to agree (RFC 8725 §3.1)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import jwt

from .decoding import NAMED, Check, Form, Token
from .given import Given
from .keyring import BROKEN, Key
from .strict import short


def verify(token: Token, given: Given, algorithms: Collection[str] | None) -> bool | None:
    """Say whether a key fits, and add to the token's checks. None where nothing was there to be tried.

    `algorithms` narrows what the keys allow; None does not.
    """
    if token.form in NAMED or token.form in {Form.KEY, Form.NOTHING}:
        return None
    found = _cannot_be_valid(token)
    if given.problem:
        token.fail("key", given.problem)
    for name, detail in found:
        token.fail(name, detail)
    if found or token.header is None or token.signature is None:  # RFC 7515 §5.2: each part must be readable
        return False
    if not given.keys:
        return None
    return _try(token, given, algorithms)


def _cannot_be_valid(token: Token) -> list[tuple[str, str]]:
    """Return why no key at all could make it valid."""
    found = []
    if token.form is Form.CUT:
        found.append(("signature", "It has no signature, so anybody can have written it."))
    algorithm = token.algorithm
    if algorithm == "none":
        found.append(("alg", "It says “none”: it is unsigned (RFC 7515 A.5), so anybody can have written it."))
    elif token.header is not None and not isinstance(algorithm, str):
        found.append(("alg", "The header must name the algorithm as “alg” (RFC 7515 §4.1.1)."))
    elif isinstance(algorithm, str) and algorithm.lower() == "none":
        found.append(("alg", f"It says “{algorithm}”, which is no algorithm. Names are compared letter by letter."))
    if token.header and "crit" in token.header:
        found.append(("crit", _critical(token.header)))
    return found


def _critical(header: dict[str, Any]) -> str:
    names = header["crit"]
    if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
        return "“crit” must be a list of names, and not an empty one (RFC 7515 §4.1.11)."
    shown = ", ".join(short(name) for name in names[:5])
    return f"Who does not understand {shown} must refuse it, and it is not understood here (RFC 7515 §4.1.11)."


def _try(token: Token, given: Given, algorithms: Collection[str] | None) -> bool:
    algorithm = short(token.algorithm)
    keys = _of_this_name(token, given)
    if not keys:
        token.fail("kid", f"No key of the set is called {short((token.header or {}).get('kid'))}.")
        return False
    able = [key for key in keys if token.algorithm in _allowed(key, algorithms)]
    if not able:
        can = sorted({one for key in keys for one in _allowed(key, algorithms)})
        if not can:
            kinds = ", ".join(sorted({key.kind for key in keys}))
            what = (
                "by “algorithms” and the key together" if any(key.algorithms for key in keys) else f"for {kinds} here"
            )
            token.fail("alg", f"There is no algorithm left: none is allowed {what}. Nothing was tried.")
        else:
            token.fail(
                "alg", f"It says {algorithm}, but the key is for {', '.join(can)}. The key decides: nothing was tried."
            )
        return False
    token.checks.append(Check("alg", True, f"It says {algorithm}, and that is what the key is for."))
    if any(fits(token, key) for key in able):
        token.checks.append(
            Check("signature", True, "The signature fits: who made it has the key, and nothing was changed.")
        )
        return True
    token.fail(
        "signature", "The signature does not fit. Header, payload or signature was changed, or another key made it."
    )
    return False


def _of_this_name(token: Token, given: Given) -> list[Key]:
    """Return the keys to try. In a set, `kid` chooses; one that has no name may be any (RFC 7515 §4.1.4)."""
    kid = (token.header or {}).get("kid")
    if given.format not in {"jwks", "site"} or kid is None:
        return given.keys
    return [key for key in given.keys if key.said.get("kid") in (kid, None)]


def _allowed(key: Key, algorithms: Collection[str] | None) -> list[str]:
    return [one for one in key.algorithms if algorithms is None or one in algorithms]


def fits(token: Token, key: Key) -> bool:
    """Ask PyJWT whether this key made the signature. The caller has asked whether the algorithm is the key's."""
    try:
        method = jwt.get_algorithm_by_name(token.algorithm)
        return method.verify(token.signing_input, key.public, token.signature or b"")
    except BROKEN:
        return False
