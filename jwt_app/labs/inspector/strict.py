"""base64url and JSON, read to the letter. What is not quite right is said, not mended."""

from __future__ import annotations

import base64
import json
import math
import re
from collections import Counter
from typing import Any, NoReturn

DEEPEST = 32  # levels of brackets
SHOWN = 60  # characters of a name that somebody else chose

ALPHABET = re.compile(r"[A-Za-z0-9_-]*")


class Unreadable(ValueError):
    """Its text is for people, and says what is wrong and where."""


def base64url(text: str) -> bytes:
    """Return the bytes of a part of a token (RFC 7515 §2: no padding, no line break, nothing else).

    Raises Unreadable. A decoder that looks away makes several texts out of one token.
    """
    start = ALPHABET.match(text)
    good = start.end() if start else 0
    if good < len(text):
        raise Unreadable(f"{_stranger(text[good])} at character {good + 1}.")
    if len(text) % 4 == 1:
        raise Unreadable(f"no number of bytes is written with {len(text)} characters of base64url.")
    raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if base64.urlsafe_b64encode(raw).rstrip(b"=").decode() != text:
        raise Unreadable("its last character has bits that belong to no byte, and they are not zero (RFC 4648 §3.5).")
    return raw


def _stranger(letter: str) -> str:
    if letter == "=":
        return "padding “=”, which a token leaves out (RFC 7515 §2),"
    if letter in "+/":
        return f"“{letter}” of plain base64, where base64url has “-” and “_” (RFC 4648 §5),"
    if letter.isspace():
        return "a space or a line break"
    if letter.isprintable():
        return f"“{letter}”, which is no letter of base64url,"
    return f"a character that cannot be seen (U+{ord(letter):04X})"


def json_value(text: str) -> tuple[Any, list[str]]:
    """Return what a JSON text says, and the names that stand twice in one object, of which the last counts.

    Raises Unreadable: no JSON, NaN and Infinity (RFC 8259 §6), a number too large, more than DEEPEST levels.
    """
    repeated: list[str] = []

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            times = Counter(name for name, _ in pairs)
            repeated.extend(name for name in found if times[name] > 1)
        return found

    try:
        value = json.loads(text, object_pairs_hook=members, parse_constant=_no_number, parse_float=_finite)
    except json.JSONDecodeError as error:
        raise Unreadable(f"it is no JSON: {error.msg}, at character {error.pos + 1}.") from None
    except RecursionError:
        raise Unreadable(f"its brackets are nested more than {DEEPEST} deep.") from None
    except Unreadable:
        raise
    except ValueError:  # Python converts no number of more than 4300 digits
        raise Unreadable("it has a number that is too long.") from None
    if depth(value) > DEEPEST:
        raise Unreadable(f"its brackets are nested more than {DEEPEST} deep.")
    return value, repeated


def _no_number(word: str) -> NoReturn:
    raise Unreadable(f"it is no JSON: {word} is no number (RFC 8259 §6).")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise Unreadable("it has a number that is too large.")
    return number


def depth(value: Any) -> int:
    """Return how many brackets stand in one another, without recursion."""
    deepest, level = 0, [value]
    while level := [one for one in level if isinstance(one, dict | list)]:
        deepest += 1
        level = [item for one in level for item in (one.values() if isinstance(one, dict) else one)]
    return deepest


def short(text: Any) -> str:
    """Return something that somebody else wrote, fit to stand in a sentence."""
    text = text if isinstance(text, str) else json.dumps(text)
    shown = "".join(letter if letter.isprintable() else "�" for letter in text[:SHOWN])
    return f"{shown}…" if len(text) > SHOWN else shown


def as_json(value: Any, indent: int | None = None, separators: tuple[str, str] | None = None) -> str:
    """Return it as JSON, letters as they are; what is half a character (RFC 8259 §8.2) stays an escape."""
    text = json.dumps(value, ensure_ascii=False, indent=indent, separators=separators)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value, indent=indent, separators=separators)
    return text
