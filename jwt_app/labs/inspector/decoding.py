"""A pasted text, taken apart: which form it has, and as much of header and payload as can be read.

Serialisations: RFC 7515 §7 (JWS), RFC 7516 §7 (JWE), RFC 7797 (a payload that is not encoded).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from .strict import Unreadable, base64url, json_value


class Form(StrEnum):
    """What a text can be. Only the first is verified."""

    JWS = "a signed token (JWS, RFC 7515 §7.1)"
    CUT = "a token without its signature"
    DETACHED = "a JWS whose payload is elsewhere (RFC 7515, Appendix F)"
    NOT_ENCODED = "a JWS whose payload is not encoded (RFC 7797)"
    JWE = "an encrypted token (JWE, RFC 7516 §7.1)"
    JSON_JWS = "a JWS in its JSON form (RFC 7515 §7.2)"
    JSON_JWE = "a JWE in its JSON form (RFC 7516 §7.2)"
    KEY = "a key, and no token"
    NOTHING = "no token"


NAMED = {Form.DETACHED, Form.NOT_ENCODED, Form.JWE, Form.JSON_JWS, Form.JSON_JWE}
"""Forms that are named and not verified."""


@dataclass(frozen=True)
class Check:
    """One thing that was looked at."""

    name: str
    ok: bool
    detail: str


@dataclass
class Token:
    """What was found in a text. None is what could not be read; `checks` say why."""

    form: Form
    header: dict[str, Any] | None = None
    header_text: str | None = None
    payload: dict[str, Any] | None = None
    payload_text: str | None = None
    signature: bytes | None = None
    signing_input: bytes = b""
    repeated: dict[str, list[str]] = field(default_factory=dict)
    checks: list[Check] = field(default_factory=list)

    def fail(self, name: str, detail: str) -> None:
        """Note what is wrong."""
        self.checks.append(Check(name, False, detail))

    @property
    def algorithm(self) -> Any:
        """What the header names as `alg`: anything, or None."""
        return (self.header or {}).get("alg")


def decode(text: str) -> Token:
    """Take it apart, and say what is wrong with the rest. Raises nothing."""
    if text.lstrip().startswith("{"):
        return _json_form(text)
    if text.lstrip().startswith("-----BEGIN "):
        return _no_token(Form.KEY, "This is a PEM file. A token goes here, a key below.")
    parts = text.split(".", 6)  # more than five are as wrong as six
    if len(parts) == 1:
        return _no_token(Form.NOTHING, _without_dots(text))
    if len(parts) == 5:
        return _encrypted(parts)
    token = Token(Form.JWS)
    _read_header(token, parts[0])
    if len(parts) == 2:
        token.form = Form.CUT
        token.fail("form", "A signed token has three parts with dots between them. This has two: no signature at all.")
    elif len(parts) > 3:
        token.form = Form.NOTHING
        count = "more than six" if len(parts) > 6 else str(len(parts))
        token.fail("form", f"A signed token has three parts, an encrypted one five. This has {count}.")
    elif (token.header or {}).get("b64") is False:
        return _not_encoded(token, parts[1])
    elif not parts[1] and parts[2]:
        token.form = Form.DETACHED
        token.fail("form", f"This is {Form.DETACHED}. It is named here and not verified.")
        return token
    else:
        token.checks.append(Check("form", True, "Three parts: header, payload, signature (RFC 7515 §7.1)."))
    _read_payload(token, parts[1])
    if len(parts) == 3:
        _read_signature(token, parts[2])
        token.signing_input = f"{parts[0]}.{parts[1]}".encode("utf-8", "surrogatepass")
    return token


def _no_token(form: Form, why: str) -> Token:
    token = Token(form)
    token.fail("form", why)
    return token


def _without_dots(text: str) -> str:
    if not text.strip():
        return "There is nothing here."
    return (
        "There is no dot in it, so it is no JSON Web Token. It may be an opaque token or a session key: it says "
        "nothing by itself, and only who made it can look up what it stands for."
    )


def _part(token: Token, name: str, text: str) -> bytes | None:
    try:
        return base64url(text)
    except Unreadable as why:
        token.fail(name, f"The {name} cannot be read: {why}")
        return None


def _text(token: Token, name: str, raw: bytes) -> str | None:
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        token.fail(name, f"The {name} is no text: byte {error.start + 1} is no UTF-8.")
        return None


def _read_header(token: Token, part: str) -> None:
    raw = _part(token, "header", part)
    token.header_text = None if raw is None else _text(token, "header", raw)
    if token.header_text is None:
        return
    try:
        value, token.repeated["header"] = json_value(token.header_text)
    except Unreadable as why:
        token.fail("header", f"The header cannot be read: {why}")
        return
    if isinstance(value, dict):
        token.header = value
    else:
        token.fail("header", "The header is JSON, but no object: it must be {…} (RFC 7515 §4).")


def _read_payload(token: Token, part: str) -> None:
    raw = _part(token, "payload", part)
    token.payload_text = None if raw is None else _text(token, "payload", raw)
    if token.payload_text is None:
        return
    try:
        value, token.repeated["payload"] = json_value(token.payload_text)
    except Unreadable as why:
        token.fail(
            "payload", f"The payload is no set of claims: {why} It may be a JWS, but it is no JWT (RFC 7519 §7.2)."
        )
        return
    if isinstance(value, dict):
        token.payload = value
    else:
        token.fail("payload", "The payload is JSON, but no object: a JWT must have {…} there (RFC 7519 §7.2).")


def _read_signature(token: Token, part: str) -> None:
    token.signature = _part(token, "signature", part)


def _not_encoded(token: Token, part: str) -> Token:
    token.form, token.payload_text = Form.NOT_ENCODED, part
    token.fail("form", f"This is {Form.NOT_ENCODED}. It is named here and not verified, and no JWT may be one (§7).")
    return token


def _encrypted(parts: list[str]) -> Token:
    token = Token(Form.JWE)
    _read_header(token, parts[0])
    token.fail(
        "form",
        f"Five parts: this is {Form.JWE}. Only its header can be read. What it says needs the key of its receiver, "
        "and is not decrypted here.",
    )
    for name, part in zip(("encrypted key", "initialization vector", "ciphertext", "tag"), parts[1:], strict=True):
        _part(token, name, part)
    return token


JSON_FORMS = (
    (Form.JSON_JWE, {"ciphertext"}),
    (Form.JSON_JWS, {"signatures", "signature", "payload"}),
    (Form.KEY, {"kty", "keys"}),
)


def _json_form(text: str) -> Token:
    try:
        value, _ = json_value(text)
    except Unreadable as why:
        return _no_token(Form.NOTHING, f"It begins as JSON does, but {why}")
    form = next((form for form, names in JSON_FORMS if names & value.keys()), Form.NOTHING)
    if form is Form.NOTHING:
        return _no_token(form, "This is JSON, and no token. It may be the inside of one.")
    if form is Form.KEY:
        return _no_token(form, "This is a key (RFC 7517). A token goes here, a key below.")
    return _no_token(form, f"This is {form}. It is named here and not verified. A JWT always has the form with dots.")
