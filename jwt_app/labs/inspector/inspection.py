"""A token and perhaps a key go in; all that can be said of them comes out. Nothing is kept, nobody is asked."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from jwt_app.backend import token_backend

from . import given as keys
from .claims import CLAIMS, HEADER, Line, lines
from .decoding import Check, Token, decode
from .keyring import TooMuch
from .strict import as_json
from .times import in_words, is_number, moment
from .verifying import verify
from .warnings import warn

LONGEST = 64 * 1024  # bytes, of a token and of a key


class TooLong(TooMuch):
    """More bytes than LONGEST."""


@dataclass(frozen=True)
class Inspection:
    """What was found. `valid` is None where no signature was verified."""

    token: Token
    valid: bool | None
    checks: list[Check]
    warnings: list[str]
    now: datetime
    key_format: str

    def as_dict(self) -> dict[str, Any]:
        """Return the answer of the API."""
        return {
            "header": self.token.header,
            "payload": self.token.payload,
            "payload_text": self.token.payload_text,
            "signature_valid": self.valid,
            "checks": [{"name": check.name, "ok": check.ok, "detail": check.detail} for check in self.checks],
            "warnings": self.warnings,
        }

    @property
    def header_lines(self) -> list[Line]:
        """Each header parameter, explained."""
        return lines(self.token.header or {}, HEADER, self.now)

    @property
    def claim_lines(self) -> list[Line]:
        """Each claim, explained."""
        return lines(self.token.payload or {}, CLAIMS, self.now)

    @property
    def header_to_edit(self) -> str:
        """The header with line breaks, or as it was where a member stands twice."""
        return _to_edit(self.token, "header", self.token.header, self.token.header_text)

    @property
    def payload_to_edit(self) -> str:
        """The payload, likewise."""
        return _to_edit(self.token, "payload", self.token.payload, self.token.payload_text)

    @property
    def verdict(self) -> str:
        """One of "good", "bad", "but" (the signature fits, and something else is wrong) and "unknown"."""
        if self.valid is None:
            return "unknown"
        if not self.valid:
            return "bad"
        return "good" if all(check.ok for check in self.checks) else "but"


def _to_edit(token: Token, part: str, value: dict[str, Any] | None, text: str | None) -> str:
    return text or "" if value is None or token.repeated.get(part) else as_json(value, indent=2)


def inspect(
    text: str, key: str | None = None, key_format: str | None = None, algorithms: Collection[str] | None = None
) -> Inspection:
    """Read the token and verify it as far as a key was given.

    Raises TooLong for more than 64 KiB, and TooMuch for more than 32 keys or an RSA key of more than 8192 bits.
    """
    for what, value in (("token", text), ("key", key or "")):
        if len(value.encode("utf-8", "surrogatepass")) > LONGEST:
            raise TooLong(f"The {what} is longer than 64 KiB. That is not looked at here.")
    now = datetime.now(UTC)
    token, given = decode(text), keys.read(key, key_format)
    valid = verify(token, given, algorithms)
    checks = [*token.checks, *_times(token, now)]
    if given.format == "site" and valid:
        checks += _this_site(token)
    return Inspection(token, valid, checks, warn(token, given, valid, now), now, given.format)


def _times(token: Token, now: datetime) -> list[Check]:
    """Look at `exp`, `nbf` and `iat` (RFC 7519 §4.1.4–6). No leeway: the sentence tells how far off they are."""
    claims = token.payload or {}
    return [_time(name, claims[name], now) for name in ("exp", "nbf", "iat") if name in claims]


def _time(name: str, value: Any, now: datetime) -> Check:
    if not is_number(value):
        return Check(name, False, f"“{name}” must be a number: seconds since 1970 (RFC 7519 §2).")
    when, words = moment(value), in_words(value, now)
    if when is None:
        return Check(name, False, f"“{name}” is outside of every calendar. Is it in milliseconds?")
    comes = when > now
    sentences = {
        "exp": (f"It has expired: {words}.", f"It expires {words}."),
        "nbf": (f"It may be used since {words}.", f"It must not be used yet, but {words}."),
        "iat": (f"It was made {words}.", f"It says that it was made in the future: {words}."),
    }
    return Check(name, comes if name == "exp" else not comes, sentences[name][comes])


def _this_site(token: Token) -> list[Check]:
    """Compare `iss` and `aud` with what this site writes there. That the signature fits is not enough."""
    backend, claims = token_backend().signing, token.payload or {}
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    made_here, meant_for_us = claims.get("iss") == backend.issuer, backend.audience in audiences
    return [
        Check("iss", made_here, f"It {'names' if made_here else 'does not name'} this site as its maker."),
        Check("aud", meant_for_us, f"It is meant for {'this site’s API' if meant_for_us else 'another service'}."),
    ]
