"""Tokens taken apart and put together by hand, as an attacker does it: a library would refuse most of these.

Compact serialization is `header.payload.signature`, each in base64url (RFC 7515 §3.1).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, TypeAlias

from jwt.utils import base64url_decode, base64url_encode

Pairs: TypeAlias = list[tuple[str, Any]]


def encoded(part: bytes | dict[str, Any]) -> str:
    """Return bytes, or a JSON object as small as it can be written, in base64url."""
    return base64url_encode(part if isinstance(part, bytes) else as_json(part)).decode()


def as_json(part: dict[str, Any]) -> bytes:
    """Return the JSON as PyJWT writes it: without blanks, in the order of the members."""
    return json.dumps(part, separators=(",", ":")).encode()


@dataclass(frozen=True)
class Parts:
    """A token in its three parts, decoded. Nothing of it was verified."""

    header: dict[str, Any]
    payload: bytes
    signed: bytes
    signature: bytes

    @property
    def claims(self) -> dict[str, Any]:
        """The payload as Python reads it: of a name that stands twice, the last. Raises ValueError."""
        claims: dict[str, Any] = json.loads(self.payload)
        return claims

    @property
    def pairs(self) -> Pairs:
        """The payload as it is written, with each name as often as it stands there."""
        found: Pairs = json.loads(self.payload, object_pairs_hook=lambda pairs: pairs)
        return found


def split(token: str) -> Parts:
    """Take a token apart. Raises ValueError for what is none."""
    header, payload, signature = token.split(".")
    return Parts(
        header=json.loads(base64url_decode(header)),
        payload=base64url_decode(payload),
        signed=f"{header}.{payload}".encode(),
        signature=base64url_decode(signature),
    )
