"""What counts as a credential on the wire, and the spellings in which it could lie somewhere.

`Used` gathers values by kind from text: a URL, headers, a form, JSON, or the raw bytes of many calls.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode, urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from urllib.parse import quote, quote_plus, unquote_plus

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

SHORTEST = 12  # characters; every credential here has more, so an error's `code` or a filter's `state` is none

COOKIES = {
    "authdemo_session": "session key",
    "authdemo_csrf": "CSRF cookie",
    "authdemo_wire": "wire cookie",
    "authdemo_device": "device cookie",
    "authdemo_refresh": "refresh token",
    "outside_github": "provider's session key",
    "outside_google": "provider's session key",
    "outside_oidc": "provider's session key",
    "outside_csrf": "provider's CSRF cookie",
    "paper_session": "app's session key",
    "paper_csrf": "app's CSRF cookie",
    "oauth_provider": "",  # the name of a provider
    "oauth_slow": "",  # on
    "lab_naive": "naive session key",
    "lab_oauth_naive": "naive session key",
    "lab_signed_cookie": "signed session",
    **{f"lab_{store}": "lab's session key" for store in ("memory", "db", "cached_db", "redis", "file")},
}
FIELDS = {
    "code": "code",
    "state": "state",
    "nonce": "nonce",
    "run": "name for a forged form",
    "code_challenge": "challenge",
    "code_verifier": "verifier",
    "client_secret": "client secret",
    "csrfmiddlewaretoken": "form token",
    "access": "access token",
    "refresh": "refresh token",
    "access_token": "provider's access token",
    "refresh_token": "provider's refresh token",
    "id_token": "ID token",
    "device_code": "device code",
}
_names = "|".join(FIELDS)
FORM = re.compile(rf"(?:^|[?&#\s])({_names})=([^&#\s\"<>]*)")
JSON = re.compile(rf'"({_names})"\s*:\s*"([^"]*)"')
COOKIE = re.compile(r"^cookie: ([^\r\n]*)", re.IGNORECASE | re.MULTILINE)
SET_COOKIE = re.compile(r"^set-cookie: ([^\r\n;]*)", re.IGNORECASE | re.MULTILINE)
BEARER = re.compile(r"^authorization: (?:bearer|token) (\S+)", re.IGNORECASE | re.MULTILINE)
BASIC = re.compile(r"^authorization: basic (\S+)", re.IGNORECASE | re.MULTILINE)


@dataclass
class Used:
    """The credentials that were used: `kinds` says of each value what it is."""

    kinds: dict[str, str] = field(default_factory=dict)

    def add(self, kind: str, value: str) -> str:
        """Note a value, the first time under this kind, and return it."""
        if kind and len(value) >= SHORTEST:
            self.kinds.setdefault(value, kind)
        return value

    def of(self, kind: str) -> list[str]:
        """Return the values of a kind."""
        return [value for value, known in self.kinds.items() if known == kind]

    def take(self, text: str) -> None:
        """Note each credential in a piece of HTTP: a URL, header lines, a body. KeyError for an unknown cookie."""
        for name, value in FORM.findall(text):
            self.add(FIELDS[name], unquote_plus(value))
        for name, value in JSON.findall(text):
            # Errors of an API have a "code" as well; the code of a sign-in is never in JSON.
            self.add("" if name == "code" else FIELDS[name], value)
        for line in COOKIE.findall(text):
            for pair in line.split(";"):
                self.cookie(*pair.strip().split("=", 1))
        for pair in SET_COOKIE.findall(text):
            self.cookie(*pair.strip().split("=", 1))
        for value in BEARER.findall(text):
            self.add("token of unknown origin", value)
        for value in BASIC.findall(text):
            self.add("client secret", b64decode(value).decode().partition(":")[2])

    def cookie(self, name: str, value: str) -> None:
        """Note a cookie's value, and the part of a signed one that is secret by itself."""
        value = value.strip('"')
        if not value:  # it is told to go
            return
        kind = COOKIES[name]
        self.add(kind, value)
        if kind in {"wire cookie", "device cookie"}:
            self.add(kind, re.split("[.:]", value)[0])

    def key_files(self, folder: Path) -> None:
        """Note the secrets that the processes have made for themselves."""
        for name in ("secret_key", "outside_secret_key", "third_party_secret_key", "oauth_token_key"):
            self.add(name, (folder / name).read_text(encoding="ascii"))
        ring = json.loads((folder / "jwt_keys.json").read_text(encoding="ascii"))["keys"]
        pems = {"jwt_keys.json": ring[-1]["private"]}
        for name in ("outside_oidc_key.pem", "oauth_provider_key.pem"):
            pems[name] = (folder / name).read_text(encoding="ascii")
        for path in folder.glob("lab_jwt_key.*"):  # made at the first use of each algorithm
            text = path.read_text(encoding="ascii")
            if path.suffix == ".RS256":
                pems[path.name] = text
            else:  # a secret, or a PEM so short that what everybody may know is in its last line
                for line in [line for line in text.splitlines() if "--" not in line][:2]:
                    self.add(path.name, line)
        for name, pem in pems.items():
            # The modulus, which everybody may know, comes first in a PEM; from its middle on all is private.
            for line in pem.splitlines()[13:-1]:
                self.add(name, line)
            key = load_pem_private_key(pem.encode(), None)
            assert isinstance(key, rsa.RSAPrivateKey)
            exponent = key.private_numbers().d
            self.add(name, urlsafe_b64encode(exponent.to_bytes(256, "big")).decode().rstrip("="))


def spellings(value: str) -> Iterator[bytes]:
    """Yield the value as it is, URL-encoded, escaped for JSON and HTML, and in base64."""
    if re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]{20,}", value):
        value = value.rpartition(".")[2]  # of a JSON Web Token: without the signature it opens nothing
    texts = {value, quote(value, safe=""), quote_plus(value), quote(quote(value, safe="")), escape(value)}
    texts |= {json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]}
    raw = value.encode()
    for before in range(3):  # base64 of a longer text, in which the value begins anywhere
        whole = b64encode(b"\0" * before + raw).decode()
        inner = whole[-(-before * 4 // 3) : len(raw + b"\0" * before) // 3 * 4]
        texts |= {inner, inner.translate(str.maketrans("+/", "-_"))}
    yield from (text.encode() for text in texts)
