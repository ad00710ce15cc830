"""What a page shows of a forged token: the decoded parts, with a mark at each member that differs from the real one.

No token is kept, and no name by which one could be found: of what tells tokens apart, the end is shown.
"""

from __future__ import annotations

import json
from typing import Any

from jwt.utils import base64url_decode

from .compact import split

SHORT = 40  # characters of a value
HIDDEN = {"jti", "family"}  # they recognise a token


def described(token: str, real: str) -> dict[str, Any]:
    """Return header and payload of `token` as rows, compared with those of `real`."""
    header, payload, _ = token.split(".")
    before = split(real)
    return {
        "bytes": len(token),
        "header": rows(base64url_decode(header), before.header),
        "payload": rows(base64url_decode(payload), before.claims),
    }


def rows(part: bytes, before: dict[str, Any]) -> list[dict[str, str]]:
    """Return name, value and mark of each member, and of what is missing."""
    try:
        pairs = json.loads(part, object_pairs_hook=lambda found: found)
    except RecursionError:
        return [{"name": "…", "value": f"{part.count(b'[')} brackets in one another", "mark": "added"}]
    seen: set[str] = set()
    found = []
    for name, value in pairs:
        value = dict(value) if isinstance(value, list) and value and isinstance(value[0], list | tuple) else value
        same = name in before and before[name] == value and name not in seen
        mark = "" if same else "changed" if name in before and name not in seen else "added"
        found.append({"name": name, "value": shown(name, value), "mark": mark})
        seen.add(name)
    gone = [{"name": name, "value": "", "mark": "left out"} for name in before if name not in seen]
    return found + gone


def shown(name: str, value: Any) -> str:
    """Return a value in so many characters."""
    text = json.dumps(value, ensure_ascii=False)
    if name in HIDDEN:
        return f"…{text[-5:-1]}"
    if len(text) > 1024:
        return f"{len(text) // 1024} KiB"
    return text if len(text) <= SHORT * 2 else f"{text[:SHORT]}…"
